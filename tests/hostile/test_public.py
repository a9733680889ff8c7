"""No address, query string, header or body of a stranger ends in a server error."""

from urllib.parse import quote

import pytest
from hypothesis import strategies as st
from wagtail.models import Page

from tests.hostile.strategies import (
    NAMES,
    NASTY,
    clean_queries,
    encoded,
    headers,
    methods,
    paths,
    queries,
    texts,
)
from tests.hostile.visitors import Visitor, numbers_of, try_out

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

stranger = Visitor()


@pytest.fixture(scope="module")
def addresses(full_office, django_db_blocker):
    """Every fixed address, and those of all pages."""
    with django_db_blocker.unblock():
        return FIXED + [page.url for page in Page.objects.filter(depth__gt=1, live=True)]


def test_every_address_answers(addresses):
    for path in addresses:
        stranger.ask(path)


def with_nasty_values(path, values):
    for value in values:
        stranger.ask(path, "&".join(f"{name}={quote(value)}" for name in NAMES[:7]))


def test_every_nasty_value_is_answered_by_some_pages(addresses):
    for number, path in enumerate(addresses):
        with_nasty_values(path, NASTY[number % 8 :: 8])


@pytest.mark.full
def test_every_page_answers_every_nasty_value(addresses):
    for path in addresses:
        with_nasty_values(path, NASTY)


@pytest.mark.parametrize("number", numbers_of("queries"))
def test_hostile_query_strings(addresses, number):
    try_out(number, lambda data: stranger.ask(data.draw(st.sampled_from(addresses)), data.draw(queries)))


@pytest.mark.parametrize(
    "path", ["//evil.example/%2e%2e", "/en/%ff/", "/en/\u202e/", "/documents/" + "9" * 1900 + "/a"]
)
def test_a_path_that_once_ended_in_an_error(path):
    stranger.ask(path)


@pytest.mark.parametrize("number", numbers_of("paths"))
def test_hostile_paths(addresses, number):
    try_out(number, lambda data: stranger.ask(data.draw(paths), data.draw(queries)))


@pytest.mark.parametrize("number", numbers_of("headers"))
def test_hostile_headers_methods_and_bodies(addresses, number):
    def case(data):
        body = data.draw(st.binary(max_size=80) | clean_queries.map(str.encode))
        stranger.ask(data.draw(st.sampled_from(addresses)), "q=a", data.draw(methods), body, **data.draw(headers))

    try_out(number, case)


@pytest.mark.parametrize("number", numbers_of("login"))
def test_hostile_logins(addresses, number):
    names = st.sampled_from(["username", "password", "next", "remember", "csrfmiddlewaretoken"]) | texts
    typed = st.lists(st.tuples(names, texts), max_size=6).map(encoded)

    def case(data):
        kind = "application/x-www-form-urlencoded"
        query, body = data.draw(typed | queries), data.draw(typed).encode()
        stranger.ask("/admin/login/", query, data.draw(st.sampled_from(["GET", "POST"])), body, CONTENT_TYPE=kind)

    try_out(number, case)
