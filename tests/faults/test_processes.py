"""What visitors see while processes of the site are killed, told to reload or told to end."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import psycopg
import pytest

from tests.faults.away import Visitors, a_site, ask, eventually, on_postgresql, schedules, workers
from tests.faults.test_database_away import KEPT, WAITING, keep, searches
from tests.machines.test_nginx import in_front_of

pytestmark = [pytest.mark.django_db, on_postgresql]
THREADS = 4


def test_a_killed_worker_costs_no_more_than_the_answers_that_it_was_at(site):
    keep(site)
    before = set(workers(site))
    with Visitors(site, KEPT, a_second=50) as visitors:
        time.sleep(0.5)
        os.kill(min(before), signal.SIGKILL)
        seconds = eventually(lambda: len(workers(site)) == 2 and min(before) not in workers(site))
    lost = [answer for answer in visitors.answers if answer.status != 200]
    print(f"a killed worker: {visitors.counted}, another one after {seconds:.1f} s")
    assert len(lost) <= THREADS
    assert all(answer.error for answer in lost), lost


def test_a_reload_gives_new_workers_and_loses_no_visitor(site):
    keep(site)
    eventually(lambda: len(workers(site)) == 2 and len(schedules(site)) == 1)
    before, schedule = set(workers(site)), schedules(site)
    with Visitors(site, [*KEPT, "/admin/login/", "/en/nothing/"], a_second=50) as visitors:
        for _ in range(2):
            os.kill(site.process.pid, signal.SIGHUP)
            time.sleep(1)
        eventually(lambda: len(workers(site)) == 2 and not before & set(workers(site)))
    print(f"two reloads: {visitors.counted}")
    assert set(visitors.counted) == {200, 404}
    # A worker that has just begun, or is about to end, listens no more than the schedule does.
    eventually(lambda: schedules(site) == schedule)


def test_who_is_told_to_end_finishes_what_it_has_begun_and_the_other_goes_on(database, site, tmp_path):
    """As a new version is brought in: one machine after the other, behind nginx."""
    with a_site(database, tmp_path / "var") as other, in_front_of(tmp_path, site.address, other.address) as address:
        front = SimpleNamespace(address=address)
        keep(front)
        with psycopg.connect(database.url) as holder, ThreadPoolExecutor() as slow:
            holder.execute("LOCK TABLE wagtailcore_page")
            begun = [slow.submit(ask, other, searches()) for _ in range(3)]
            eventually(lambda: holder.execute(WAITING).fetchone()[0])
            with Visitors(front, KEPT, a_second=50) as visitors:
                os.kill(other.process.pid, signal.SIGTERM)
                time.sleep(0.5)
                holder.rollback()
                began = time.monotonic()
                assert other.process.wait(timeout=40) == 0
                print(f"ended after {time.monotonic() - began:.1f} s")
                time.sleep(0.5)
        assert {answer.result().status for answer in begun} == {200}
        print(f"a machine ended behind nginx: {visitors.counted}")
        assert set(visitors.counted) == {200}
