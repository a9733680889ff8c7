"""The page cache while the database or the cache itself is away, and under many requests at once."""

import errno
import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from iucn_ca import caching, generation, routing
from tests.caching.visits import (
    DIRECTORY,
    HOME,
    SAXAUL,
    a_deletion,
    a_publication,
    a_restriction,
    a_word_of_a_list,
    a_word_taken_down,
    an_unpublication,
    is_kept,
    queries_of,
)
from tests.faults.sites import no_file_longer_than

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

fork = multiprocessing.get_context("fork")


# The database is away


@pytest.fixture
def away(monkeypatch):
    """The database answers nothing, until it is told to."""

    def nothing(*args):
        raise OperationalError("the server closed the connection")

    def set_away(is_away):
        monkeypatch.setattr(routing, "find_page", nothing if is_away else find_page)

    find_page = routing.find_page
    return set_away


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


def test_while_the_database_is_away_the_last_good_copy_is_shown(keeping, visitor, away):
    good = visitor.get(SAXAUL)
    a_word_of_a_list()
    away(True)
    for _ in range(2):
        answer = visitor.get(SAXAUL)
        assert (answer.status_code, answer.content) == (200, good.content)
    unseen = visitor.get("/en/about/")
    assert (unseen.status_code, unseen["Retry-After"]) == (503, "60")
    away(False)
    assert queries_of(visitor, SAXAUL)[0] > 0


def test_while_it_is_away_each_visitor_has_a_sentence_of_one_s_own(keeping):
    numbers = count()

    def away(request):
        headers = {"X-Request-ID": str(next(numbers)), "Retry-After": "60"}
        return HttpResponse(request.path, status=503, headers=headers)

    middleware = caching.PageCacheMiddleware(away)
    for number, path in enumerate(("/en/about/", "/ru/about/", "/en/about/", "/ru/about/")):
        answer = middleware(RequestFactory().get(path))
        assert (answer.status_code, answer.text, answer["Retry-After"]) == (503, path, "60")
        assert answer["X-Request-ID"] == str(number)


def test_while_it_is_known_to_be_away_nobody_asks_it_for_a_page_that_was_kept(keeping, client, monkeypatch):
    good = client.get(SAXAUL)
    a_word_of_a_list()
    with monkeypatch.context() as patched:
        patched.setattr(caching, "connection", SimpleNamespace(is_away=True))
        asked, answer = queries_of(client, SAXAUL)
    assert (asked, answer.status_code, answer.content) == (0, 200, good.content)
    assert queries_of(client, SAXAUL)[0] > 0


@pytest.mark.parametrize(
    "change", [an_unpublication, a_deletion, a_restriction, a_word_taken_down], ids=lambda change: change.__name__
)
def test_what_was_withdrawn_is_not_shown_even_then(keeping, visitor, away, change):
    visitor.get(SAXAUL)
    visitor.get(DIRECTORY)
    change()
    away(True)
    for path in (SAXAUL, DIRECTORY):
        assert visitor.get(path).status_code == 503


def test_nor_if_it_was_withdrawn_while_another_change_was_told(keeping, visitor, away, monkeypatch):
    def meanwhile(name, *args):
        told = really(name, *args)
        if name == generation.PUBLISHED and changes:
            visitor.get(SAXAUL)
            changes.pop()()
        return told

    really, changes = caches["numbers"].set, [an_unpublication]
    monkeypatch.setattr(caches["numbers"], "set", meanwhile)
    generation.tell(generation.PUBLISHED, generation.WITHDRAWN)
    away(True)
    assert visitor.get(SAXAUL).status_code == 503


def test_nor_if_the_last_change_was_made_on_a_machine_whose_clock_is_ahead(keeping, visitor, away, monkeypatch):
    later = time.time_ns() + 2_000_000_000
    with monkeypatch.context() as patched:
        patched.setattr(time, "time_ns", lambda: later)
        a_publication()
    visitor.get(SAXAUL)
    an_unpublication()
    away(True)
    assert visitor.get(SAXAUL).status_code == 503


def test_a_page_that_was_made_is_shown_though_the_database_went_away_before_it_was_kept(keeping, visitor, monkeypatch):
    def nothing(*args):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(generation, "next_expiry", nothing)
        assert visitor.get("/sitemap.xml").status_code == 200
    assert queries_of(visitor, "/sitemap.xml")[0] > 0


# The cache is away, or damaged


def test_a_cache_that_fails_is_an_empty_one(keeping, client, monkeypatch):
    client.get(HOME)

    def broken(*args, **kwargs):
        raise OSError("no space left")

    for name, method in [("pages", "get"), ("pages", "set"), ("numbers", "set"), ("numbers", "get_or_set")]:
        monkeypatch.setattr(caches[name], method, broken)
    monkeypatch.setattr(generation, "_untold", set())  # nothing of this is told to the caches of the next test
    assert client.get(HOME).status_code == 200
    a_word_of_a_list()
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize("keeping", ["redis"], indirect=True)
def test_a_withdrawal_that_is_told_late_is_from_before_what_is_made_then(keeping, client, monkeypatch):
    """Its copies would else not be shown while the database is away."""

    def but_withdrawals(name, *args):
        return None if name == generation.WITHDRAWN else really(name, *args)

    really, before = caches["numbers"].set, generation.withdrawn()
    with monkeypatch.context() as patched:
        patched.setattr(caches["numbers"], "set", but_withdrawals)
        an_unpublication()
    assert generation.withdrawn() == before
    client.get(HOME)
    assert before < generation.withdrawn() <= generation.current()[0]


