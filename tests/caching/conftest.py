"""The page cache as the site has it, in files and in a real Redis."""

import os
from types import SimpleNamespace

import pytest
from redis import Redis

from iucn_ca import generation, kept
from tests import redis

MISSING = "no redis-server on the path. Debian: apt-get install redis-server"


def pytest_terminal_summary(terminalreporter):
    if not redis.program():
        terminalreporter.write_line("!" * 100, red=True)
        terminalreporter.write_line(f"  NOT TESTED ON REDIS: {MISSING}", red=True)
        terminalreporter.write_line("!" * 100, red=True)


@pytest.fixture(scope="module")
def redis_url():
    if not redis.program():
        # As with the browser: whoever has no Redis may test the rest, CI may not.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    with redis.running() as url:
        yield url


@pytest.fixture(params=["files", "redis"])
def keeping(request, settings, tmp_path, monkeypatch):
    """The site's caches as the settings make them, empty."""
    names = ("default", "pages", "queries")
    if request.param == "files":
        backend = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache"}
        shelves = {name: {**backend, "LOCATION": tmp_path / name} for name in names}
        shelves["numbers"] = settings.TIMES | {"LOCATION": tmp_path / "numbers"}
    else:
        backend = {**settings.REDIS, "LOCATION": request.getfixturevalue("redis_url")}
        shelves = {name: {**backend, "KEY_PREFIX": name} for name in names}
        shelves["numbers"] = shelves["default"]
        Redis.from_url(backend["LOCATION"]).flushall()
    settings.CACHES = settings.CACHES | shelves
    # Here every test is one transaction; on the site a request is in none, and the process keeps what all pages ask.
    monkeypatch.setattr(kept, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(generation, "_untold", set())  # what a test before left for a Redis that is gone
    generation.started()
    return request.param
