"""What is kept and what makes everything anew, in files and in a real Redis."""

import gzip
import time
from datetime import timedelta
from types import SimpleNamespace

import brotli
import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from initiatives.models import InitiativePage, OrganisationPage
from iucn_ca import generation, kept
from tests.caching.visits import (
    DIRECTORY,
    HOME,
    SAXAUL,
    SECRET,
    a_deletion,
    a_move,
    a_picture_s_credit,
    a_publication,
    a_redirect,
    a_restriction,
    a_setting,
    a_word_of_a_list,
    an_unpublication,
    is_kept,
    queries_of,
)
from tests.factories import a_text_page
from tests.sampling import some_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]


# Where an initiative stands in a row of the term chart, or as one that has something in common.
WITH_CHARTS = [
    HOME,
    "/en/region/ustyurt/",
    "/en/region/uzbekistan/",
    "/en/species/saiga/",
    "/en/initiatives/glacier-watch/",
]


@pytest.mark.parametrize(
    "path", [HOME, SAXAUL, DIRECTORY, "/en/region/", "/en/species/", "/en/search/", "/sitemap.xml", "/sitemap-1.xml"]
)
def test_a_second_visit_asks_nothing_of_the_database(keeping, client, path):
    first = client.get(path)
    asked, second = queries_of(Client(), path)
    assert asked == 0
    assert second.content == first.content
    assert second.headers == first.headers


def test_an_answer_comes_in_the_encoding_that_the_browser_asks_for(keeping, client):
    plain = client.get(HOME)
    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"]
    assert "Cookie" not in plain["Vary"]
    assert plain["Cache-Control"] == "public, max-age=0, must-revalidate"
    tags = {plain["ETag"]}
    for accepted, encoding, unpack in [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
    ]:
        answer = client.get(HOME, headers={"Accept-Encoding": accepted})
        assert answer["Content-Encoding"] == encoding
        assert int(answer["Content-Length"]) == len(answer.content) < len(plain.content) / 3
        assert unpack(answer.content) == plain.content
        tags.add(answer["ETag"])
        unchanged = client.get(HOME, headers={"Accept-Encoding": accepted, "If-None-Match": answer["ETag"]})
        assert unchanged.status_code == 304
        assert unchanged["ETag"] == answer["ETag"]
        assert not unchanged.content
    assert len(tags) == 3


def test_who_asks_for_the_head_makes_the_page_for_the_others(keeping, client):
    head = client.head(HOME)
    assert not head.content
    asked, page = queries_of(Client(), HOME)
    assert asked == 0
    assert "ETag" in head and head.headers == page.headers