def test_without_room_for_its_locks_the_site_goes_on(keeping, settings, tmp_path):
    middleware = caching.PageCacheMiddleware(lambda request: HttpResponse("made"))
    settings.PAGE_LOCKS = tmp_path / "taken" / "away"
    assert middleware(RequestFactory().get(HOME)).content == b"made"


@pytest.mark.parametrize("keeping", ["files"], indirect=True)
def test_a_number_that_was_lost_makes_all_pages_anew(keeping, client, tmp_path):
    client.get(HOME)
    assert queries_of(client, HOME)[0] == 0
    for number in (tmp_path / "numbers").iterdir():
        number.unlink()
    assert queries_of(client, HOME)[0] > 0
    assert queries_of(client, HOME)[0] == 0


@pytest.mark.parametrize("keeping", ["files"], indirect=True)
def test_a_change_on_a_full_disk_shows_and_pages_are_kept_again_once_there_is_room(keeping, client):
    client.get(SAXAUL)
    with no_file_longer_than(0):
        a_publication()
        for _ in range(2):
            assert "Saxaul forest" in Client().get(SAXAUL).content.decode()
    client.get(SAXAUL)
    assert queries_of(client, SAXAUL)[0] == 0


@pytest.mark.parametrize("keeping", ["files"], indirect=True)
@pytest.mark.parametrize("change", [a_publication, an_unpublication])
def test_a_change_shows_though_the_files_of_its_numbers_are_somebody_else_s(
    keeping, client, monkeypatch, tmp_path, change
):
    def refused(file, *args, **options):
        if any(Path(file).samefile(other) for other in others):
            raise PermissionError(errno.EPERM, "Operation not permitted")
        return really(file, *args, **options)

    assert is_kept(client, SAXAUL)
    assert is_kept(client, DIRECTORY)
    really, others = os.utime, [tmp_path / name for name in (generation.PUBLISHED, generation.WITHDRAWN)]
    for other in others:
        other.hardlink_to(tmp_path / "numbers" / other.name)
    monkeypatch.setattr(os, "utime", refused)
    change()
    shown = client.get(DIRECTORY).content.decode()
    assert ("Saxaul forest" in shown) == (change is a_publication)
    assert client.get(SAXAUL).status_code == (200 if change is a_publication else 404)
    assert queries_of(client, DIRECTORY)[0] == 0


@pytest.mark.parametrize("keeping", ["files"], indirect=True)
def test_a_damaged_file_is_made_anew(keeping, client, tmp_path):
    client.get(HOME)
    [file] = (tmp_path / "pages").glob("*.djcache")
    file.write_bytes(file.read_bytes()[:-20])
    assert client.get(HOME).status_code == 200
    assert queries_of(client, HOME)[0] == 0


def test_a_change_in_the_middle_of_a_request_makes_its_copy_an_old_one(keeping, client, monkeypatch):
    find_page = routing.find_page

    def meanwhile(path):
        page = find_page(path)
        generation.tell(generation.PUBLISHED)
        return page

    with monkeypatch.context() as patched:
        patched.setattr(routing, "find_page", meanwhile)
        client.get(HOME)
    assert queries_of(client, HOME)[0] > 0


def test_what_is_made_before_a_change_is_committed_is_old_afterwards(
    keeping, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        a_publication()
        assert is_kept(client, HOME)
    assert queries_of(client, HOME)[0] > 0


@pytest.mark.django_db(transaction=False)
def test_what_is_rolled_back_shows_nothing(keeping, client):
    client.get(SAXAUL)
    with transaction.atomic():
        a_publication()
        transaction.set_rollback(True)
    assert "Saxaul forest" not in Client().get(SAXAUL).content.decode()


def test_of_two_hundred_at_once_one_makes_the_page(keeping, tmp_path):
    """Of all threads and all processes: four with fifty visitors each."""
    notes = tmp_path / "made"

    def slowly(request):
        with notes.open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(0.3)
        return HttpResponse("made")

    def visits():
        caches.close_all()
        middleware = caching.PageCacheMiddleware(slowly)
        with ThreadPoolExecutor(50) as pool:
            answers = pool.map(middleware, [RequestFactory().get(HOME) for _ in range(50)])
            os._exit(0 if all(answer.content == b"made" for answer in answers) else 1)

    generation.next_expiry(generation.current()[0], 0)  # the database's connection is not for other processes
    processes = [fork.Process(target=visits) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * 4
    assert len(notes.read_text().split()) == 1
