import gc
import signal
import socket

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis

from tests.serving import a_var, started

# A page on a busy machine may take longer than hypothesis expects of a function.
hypothesis.register_profile("site", deadline=None, print_blob=True)
hypothesis.load_profile("site")

# A sixth of the time went into looking for garbage in a heap that only grows.
gc.set_threshold(200_000, 50, 100)

pytest_plugins = ["tests.factories"]


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