CHANGES = [
    a_publication,
    an_unpublication,
    a_move,
    a_deletion,
    a_restriction,
    a_word_of_a_list,
    a_setting,
    a_redirect,
    a_picture_s_credit,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_seen_at_the_next_request(keeping, client, change):
    for path in (HOME, DIRECTORY, SAXAUL):
        assert is_kept(client, path)
    change()
    for path in (HOME, DIRECTORY, SAXAUL):
        asked, _ = queries_of(Client(), path)
        assert asked > 0


def test_what_was_published_or_withdrawn_shows(keeping, client):
    assert "Saxaul" in client.get(DIRECTORY).content.decode()
    for path in WITH_CHARTS:
        assert "Saxaul" in client.get(path).content.decode()
    a_publication()
    for path in (DIRECTORY, *WITH_CHARTS):
        assert "Saxaul forest" in Client().get(path).content.decode()
    an_unpublication()
    for path in (DIRECTORY, *WITH_CHARTS):
        assert "Saxaul forest" not in Client().get(path).content.decode()
    assert Client().get(SAXAUL).status_code == 404


def test_an_organisation_has_its_new_name_everywhere_and_none_once_it_is_withdrawn(keeping, client):
    page = OrganisationPage.objects.get(slug="ministry")
    name = page.short_name
    for path in (DIRECTORY, SAXAUL, f"{DIRECTORY}?view=table"):
        assert name in client.get(path).content.decode()
    page.title, page.acronym = "Ministry of Lakes", ""
    page.save_revision().publish()
    for path in (DIRECTORY, SAXAUL, f"{DIRECTORY}?view=table"):
        text = Client().get(path).content.decode()
        assert name not in text
        assert "Ministry of Lakes" in text
    page.unpublish()
    for path in (DIRECTORY, SAXAUL, f"{DIRECTORY}?view=table"):
        assert "Ministry of Lakes" not in Client().get(path).content.decode()


def test_what_all_pages_ask_is_asked_once_until_something_is_published(keeping, client):
    client.get(HOME)
    first, _ = queries_of(client, f"{DIRECTORY}?status=previous&sort=title")
    asked, answer = queries_of(client, f"{DIRECTORY}?status=previous")
    assert first - asked == 4, "facets, organisations, the totals and funders of the same selection in another order"
    assert "Soil" not in answer.content.decode()
    a_word_of_a_list()
    anew, answer = queries_of(client, f"{DIRECTORY}?status=previous")
    assert anew - asked >= 3, "also the menu and the footer"
    assert "Soil" in answer.content.decode()
    an_unpublication()
    assert "0 results" in client.get("/en/search/?q=saxaul").content.decode()


def test_what_was_seen_in_a_transaction_is_not_kept(keeping, client, monkeypatch):
    client.get(HOME)
    with monkeypatch.context() as inside:
        inside.setattr(kept, "connection", SimpleNamespace(in_atomic_block=True))
        inside.setattr(generation, "tell", lambda *names: None)
        a_text_page("Taken back", show_in_menus=True)
        assert "Taken back" in client.get("/en/species/").content.decode()
    Page.objects.get(slug="taken-back").delete()
    assert "Taken back" not in client.get("/en/region/").content.decode()


def test_parameters_in_any_order_are_one_answer_and_unknown_ones_none(keeping, client):
    chosen = client.get(f"{DIRECTORY}?status=current&country=uzbekistan&country=kazakhstan")
    same = "?utm_source=letter&country=uzbekistan&x[]=1&country=kazakhstan&status=current"
    asked, answer = queries_of(client, DIRECTORY + same)
    assert asked == 0
    assert answer.content == chosen.content
    first = client.get(f"{DIRECTORY}?junk={SECRET}")
    assert SECRET not in first.content.decode()
    assert first.content == client.get(DIRECTORY).content


@pytest.mark.parametrize(
    "query", [f"q={'x' * 81}", "&".join(f"country=c{n}" for n in range(21)), "q=%00", "q=%ff", "%ff=1"]
)
def test_a_query_beyond_measure_is_answered_and_not_kept(keeping, client, query):
    before = client.get(f"{DIRECTORY}?q=saxaul").status_code
    for _ in range(2):
        asked, answer = queries_of(client, f"{DIRECTORY}?{query}")
        assert answer.status_code in (200, 400)
        assert asked > 0 or answer.status_code == 400
    assert before == 200


def junk(number):
    """An address that nobody has asked for: a page's with a parameter that it does not know, a search's, nothing's."""
    if number % 10 == 0:
        return f"/en/search/?q=junk{number}"
    return f"{HOME}?junk={number}" if number % 2 else f"/en/junk-{number}/"


@pytest.mark.parametrize("addresses", some_of([200, 50_000], 0))
def test_junk_pushes_the_home_page_out_of_no_cache(keeping, client, settings, monkeypatch, addresses):
    most = addresses // 50
    if keeping == "files":
        monkeypatch.setattr(caches["queries"], "_max_entries", most)
    client.get(HOME)
    for number in range(addresses):
        client.get(junk(number))
        if number % 10 == 0:
            assert queries_of(client, HOME)[0] == 0
    if keeping == "files":
        assert len(list(settings.CACHES["queries"]["LOCATION"].glob("*.djcache"))) <= most


def test_a_page_is_made_anew_on_another_day_and_after_an_hour(keeping, client, monkeypatch):
    assert is_kept(client, HOME)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with monkeypatch.context() as moved:
        moved.setattr(generation, "today", lambda: tomorrow)
        assert queries_of(client, HOME)[0] > 0
        assert queries_of(client, HOME)[0] == 0
    client.get(HOME)
    now = time.time()
    monkeypatch.setattr(generation.time, "time", lambda: now + 3601)
    assert queries_of(client, HOME)[0] > 0


def test_an_expired_page_is_gone_from_its_minute_on_also_from_the_cache(keeping, client, monkeypatch):
    page = InitiativePage.objects.get(slug="saxaul")
    page.expire_at = timezone.now() + timedelta(minutes=5)
    page.save_revision().publish()
    for path in (SAXAUL, DIRECTORY, *WITH_CHARTS):
        assert is_kept(client, path)
    later = timezone.now() + timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)
    monkeypatch.setattr(generation.time, "time", later.timestamp)
    assert Client().get(SAXAUL).status_code == 404
    for path in (DIRECTORY, "/en/search/?q=saxaul", *WITH_CHARTS):
        assert "Saxaul for" not in Client().get(path).content.decode()
    assert is_kept(client, DIRECTORY)
