"""A Redis that hangs or is gone makes the site slower, and nothing else."""

import os
import signal
import time
from contextlib import suppress

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.test import Client
from redis import Redis
from redis.exceptions import ConnectionError as NotThere

from iucn_ca import generation, redis_pool
from tests import redis
from tests.caching.conftest import MISSING
from tests.caching.visits import DIRECTORY, HOME, SAXAUL, a_publication, an_unpublication, is_kept, queries_of
from tests.factories import a_member_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("office"),
    pytest.mark.parametrize("keeping", ["redis"], indirect=True),
]
LONGEST_WAIT = 30


@pytest.fixture
def redis_url():
    """One for each test, since it comes to harm."""
    if not redis.program():
        # Whoever has no Redis may test the rest, CI may not.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    with redis.running() as url:
        yield url


@pytest.fixture
def lose(redis_url):
    """Call it with a signal; at the end the process can be ended."""
    pid = Redis.from_url(redis_url).info()["process_id"]
    yield lambda number: os.kill(pid, number)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("loss", [signal.SIGSTOP, signal.SIGKILL], ids=["hung", "gone"])
def test_without_redis_visitors_and_staff_go_on(keeping, client, lose, caplog, loss):
    staff = a_member_of("Publishers")
    client.get(HOME)
    lose(loss)
    for path in (HOME, SAXAUL, DIRECTORY, f"{DIRECTORY}?status=current", "/en/search/?q=saxaul", "/sitemap.xml"):
        assert client.get(path).status_code == 200, path
    for path in ("/admin/", "/admin/images/", "/admin/reports/site-history/"):
        assert staff.get(path).status_code == 200, path
    assert Client().get("/admin/login/").status_code == 200
    get_user_model().objects.create_user("gulnora", password="seven camels walk")
    typed = {"login": "gulnora", "password": "seven camels walk"}
    assert Client().post("/admin/login/", typed)["Location"] == "/admin/"
    a_publication()
    assert "Saxaul forest" in client.get(SAXAUL).content.decode()
    an_unpublication()
    assert client.get(SAXAUL).status_code == 404
    assert "The site goes on without Redis" in caplog.text


def test_what_was_published_meanwhile_shows_once_redis_answers_again(keeping, client, lose):
    assert all(is_kept(client, path) for path in (SAXAUL, DIRECTORY))
    lose(signal.SIGSTOP)
    a_publication()
    lose(signal.SIGCONT)
    wait_until(lambda: all(is_new_and_kept(path) for path in (SAXAUL, DIRECTORY)))


@pytest.mark.parametrize("change", [a_publication, an_unpublication])
def test_what_was_published_while_it_could_not_be_reached_it_is_told_afterwards(keeping, client, monkeypatch, change):
    """It knows the number from before; where it hangs, what it was told is only late."""

    def unreachable(*args, **options):
        raise NotThere("no route to host")

    assert all(is_kept(client, path) for path in (SAXAUL, DIRECTORY))
    monkeypatch.setattr(redis_pool, "LEFT_ALONE", 0)
    before = [generation.current()[0], generation.withdrawn()]
    with monkeypatch.context() as patched:
        patched.setattr(redis_pool.ConnectionPool, "get_connection", unreachable)
        change()
    client.get(HOME)
    assert generation.current()[0] > before[0]
    assert (generation.withdrawn() > before[1]) == (change is an_unpublication)
    assert queries_of(client, DIRECTORY)[0] > 0
    assert is_kept(client, DIRECTORY)


@pytest.mark.parametrize("both", [False, True])
def test_what_another_thread_could_not_tell_meanwhile_is_not_forgotten(keeping, monkeypatch, both):
    def set_number(name, *args):
        if name == generation.PUBLISHED:
            generation._untold.add(generation.WITHDRAWN)  # by an unpublication whose own words were lost
        return really(name, *args)

    really = caches["numbers"].set
    with monkeypatch.context() as patched:
        patched.setattr(caches["numbers"], "set", set_number)
        generation.tell(generation.PUBLISHED, *([generation.WITHDRAWN] if both else []))
    before = generation.withdrawn()
    generation.tell()
    assert generation.withdrawn() > before


def wait_until(so):
    end = time.monotonic() + LONGEST_WAIT
    while not so():
        assert time.monotonic() < end
        time.sleep(0.1)


def is_new_and_kept(path):
    return "Saxaul forest" in Client().get(path).content.decode() and is_kept(Client(), path)


def test_of_a_server_that_hangs_one_request_in_a_while_waits(keeping, client, lose, monkeypatch):
    tries = []
    connect = redis_pool.ConnectionPool.get_connection
    monkeypatch.setattr(redis_pool, "LEFT_ALONE", 3600)
    monkeypatch.setattr(
        redis_pool.ConnectionPool,
        "get_connection",
        lambda *args, **options: tries.append(1) or connect(*args, **options),
    )
    lose(signal.SIGSTOP)
    client.get(HOME)
    known = len(tries)
    for path in (HOME, SAXAUL, DIRECTORY):
        assert queries_of(client, path)[0] > 0
    assert len(tries) == known <= 2
