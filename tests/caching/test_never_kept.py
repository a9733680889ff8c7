"""What the page cache never keeps, whoever asked before."""

import pytest
from django.core.cache import caches
from django.test import Client
from wagtail.models import PageViewRestriction

from initiatives.models import InitiativePage
from tests.caching.visits import DIRECTORY, HOME, SAXAUL, SECRET, is_kept, queries_of
from tests.factories import a_member_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]


def test_a_draft_drops_nothing_and_is_nowhere(keeping, client):
    assert is_kept(client, SAXAUL)
    page = InitiativePage.objects.get(slug="saxaul")
    page.title = SECRET
    page.save_revision()
    asked, answer = queries_of(Client(), SAXAUL)
    assert asked == 0
    assert SECRET not in answer.content.decode()


def test_a_preview_is_not_kept(keeping, client):
    publisher = a_member_of("Publishers")
    page = InitiativePage.objects.get(slug="saxaul")
    page.title = SECRET
    page.save_revision()
    shown = publisher.get(f"/admin/pages/{page.pk}/view_draft/")
    assert SECRET in shown.content.decode()
    assert SECRET not in client.get(SAXAUL).content.decode()


@pytest.mark.parametrize("kind", [PageViewRestriction.LOGIN, PageViewRestriction.PASSWORD])
def test_a_private_page_is_never_kept(keeping, client, kind):
    page = InitiativePage.objects.get(slug="saxaul")
    page.title = SECRET
    page.save_revision().publish()
    assert SECRET in client.get(SAXAUL).content.decode()
    PageViewRestriction.objects.create(page=page, restriction_type=kind, password="open sesame")
    publisher = a_member_of("Publishers")
    for visitor in (client, publisher, Client(), client):
        answer = visitor.get(SAXAUL, follow=True)
        if visitor is publisher and kind == PageViewRestriction.LOGIN:
            assert SECRET in answer.content.decode()
        else:
            assert SECRET not in answer.content.decode()
    assert SECRET not in Client().get(DIRECTORY).content.decode()


def test_who_is_logged_in_neither_fills_the_cache_nor_is_served_from_it(keeping, client):
    publisher = a_member_of("Publishers")
    assert "wagtail-userbar" in publisher.get(HOME).content.decode()
    assert "wagtail-userbar" not in client.get(HOME).content.decode()
    assert "wagtail-userbar" in publisher.get(HOME).content.decode()
    publisher.logout()
    asked, answer = queries_of(publisher, HOME)
    assert asked == 0
    assert "wagtail-userbar" not in answer.content.decode()


def test_what_is_refused_is_refused_also_where_the_page_is_kept(keeping, client):
    assert is_kept(client, HOME)
    assert client.get(HOME, headers={"host": "evil.example"}).status_code == 400
    assert is_kept(client, f"{DIRECTORY}?q=saxaul")
    assert client.get(f"{DIRECTORY}?q=saxaul", headers={"cookie": r'a="\000"'}).status_code == 400
    assert client.get(f"{DIRECTORY}?q=saxaul%00").status_code == 400


def test_over_plain_http_a_kept_page_leads_to_https(keeping, client, settings):
    assert is_kept(client, HOME)
    settings.SECURE_SSL_REDIRECT = True
    client = Client()  # whose middleware reads the settings
    assert client.get(HOME, secure=True).status_code == 200
    answer = client.get(HOME)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{HOME}")


@pytest.mark.parametrize(
    "path", ["/en/no-such-page/", "/", "/robots.txt", "/admin/login/", f"{DIRECTORY}initiatives.csv"]
)
def test_what_is_not_a_page_is_not_kept(keeping, client, path, monkeypatch):
    kept = []
    monkeypatch.setattr(caches["pages"], "set", lambda *copy: kept.append(copy))
    client.get(path)
    assert not kept
    client.get(HOME)
    assert len(kept) == 1
