"""The seed command on a site that is empty, or not quite."""

import pytest
from wagtail.models import Page, Site

from iucn_ca import seeding
from iucn_ca.models import HomePage
from regions.models import Country
from tests.seeded import everything, seed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "something",
    [
        lambda: Country.objects.create(name="Tuvalu", slug="tuvalu", code="TV"),
        lambda: Page.get_first_root_node().add_child(
            instance=HomePage(title="Here", slug="here", summary="Words.", statement="Steppe.", live=False)
        ),
    ],
    ids=["a country", "a draft"],
)
def test_a_site_on_which_anything_was_entered_is_not_filled(something):
    something()
    before = everything()
    seed()
    assert everything() == before


def test_a_seed_that_fails_leaves_the_site_empty(monkeypatch):
    def fail(*arguments):
        raise OSError("no space left")

    before = everything()
    monkeypatch.setattr(seeding.StartContent, "make_page", fail)
    monkeypatch.setattr(seeding, "make_renditions", lambda picture: 0)
    with pytest.raises(OSError, match="no space left"):
        seed()
    assert everything() == before


@pytest.mark.parametrize(
    ("url", "hostname", "port"),
    [
        ("https://centralasia.example.org", "centralasia.example.org", 443),
        ("http://centralasia.example.org", "centralasia.example.org", 80),
        ("http://127.0.0.1:8001", "127.0.0.1", 8001),
    ],
)
def test_host_and_port_of_the_site(settings, url, hostname, port):
    settings.SITE_URL = url
    words = {"title": "Central Asia", "summary": "Words.", "statement": "Steppe."}
    seeding.StartContent().make_home(HomePage, "home", words)
    site = Site.objects.get()
    assert (site.hostname, site.port) == (hostname, port)
    assert site.root_page.title == "Central Asia"
