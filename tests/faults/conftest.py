import os
import signal

import pytest
from django.db import connection

from tests import postgresql
from tests.faults.away import Database, a_disk, a_site
from tests.faults.sites import Places
from tests.machines.conftest import Browser

MISSING = "no PostgreSQL to start and stop. Debian: apt-get install postgresql. Elsewhere: PG_BIN=/folder/with/initdb"


def pytest_terminal_summary(terminalreporter):
    if connection.vendor == "postgresql" and not postgresql.binaries():
        terminalreporter.write_line("!" * 100, red=True)
        terminalreporter.write_line(f"  NOT TESTED WITHOUT ITS DATABASE: {MISSING}", red=True)
        terminalreporter.write_line("!" * 100, red=True)


@pytest.fixture(scope="module")
def places(tmp_path_factory, django_db_setup, django_db_blocker):
    places, usual = Places(tmp_path_factory.mktemp("places")), signal.getsignal(signal.SIGTERM)
    with django_db_blocker.unblock():
        yield places
        places.remove()
    signal.signal(signal.SIGTERM, usual)


@pytest.fixture(scope="package")
def database(django_db_setup, django_db_blocker):
    if not (folder := postgresql.binaries()):
        # Whoever has none may test the rest, CI may not.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    with postgresql.server(folder) as server:
        database = Database(server)
        with django_db_blocker.unblock():
            database.fill()
        yield database


@pytest.fixture(scope="package")
def disk(tmp_path_factory):
    with a_disk(tmp_path_factory.mktemp("media")) as disk:
        yield disk


@pytest.fixture(scope="package")
def site(database, disk, tmp_path_factory):
    with a_site(database, tmp_path_factory.mktemp("var"), MEDIA_ROOT=str(disk.folder)) as site:
        yield site


@pytest.fixture(scope="module")
def staff(site):
    """Logged in."""
    browser = Browser()
    assert browser.log_in(site, site.password).url == f"{site.address}/admin/"
    return browser
