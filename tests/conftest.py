import gc
import signal
import socket
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection
from django.template.base import Template
from hypothesis import settings as hypothesis

from tests.serving import a_var, started

# A page on a busy machine may take longer than hypothesis expects of a function.
hypothesis.register_profile("site", deadline=None, print_blob=True)
hypothesis.load_profile("site")

# A sixth of the time went into looking for garbage in a heap that only grows.
gc.set_threshold(200_000, 50, 100)

pytest_plugins = ["tests.factories"]

# As the site renders: the test client otherwise notes the context of every template, which no test asks for.
RENDER = Template._render


# Where the database makes the difference, PostgreSQL gets every case in `make test` too.
EVERY_CASE = ("tests/caching/", "tests/content/test_search.py", "tests/hostile/", "tests/machines/", "tests/test_query")


def pytest_collection_modifyitems(config, items):
    """What runs again on PostgreSQL in `make test`: each test; of its cases, alike but for a value, the first."""
    if connection.vendor != "postgresql" or config.option.markexpr != "not full":
        return
    met, kept, left = Counter(), [], []
    for item in items:
        test = item.nodeid.partition("[")[0]
        met[test] += 1
        again = met[test] == 1 or item.nodeid.startswith(EVERY_CASE)
        (kept if again else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture(scope="session", autouse=True)
def rendering_as_on_the_site(django_test_environment):
    Template._render = RENDER


def pytest_report_header():
    return f"database: {settings.DATABASES['default']['ENGINE'].rpartition('.')[2]}"


@pytest.fixture(autouse=True)
def no_other_host(monkeypatch):
    """The site asks no other host for anything, so neither does a test."""
    connect = socket.socket.connect

    def to_this_machine(self, address):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a connection to {address[0]} was tried")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", to_this_machine)


@pytest.fixture(scope="session")
def first_start(tmp_path_factory):
    """What a bare clone's first start printed and left in `var`, stopped again: most of a minute, so once for all."""
    var = a_var(tmp_path_factory.mktemp("first-start"))
    with started(var) as site:
        assert site.stop(signal.SIGINT) == 0
    site.var = var
    return site
