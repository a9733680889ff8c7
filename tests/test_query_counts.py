"""A visit costs the database the same few questions, however much the office has published."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from initiatives.models import InitiativeIndexPage, InitiativePage
from iucn_ca import search
from tests.factories import english, many_initiatives

pytestmark = pytest.mark.django_db

FEW, MANY, MOST_QUERIES, MOST_ALIKE = 10, 1000, 12, 2
A_VALUE = r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b"
PAGES = {
    "home": "/en/",
    "region": "/en/region/",
    "hotspot": "/en/region/ustyurt/",
    "country": "/en/region/uzbekistan/",
    "species index": "/en/species/",
    "species": "/en/species/saiga/",
    "initiative index": "/en/initiatives/",
    "initiative index, filtered": "/en/initiatives/?country=uzbekistan&theme=water&funder=ministry&status=current",
    "initiative index, last page": "/en/initiatives/?page=99",
    "initiative index, table": "/en/initiatives/?view=table",
    "initiative index, timeline": "/en/initiatives/?view=timeline",
    "initiative index, ending soonest": "/en/initiatives/?sort=ending",
    "initiative index, words": "/en/initiatives/?q=saxaul",
    "initiatives as CSV": "/en/initiatives/initiatives.csv",
    "initiatives as XLSX": "/en/initiatives/initiatives.xlsx",
    "initiatives as JSON": "/en/initiatives/initiatives.json",
    "initiative": "/en/initiatives/saxaul/",
    "organisation index": "/en/organisations/",
    "organisation": "/en/organisations/ministry/",
    "standard": "/en/about/",
    "search": "/en/search/?q=saxaul",
    "search, nothing found": "/en/search/?q=qqq",
    "no such page": "/en/no-such-page/",
    "sitemap": "/sitemap.xml",
    "part of the sitemap": "/sitemap-1.xml",
    "robots": "/robots.txt",
}


def shape(query):
    """The query without its values, lists of any length alike."""
    return re.sub(r"\(\?(?:, \?)*\)", "(?)", re.sub(A_VALUE, "?", query))


def shapes():
    """By page: how often it asks each shape of query."""
    client = Client()
    found = {}
    for name, address in PAGES.items():
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
            # A file asks while it is being sent.
            if answer.streaming:
                assert b"".join(answer.streaming_content)
        found[name] = Counter(shape(query["sql"]) for query in captured)
    return found


@pytest.fixture(scope="module")
def swept(django_db_setup, django_db_blocker):
    """PostgreSQL goes on walking through rows that were rolled back until somebody sweeps them away."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM")


@pytest.fixture(scope="module")
def asked(swept, office):
    assert InitiativePage.objects.count() == 2
    many_initiatives(FEW - 2)
    shapes()  # The first visit fills what a process keeps: content types, the addresses of the home pages.
    few = shapes()
    many_initiatives(MANY - FEW)
    assert InitiativePage.objects.live().public().count() == MANY
    Client().get(PAGES["home"])  # So does the first after a change.
    return few, shapes()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_much_of_a_thousand_initiatives_as_of_ten(asked, page):
    few, many = asked
    assert few[page].total() == many[page].total()
    assert many[page].total() <= MOST_QUERIES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_shape_of_query_more_than_twice(asked, page):
    assert {query: number for query, number in asked[1][page].items() if number > MOST_ALIKE} == {}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the words of EXPLAIN are SQLite's, and so is the hint")
@pytest.mark.parametrize("condition", [{}, {"group": "current"}])
def test_the_first_fifty_are_read_in_the_order_of_an_index(asked, condition):
    """And not all initiatives, to sort them."""
    plan = InitiativePage.objects.published(english().pk).filter(**condition).in_office_order()[:50].explain()
    assert InitiativePage._meta.indexes[0].name in plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan


def steps(ask):
    """How many hundreds of its machine's steps SQLite takes for it."""
    taken = []
    connection.connection.set_progress_handler(lambda: taken.append(1), 100)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one index for all columns")
def test_a_word_of_title_or_text_is_found_by_an_index(asked):
    pages = Page.objects.all()
    first = search.search_index.first_with_words(pages, ["glacier"], "and", FEW)
    found = pages.filter(search.with_words(pages, "glacier"))
    assert 0 < len(first) == len(found) < FEW
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE wagtailsearch_indexentry")  # as PostgreSQL itself does after a while
        cursor.execute("SET LOCAL enable_seqscan = off")  # as if there were more than a thousand pages
    assert "iucn_ca_words_of_pages" in found.explain()
    assert "iucn_ca_words_of_pages" in first.explain()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite counts its steps, and it alone reads a list whole")
def test_a_search_reads_no_more_pages_than_it_shows(asked, monkeypatch):
    def a_search_of(most):
        monkeypatch.setattr(search, "MOST_FOUND", most)
        return steps(lambda: search.search_pages("uzbekistan", english()))

    assert a_search_of(MANY) > 5 * a_search_of(10)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite counts its steps, and it alone reads a list whole")
@pytest.mark.parametrize("text", ["saxaul", "saxa", "rivers saxaul"])
def test_of_very_many_names_the_first_are_read_in_the_order_of_an_index(asked, monkeypatch, text):
    pages, stems = Page.objects.live().filter(locale=english()), search.wanted_stems(text)

    def names_of(most):
        monkeypatch.setattr(search, "MOST_FOUND", most)
        return search.with_names(pages, english(), stems)

    assert len(names_of(10)) == 50
    assert names_of(10) == names_of(10_000)
    assert steps(lambda: names_of(10_000)) > 3 * steps(lambda: names_of(10))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite counts its steps, and it alone reads a list whole")
@pytest.mark.parametrize("query", ["country=uzbekistan", "funder=ministry&organisation=ministry", "q=saxaul"])
def test_the_first_fifty_that_fit_are_read_without_all_others_that_fit(asked, query):
    fitting = InitiativeIndexPage.objects.get().selection(RequestFactory().get(f"/?{query}"))
    assert fitting.totals.initiatives > MANY / 2
    assert steps(lambda: list(fitting.selection)) > 5 * steps(lambda: list(fitting.in_order[:50]))


def test_queries_that_differ_in_their_values_alone_have_one_shape():
    first = shape("SELECT a1 FROM t WHERE name = 'O''Neil' AND pk IN (1, 2, 3) LIMIT 21")
    assert first == shape("SELECT a1 FROM t WHERE name = '' AND pk IN (7) LIMIT 4")
    assert first != shape("SELECT a2 FROM t WHERE name = '' AND pk IN (7) LIMIT 4")


def test_what_was_made_at_once_is_like_what_staff_make(asked, client):
    """The thousand are made past the page API: they must not be cheaper than real ones."""
    text = client.get("/en/initiatives/").content.decode()
    assert "1000 of 1000 initiatives" in text or "1,000 of 1,000 initiatives" in text
    page = client.get("/en/initiatives/initiative-1000/").content.decode()
    for words in ("Initiative 1000", "Ministry of Rivers", "Academy of Sciences", "Ustyurt Plateau", "Saiga antelope"):
        assert words in page
    index = InitiativeIndexPage.objects.get()
    assert index.numchild == index.get_children().count() == MANY
    assert InitiativePage.objects.get(slug="initiative-1000").get_parent().specific == index
