"""No address, query string, header or body of a stranger ends in a server error."""

from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale, Page, Site

from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationIndexPage, OrganisationPage
from iucn_ca.middleware import with_readable_content_type
from iucn_ca.models import HomePage, StandardPage
from regions.models import Country, CountryPage, HotspotPage, RegionPage
from species.models import SpeciesIndexPage, SpeciesPage

pytestmark = pytest.mark.django_db

FIXED = [
    "/",
    "/en/search/",
    "/en/initiatives/initiatives.csv",
    "/en/initiatives/initiatives.exe",
    "/ru/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/-/live",
    "/-/ready",
    "/admin/",
    "/admin/login/",
    "/admin/password_reset/",
    "/en/_util/login/",
    "/documents/1/plan.pdf",
    "/media/images/steppe.webp",
    "/no-such-page/",
]
NAMES = ["q", "page", "p", "status", "country", "theme", "funder", "sort", "next", "id", "mode", "token", "a[]", ""]
NAMES += ["lead", "partner", "year", "organisation", "currency", "view", "hotspot", "category", "group"]
NASTY = [
    "",
    " ",
    "\x00",
    "0",
    "-1",
    "9" * 19,
    "9" * 40,
    "9" * 500,
    "1e999",
    "NaN",
    "١٢",
    "²",
    "'",
    "%",
    "_",
    "\\",
    "' OR 1=1 --",
    "<script>",
    "{{ 7*7 }}",
    "../" * 9,
    "//evil.example",
    "http://[",
    "javascript:alert(1)",
    "\u202e",
    "\ufdfa" * 50,
    "İ" * 50,
    "ʻ’'`",
    "\U0001f42a",
    "a AND NOT (b OR",
    '"',
    "*",
    ":*&|!",
    "NEAR(a b, 2)",
    "ß" * 50,
]

texts = st.sampled_from(NASTY) | st.text(max_size=40)
fields = st.lists(st.tuples(st.sampled_from(NAMES) | texts, texts), max_size=8)
clean_queries = fields.map(lambda pairs: "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs))
broken_queries = st.binary(max_size=60).map(quote_from_bytes) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126), max_size=60
)
queries = clean_queries | broken_queries
segments = st.sampled_from([*NAMES, "en", "ru", "admin", "media", "images", "documents", "..", ".", "-"]) | texts
paths = st.lists(segments, max_size=6).map(lambda parts: "/" + "/".join(quote(part, safe="") for part in parts))
# As a server hands them over: bytes as Latin-1, no line ends, no null.
header_texts = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
HEADERS = [
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
    "HTTP_HOST",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_ORIGIN",
    "HTTP_RANGE",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REQUESTED_WITH",
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
]
NASTY_HEADERS = [
    "",
    "x" * 4000,
    "ru;q=x,en;q=1e9,*",
    "a-" * 300,
    "bytes=0-0,9-1,-",
    "bytes=99999999999999999999-",
    "Mon, 99 Foo 99999 99:99:99 GMT",
    "Thu, 01 Jan 0000 00:00:00 GMT",
    'W/"',
    'sessionid="aaaaaaaaaa\\000"; csrftoken="\\377"; messages=1',
    f"sessionid={'a' * 3000}; __Host-session=é; csrftoken=",
    "http://[::1",
    "127.0.0.1:99999999",
    "127.0.0.1,evil.example",
    "[::1]:8000",
    "Basic \xff",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=é",
    "multipart/form-data; boundary=x; charset=utf-16",
    "application/x-www-form-urlencoded; charset=hex",
    "text/html; a*=nonsense'en'b",
    "text/html; charset*0=\xff",
    "-1",
    "9" * 30,
]
headers = st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(NASTY_HEADERS) | header_texts, max_size=4)
methods = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])


