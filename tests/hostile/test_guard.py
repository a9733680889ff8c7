"""Which errors are told to whoever sent the request, and which stay errors of the site."""

import json
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils.datastructures import MultiValueDict

from initiatives.glossary import explained
from iucn_ca.middleware import LARGEST_BODY, InputGuardMiddleware

OWN = {"an own reading of what was stored": lambda: explained(SimpleNamespace(glossary="{", url="/"))}
MANGLED = {
    "no number": lambda: int("x"),
    "no JSON": lambda: json.loads("{"),
    "no such field": lambda: MultiValueDict()["title"],
}
INCOMPLETE = {"nothing to ask": lambda: None.title, "no such key": lambda: {}["title"]}
ELSEWHERE = {
    "no such view": lambda: reverse("nothing"),
    "a wrong type": lambda: 1 + "1",
    "a wrong state": lambda: 1 / 0,
}


def status(cause, method="GET", path="/admin/pages/"):
    """What an error is answered with; None leaves it an error."""
    try:
        cause()
    except Exception as error:
        answer = InputGuardMiddleware(None).process_exception(RequestFactory().generic(method, path), error)
        return answer and answer.status_code
    pytest.fail("there was no error")


@pytest.mark.parametrize("name", MANGLED)
def test_what_a_stock_view_cannot_read_is_refused_inside_the_admin_and_logged(name, caplog):
    assert status(MANGLED[name]) == status(MANGLED[name], "POST") == 400
    assert "Traceback" in caplog.text
    assert status(MANGLED[name], path="/en/") is None


@pytest.mark.parametrize("name", INCOMPLETE)
def test_what_a_form_always_has_may_be_missing_only_where_a_form_was_sent(name):
    assert status(INCOMPLETE[name], "POST") == 400
    assert status(INCOMPLETE[name]) is None


@pytest.mark.parametrize("cause", [*OWN.values(), *ELSEWHERE.values()], ids=[*OWN, *ELSEWHERE])
def test_a_mistake_of_the_site_stays_an_error(cause):
    assert status(cause) is None
    assert status(cause, "POST") is None


def test_a_name_of_no_view_is_the_visitor_s_only_where_it_was_an_address():
    def resolve_url():
        raise NoReverseMatch

    assert status(resolve_url) == 400


@pytest.mark.parametrize("length", ["", "0", "x", "-1", "²", str(LARGEST_BODY)])
def test_a_length_that_is_none_or_small_is_let_through(length):
    request = RequestFactory().post("/admin/", CONTENT_LENGTH=length)
    assert InputGuardMiddleware(lambda request: "through")(request) == "through"
