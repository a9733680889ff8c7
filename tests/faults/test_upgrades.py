"""A newer version comes and goes: readers are served meanwhile, the database is changed once, the older version can
go on with it, and what was there before is there afterwards."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from wagtail.models import Page

from iucn_ca.querysets import site_pages
from regions.models import HotspotPage
from tests.factories import a_hotspot, an_empty_site
from tests.faults import newer
from tests.faults.sites import parted
from tests.machines.conftest import held_up

pytestmark = pytest.mark.django_db

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is one machine's")
AS_THE_SITE = "-c statement_timeout=10000 -c lock_timeout=3000"
WAITS = """
    SELECT count(*) FROM pg_locks
    WHERE relation = 'regions_hotspotpage'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted
"""
NOTED = """
    CREATE TABLE noted (tag text);
    CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO noted VALUES (tg_tag); END $$;
    CREATE EVENT TRIGGER note ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION note();
"""


@pytest.fixture
def site(places):
    place = places.new()
    with place.in_use(), override_settings(STATICFILES_FINDERS=[]):
        an_empty_site()
        a_hotspot("Pamir")
        call_command("prepare")
        yield place


@pytest.fixture
def newer_version(tmp_path):
    return lambda: newer.version(tmp_path)


def prepare_apart(version):
    def prepare():
        with version():
            call_command("prepare")

    return parted(prepare)


def ended(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def columns(place):
    return place.holds()["regions_hotspotpage"][0]


@on_postgresql
def test_visitors_are_served_while_a_migration_waits_for_a_long_reader(site, newer_version):
    done = Event()

    def visit():
        """As the site's own questions: with an error where they would wait longer than three seconds."""
        visits = 0
        with psycopg.connect(site.url, autocommit=True, options=AS_THE_SITE) as visitor:
            while not done.is_set():
                assert visitor.execute("SELECT count(*) FROM regions_hotspotpage").fetchone() == (1,)
                visits += 1
                time.sleep(0.05)
        return visits

    with psycopg.connect(site.url) as long_reader, psycopg.connect(site.url, autocommit=True) as watcher:
        long_reader.execute("SELECT * FROM regions_hotspotpage")
        upgrade = prepare_apart(newer_version)  # before a thread is there: it parts from this process
        waits, until = [False], time.monotonic() + 120
        with ThreadPoolExecutor() as pool:
            visits = pool.submit(visit)
            try:
                # Until it has waited, let the visitors pass, and waited again.
                while waits != [False, True, False, True] and time.monotonic() < until:
                    if (found := watcher.execute(WAITS).fetchone()[0] > 0) != waits[-1]:
                        waits.append(found)
                    time.sleep(0.02)
            finally:
                done.set()
            assert visits.result() > 10
        assert waits == [False, True, False, True]
        long_reader.rollback()
        assert ended(upgrade) == 0
    assert "of_the_newer" in columns(site)


@on_postgresql
def test_two_deploys_at_once_change_the_database_once(site, newer_version):
    connection.close()
    with psycopg.connect(site.url) as database:
        database.execute(NOTED)
    with held_up(site.url, 2):
        deploys = [prepare_apart(newer_version) for _ in range(2)]
    assert [ended(deploy) for deploy in deploys] == [0, 0]
    with psycopg.connect(site.url) as database:
        assert database.execute("SELECT tag FROM noted").fetchall() == [("ALTER TABLE",)] * 2  # one for each column
        applied = database.execute("SELECT count(*) FROM django_migrations WHERE name = '0004_newer'")
        assert applied.fetchone() == (1,)


def pages():
    client = Client()
    return {page.url: client.get(page.url).content for page in site_pages().live().public().filter(depth__gt=1)}


def test_the_version_before_goes_on_with_the_database_of_the_newer_one(site, newer_version):
    shown = pages()
    with newer_version():
        call_command("prepare")
    assert "of_the_newer" in columns(site)
    call_command("prepare")
    assert pages() == shown
    a_hotspot("Altai")
    page = HotspotPage.objects.get(slug="pamir")
    page.title = "The Pamir"
    page.save_revision().publish()
    assert "The Pamir" in Client().get(page.url).content.decode()
    names, rows, _ = site.holds()["regions_hotspotpage"]
    assert [row[names.index("of_the_newer")] for row in rows] == [f"{7:.6f}"] * 2


def test_the_migration_of_the_newer_version_can_be_taken_back(site, newer_version):
    before = site.holds()
    with newer_version():
        call_command("prepare")
        assert site.holds() != before
        call_command("migrate", "regions", newer.LAST, verbosity=0)
    assert site.holds() == before


@pytest.mark.full
def test_the_backup_from_before_brings_the_version_before_back(site, newer_version):
    call_command("backup")
    before, files, shown = site.holds(), site.files(), pages()
    with newer_version():
        call_command("prepare")
    Page.objects.get(slug="pamir").delete()
    call_command("restore", site.archives[0], replace=True, interactive=False)
    assert (site.holds(), site.files(), pages()) == (before, files, shown)
