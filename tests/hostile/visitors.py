"""Whoever asks the site: a stranger, or somebody of the staff. No answer may be a server error."""

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from iucn_ca.middleware import with_readable_content_type

# How many cases each part of these tests makes up: `make test` tries 2,000, `make test-all` another 20,000.
QUICK = {"queries": 300, "paths": 300, "headers": 300, "login": 100, "staff": 850, "forms": 150}
FULL = {"queries": 4_000, "paths": 4_000, "headers": 4_000, "login": 1_000, "staff": 5_500, "forms": 1_500}


def numbers_of(part):
    """The numbers of cases, as parameters of a test."""
    # What a value does before it meets the database has been seen on SQLite.
    share = 1 if connection.vendor == "sqlite" else 4
    return [QUICK[part] // share, pytest.param(FULL[part] // share, marks=pytest.mark.full)]


def try_out(number, case):
    """Run the case, which draws its values, so many times."""
    tried = 0

    # The same in each `make test`, so that a change is judged by what it changed; others in each `make test-all`.
    @settings(max_examples=number, derandomize=number <= max(QUICK.values()))
    @given(st.data())
    def run(data):
        nonlocal tried
        tried += 1
        case(data)

    run()
    assert tried >= number, "hypothesis ran out of cases"


class Visitor(Client):
    """Comes through the site's outermost door, and each time with the same cookies."""

    def __init__(self, user=None):
        super().__init__(raise_request_exception=False)
        inner = self.handler
        door = with_readable_content_type(lambda environ, start_response: inner(environ))
        self.handler = lambda environ: door(environ, None)
        if user:
            self.force_login(user)
        self.session_cookies = {name: cookie.value for name, cookie in self.cookies.items()}

    def ask(self, path, query="", method="GET", body=b"", **environ):
        """The answer; whatever the request changed is taken back."""
        self.cookies.clear()
        self.cookies.load(self.session_cookies)
        with transaction.atomic():
            # `generic` takes the path already encoded, as a browser sends it.
            answer = self.generic(method, path, body, **{"QUERY_STRING": query, **environ})
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        if method not in ("GET", "HEAD"):
            cache.clear()  # It may remember the sites, languages and redirects of a moment ago.
        assert answer.status_code < 500, (method, path, query, environ, body)
        return answer
