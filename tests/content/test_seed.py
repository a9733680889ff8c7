"""The seed command on a filled site: what is there, that a second run changes nothing, and the reset."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError
from django.db.models import Count
from wagtail.models import Page, Site

from initiatives.models import InitiativePage
from initiatives.organisations import OrganisationPage
from iucn_ca import seeding
from iucn_ca.models import CreditedImage, HomePage, OfficeSettings, StandardPage
from regions.models import Country, CountryPage, HotspotPage
from species.models import SpeciesPage
from tests.seeded import everything, seed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]


def titles():
    return sorted(Page.objects.values_list("url_path", "title"))


def test_it_has_every_page_published():
    numbers = {HotspotPage: 5, CountryPage: 5, SpeciesPage: 7, InitiativePage: 8, StandardPage: 3}
    assert {model: model.objects.live().count() for model in numbers} == numbers
    assert not Page.objects.filter(live=False).exists()
    assert not Page.objects.filter(depth__gt=1, latest_revision=None).exists()
    assert not Page.objects.filter(title__startswith="Welcome").exists()
    assert Country.objects.filter(in_region=True).count() == 5


def test_the_site_follows_site_url():
    site = Site.objects.get()
    assert (site.hostname, site.port, site.site_name) == ("127.0.0.1", 8000, "IUCN Central Asia Office")
    assert site.root_page.specific == HomePage.objects.get()
    assert "Belgrade" in OfficeSettings.for_site(site).in_language("en")["footer"]


def test_the_menu_keeps_its_order():
    menu = HomePage.objects.get().get_children().live().in_menu()
    assert [page.slug for page in menu] == ["region", "species", "initiatives", "about"]


def test_every_picture_is_used_has_a_credit_and_its_renditions():
    used = set()
    for model in seeding.MODELS:
        for field in model._meta.fields:
            if field.related_model is CreditedImage:
                used |= set(model.objects.values_list(field.name, flat=True))
    for picture in CreditedImage.objects.all():
        assert picture.pk in used, picture
        assert picture.credit, picture
        assert picture.finished, picture


def test_a_file_is_stored_once_however_many_pages_show_it():
    assert not CreditedImage.objects.values("file_hash").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert HotspotPage.objects.get(slug="tien-shan").picture == SpeciesPage.objects.get(slug="greigs-tulip").picture


def test_a_second_run_changes_nothing_and_says_so_in_a_line(capsys):
    before = everything()
    seed()
    assert everything() == before
    assert capsys.readouterr().out == "Start content: the site has content, nothing is changed.\n"


def test_a_second_run_leaves_the_work_of_staff_alone():
    page = InitiativePage.objects.get(slug="folur")
    page.title = "Food systems, as staff call it"
    page.save_revision().publish()
    StandardPage.objects.get(slug="about").delete()
    before = everything()
    seed()
    assert everything() == before


def test_a_reset_asks_first(monkeypatch):
    before = everything()
    monkeypatch.setattr("builtins.input", lambda question: "y")
    with pytest.raises(CommandError, match="Nothing was changed"):
        seed("--reset")
    assert everything() == before


def test_a_reset_rebuilds_the_site_and_keeps_the_accounts():
    get_user_model().objects.create_user("aziza")
    fresh, organisations = titles(), OrganisationPage.objects.count()
    home = HomePage.objects.get()
    home.add_child(instance=StandardPage(title="News", slug="news", summary="What is new."))
    InitiativePage.objects.get(slug="folur").delete()
    Country.objects.create(name="Tuvalu", slug="tuvalu", code="TV")
    seed("--reset", "--no-input")
    assert titles() == fresh
    assert OrganisationPage.objects.count() == organisations
    assert not Country.objects.filter(code="TV").exists()
    assert CreditedImage.objects.count() == len(list(seeding.FIXTURES.glob("media/*.avif")))
    assert get_user_model().objects.filter(username="aziza").exists()
    assert Page.find_problems() == ([], [], [], [], [])