@pytest.fixture
def addresses():
    """Every fixed address, and a page of every type."""
    locale, _ = Locale.objects.get_or_create(language_code="en")

    def add(parent, page_type, slug, **values):
        return parent.add_child(instance=page_type(title=slug.title(), slug=slug, summary="Words.", **values))

    home = add(Page.get_first_root_node(), HomePage, "front", statement="Steppe.")
    Site.objects.update(root_page=home)
    add(home, StandardPage, "about")
    uzbekistan = Country.objects.create(name="Uzbekistan", slug="uzbekistan", code="UZ", in_region=True, locale=locale)
    region = add(home, RegionPage, "region")
    add(region, CountryPage, "uzbekistan", country=uzbekistan)
    hotspot = add(region, HotspotPage, "ustyurt", countries=[uzbekistan])
    saiga = add(
        add(home, SpeciesIndexPage, "species"),
        SpeciesPage,
        "saiga",
        scientific_name="Saiga tatarica",
        hotspots=[hotspot],
    )
    iucn = add(add(home, OrganisationIndexPage, "organisations"), OrganisationPage, "iucn", kind="iucn")
    initiative = InitiativePage(
        title="Steppe",
        slug="steppe",
        summary="Words.",
        start_year=2020,
        end_year=2030,
        species=[saiga],
        countries=[uzbekistan],
    )
    initiative.participations.create(organisation=iucn, role="lead")
    add(home, InitiativeIndexPage, "initiatives").add_child(instance=initiative)
    return FIXED + [page.url for page in Page.objects.descendant_of(home, inclusive=True)]


class Stranger(Client):
    """Comes through the site's outermost door, and without the cookies of an earlier visit."""

    def __init__(self):
        super().__init__()
        inner = self.handler
        door = with_readable_content_type(lambda environ, start_response: inner(environ))
        self.handler = lambda environ: door(environ, None)

    def ask(self, path, query="", method="GET", body=b"", **environ):
        self.cookies.clear()
        # `generic` takes the path already encoded, as a browser sends it.
        answer = self.generic(method, path, body, **{"QUERY_STRING": query, **environ})
        if answer.streaming:
            b"".join(answer.streaming_content)
        assert answer.status_code < 500, (method, path, query, environ, body)


stranger = Stranger()


def hostile(max_examples):
    return settings(max_examples=max_examples, suppress_health_check=[HealthCheck.function_scoped_fixture])


def with_query(addresses, data):
    stranger.ask(data.draw(st.sampled_from(addresses)), data.draw(queries))


def with_headers(addresses, data):
    body = data.draw(st.binary(max_size=80) | clean_queries.map(str.encode))
    stranger.ask(data.draw(st.sampled_from(addresses)), "q=a", data.draw(methods), body, **data.draw(headers))


def test_every_address_answers(addresses):
    for path in addresses:
        stranger.ask(path)


def with_nasty_values(path, values):
    for value in values:
        stranger.ask(path, "&".join(f"{name}={quote(value)}" for name in NAMES[:7]))


def test_every_nasty_value_is_answered_by_some_pages(addresses):
    for number, path in enumerate(addresses):
        with_nasty_values(path, NASTY[number % 4 :: 4])


@pytest.mark.full
def test_every_page_answers_every_nasty_value(addresses):
    for path in addresses:
        with_nasty_values(path, NASTY)


@hostile(100)
@given(st.data())
def test_hostile_query_strings(addresses, data):
    with_query(addresses, data)


@hostile(100)
@given(paths, queries)
@example("//evil.example/%2e%2e", "")
@example("/en/%ff/", "")
@example("/en/\u202e/", "")
@example("/documents/" + "9" * 1900 + "/a", "")
def test_hostile_paths(addresses, path, query):
    stranger.ask(path, query)


@hostile(100)
@given(st.data())
def test_hostile_headers_methods_and_bodies(addresses, data):
    with_headers(addresses, data)


@pytest.mark.full
@hostile(10_000)  # of two requests each
@given(st.data())
def test_many_more_hostile_requests(addresses, data):
    data.draw(st.sampled_from([with_query, with_headers]))(addresses, data)
    stranger.ask(data.draw(paths), data.draw(queries))
