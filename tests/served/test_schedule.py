"""What is scheduled goes out and comes down by itself while the site runs."""

import os
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from django.db import OperationalError

from iucn_ca.management.commands import schedule, serve
from tests.serving import Visitor, a_var, on_sqlite, started

LONGEST_WAIT = 30


@pytest.fixture
def due(first_start, tmp_path):
    """A site whose page “about” should have gone out at the new year and whose privacy page should have come down."""
    var = a_var(shutil.copytree(first_start.var, tmp_path / "var"))
    with sqlite3.connect(var / "db.sqlite3") as database:
        database.execute("UPDATE wagtailcore_page SET live = 0 WHERE slug = 'about'")
        database.execute("UPDATE wagtailcore_page SET expire_at = '2026-01-01 00:00:00' WHERE slug = 'privacy'")
        database.execute(
            "UPDATE wagtailcore_revision SET approved_go_live_at = '2026-01-01 00:00:00'"
            " WHERE id = (SELECT latest_revision_id FROM wagtailcore_page WHERE slug = 'about')"
        )
    return var


@on_sqlite
def test_what_is_due_goes_out_and_comes_down_and_the_schedule_ends_with_the_site(due):
    with started(due) as site:
        visitor, until = Visitor(site.address), time.monotonic() + LONGEST_WAIT
        while visitor.get("/en/about/")[0] != 200 and time.monotonic() < until:
            time.sleep(0.5)
        assert visitor.get("/en/about/")[0] == 200
        assert visitor.get("/en/privacy/")[0] == 404
        name = f"manage.py serve {site.address.removeprefix('http://')}"
        # The server, its two workers and the schedule.
        assert len(processes(name)) == 4
        assert site.stop(signal.SIGTERM) == 0
        until = time.monotonic() + LONGEST_WAIT
        while processes(name) and time.monotonic() < until:
            time.sleep(0.2)
        assert processes(name) == []
    with sqlite3.connect(due / "db.sqlite3") as database:
        rows = dict(database.execute("SELECT slug, live FROM wagtailcore_page WHERE slug IN ('about', 'privacy')"))
        assert rows == {"about": 1, "privacy": 0}


@on_sqlite
def test_whichever_process_is_killed_is_started_anew(first_start, tmp_path):
    with started(a_var(shutil.copytree(first_start.var, tmp_path / "var"))) as site:
        name = f"manage.py serve {site.address.removeprefix('http://')}"
        for process in sorted(set(processes(name)) - {str(site.process.pid)}):
            os.kill(int(process), signal.SIGKILL)
            until = time.monotonic() + LONGEST_WAIT
            while (process in processes(name) or len(processes(name)) < 4) and time.monotonic() < until:
                time.sleep(0.2)
            assert process not in processes(name)
            assert len(processes(name)) == 4
            assert Visitor(site.address).get("/en/")[0] == 200
        assert site.stop(signal.SIGTERM) == 0


def test_an_error_in_the_schedule_s_process_ends_that_process_and_no_worker(monkeypatch):
    def fails(*arguments):
        raise RuntimeError("nobody has thought of this")

    monkeypatch.setattr(serve, "call_command", fails)
    supervisor = object.__new__(serve.Supervisor)
    supervisor.LISTENERS = []
    process = supervisor.start_schedule()
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperationalError("it is away"), "The schedule waits for the database: it is away"),
        (OSError("No space left on device"), "The schedule tries again in a minute."),
    ],
)
def test_an_error_in_a_round_does_not_end_the_schedule(monkeypatch, caplog, error, sentence):
    def fails(*arguments, **options):
        raise error

    monkeypatch.setattr(schedule, "call_command", fails)
    monkeypatch.setattr(schedule.connection, "close", lambda: None)
    schedule.publish()
    assert sentence in caplog.text


def processes(name):
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if name in Path(process, "cmdline").read_text().replace("\0", " "):
                found.append(process.name)
        except OSError:  # gone by now
            continue
    return found
