"""The tests on SQLite, on PostgreSQL and of the served site: `python -m tests [arguments of pytest]`."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests import postgresql

MISSING = """
{line}
  NOT TESTED ON POSTGRESQL: no server was named (TEST_DATABASE_URL) and none was found to start.
  Debian: apt-get install postgresql. Elsewhere: PG_BIN=/folder/with/initdb make test
{line}"""


# Starting the site and looking at it in a browser: one process, so that the first start is made once.
SERVED = ["tests/browser", "tests/security", "tests/served"]
CONTAINERS = ["tests/served/test_container.py"]
# About half of the rest, in a process of its own: two cores are not to wait for one of them.
OFFICE = ["tests/office"]
# The same on whatever database.
ON_ANY_DATABASE = [
    "tests/caching/test_front_cache.py",
    "tests/caching/test_leaks.py",
    "tests/caching/test_lost_redis.py",
    "tests/content/test_links.py",
    "tests/faults/test_additive_migrations.py",
    "tests/faults/test_archives.py",
    "tests/faults/test_logs.py",
    "tests/hostile/test_texts.py",
    "tests/test_conventions.py",
    "tests/test_map.py",
    "tests/test_money.py",
    "tests/test_pictures.py",
]
# Left to `make test-all` there: what forms and lists of the admin say, which SQLite has shown, and it takes minutes.
LATER_ON_POSTGRESQL = [
    "tests/caching/test_previews.py",
    "tests/office/test_change_notes.py",
    "tests/office/test_dashboard.py",
    "tests/office/test_editing.py",
    "tests/office/test_exports_access.py",
    "tests/office/test_initiative_page.py",
    "tests/office/test_initiatives.py",
    "tests/office/test_iucn_ca_models.py",
    "tests/office/test_listings.py",
    "tests/office/test_lists.py",
    "tests/office/test_many_places.py",
    "tests/office/test_map.py",
    "tests/office/test_publishing.py",
    "tests/office/test_regions.py",
    "tests/office/test_species.py",
    "tests/office/test_species_to_check.py",
    "tests/office/test_two_editors.py",
]


def migrated(folder):
    """A file with all tables, of which each run on SQLite takes a copy: to make them takes a quarter of a minute."""
    file = Path(folder, "migrated.sqlite3")
    variables = {"DJANGO_SETTINGS_MODULE": "iucn_ca.settings.test", "TEST_DATABASE_URL": f"sqlite:///{file}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env={**os.environ, **variables}, check=True)
    return file


def ignoring(paths):
    return [f"--ignore={path}" for path in paths]


def runs(url, room):
    """(name, arguments, variables) of each run of pytest, the longest first."""
    on_sqlite = {"TEST_DATABASE_URL": "", "MIGRATED_SQLITE": str(migrated(room))}
    if url:
        later = LATER_ON_POSTGRESQL if "not full" in sys.argv else []
        yield "PostgreSQL", ignoring([*SERVED, *ON_ANY_DATABASE, *later]), {"TEST_DATABASE_URL": url}
    yield "the site as it is served, on SQLite", ["--reuse-db", *SERVED], on_sqlite
    yield "SQLite, the office", ["--reuse-db", *OFFICE], on_sqlite
    yield "SQLite, the rest", ["--reuse-db", *ignoring([*SERVED, *OFFICE])], on_sqlite
    if url:
        # pytest closes its folder to others whenever a run starts: the user of the container has one apart.
        apart = f"--basetemp={room}/container"
        yield "the containers' commands on PostgreSQL", [apart, *CONTAINERS], {"TEST_DATABASE_URL": url}


def ended(waiting, room):
    """(name, status) of each run as it ends, with what it said: enough at once that no core waits at the end."""
    running, first = {}, waiting[0][0]
    try:
        while waiting or running:
            while waiting and len(running) < os.cpu_count() + 2:
                name, arguments, variables = waiting.pop(0)
                say(f"{name} ...")
                # The longest waits most, for a server that is away: it goes before the others, or they wait for it.
                before = [] if name == first else ["nice", "-n", "3"]
                command = [*before, sys.executable, "-m", "pytest", *sys.argv[1:], *arguments]
                with Path(room, name).open("w") as said:
                    options = {"env": {**os.environ, **variables}, "stdout": said, "stderr": subprocess.STDOUT}
                    running[name] = subprocess.Popen(command, **options)
            for name in [name for name, process in running.items() if process.poll() is not None]:
                say(f"\n=== {name} ===\n{Path(room, name).read_text().rstrip()}\n")
                yield name, running.pop(name).returncode
            time.sleep(0.2)
    finally:
        for process in running.values():
            process.terminate()
            process.wait()


def main():
    with ExitStack() as stack:
        url, folder = os.environ.get("TEST_DATABASE_URL"), postgresql.binaries()
        if not url and folder:
            url = stack.enter_context(postgresql.running(folder))
        room = stack.enter_context(tempfile.TemporaryDirectory())
        failed = dict(ended(list(runs(url, room)), room))
        if not url:
            say(MISSING.format(line="!" * 100))
            failed["PostgreSQL"] = os.environ.get("CI") == "true"
        for name, status in failed.items():
            if status:
                say(f"FAILED: {name}, see above.")
        return any(failed.values())


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    # A request to stop must not leave a database server behind.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
