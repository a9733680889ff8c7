"""The tests on SQLite; beside them on PostgreSQL, and of the served site: `python -m tests [arguments of pytest]`."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from tests import postgresql

MISSING = """
{line}
  NOT TESTED ON POSTGRESQL: no server was named (TEST_DATABASE_URL) and none was found to start.
  Debian: apt-get install postgresql. Elsewhere: PG_BIN=/folder/with/initdb make test
{line}"""


# Starting the site and looking at it in a browser: one process, so that the first start is made once.
SERVED = ["tests/browser", "tests/security", "tests/served"]
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
# Left to `make test-all` there: how much is asked and what forms say, which SQLite has shown, and it takes minutes.
LATER_ON_POSTGRESQL = [
    "tests/caching/test_previews.py",
    "tests/office/test_change_notes.py",
    "tests/office/test_dashboard.py",
    "tests/office/test_exports_access.py",
    "tests/office/test_iucn_ca_models.py",
    "tests/office/test_listings.py",
    "tests/office/test_many_places.py",
    "tests/office/test_two_editors.py",
    "tests/test_query_counts.py",
]


def pytest(url, *arguments, **options):
    command = [sys.executable, "-m", "pytest", *sys.argv[1:], *arguments]
    return subprocess.Popen(command, env={**os.environ, "TEST_DATABASE_URL": url}, **options)


def ignoring(paths):
    return [f"--ignore={path}" for path in paths]


def main():
    with ExitStack() as stack:
        url, folder = os.environ.get("TEST_DATABASE_URL"), postgresql.binaries()
        if not url and folder:
            url = stack.enter_context(postgresql.running(folder))

        def beside(url, *arguments):
            """A run that shows what it said when it is over."""
            output = stack.enter_context(tempfile.TemporaryFile("w+"))
            process = stack.enter_context(pytest(url, *arguments, stdout=output, stderr=subprocess.STDOUT))
            stack.callback(process.terminate)
            return process, output

        others = {
            "the site as it is served": beside("", *SERVED),
            "SQLite, the rest": beside("", *ignoring([*SERVED, *OFFICE])),
        }
        if url:
            # pytest closes its folder to others whenever a run starts: the user of the container has one apart.
            apart = f"--basetemp={stack.enter_context(tempfile.TemporaryDirectory())}/container"
            containers = beside(url, apart, "tests/served/test_container.py")
            others["the containers' commands on PostgreSQL"] = containers
            later = LATER_ON_POSTGRESQL if "not full" in sys.argv else []
            others["PostgreSQL"] = beside(url, *ignoring([*SERVED, *ON_ANY_DATABASE, *later]))
        say("=== SQLite ===")
        failed = {"SQLite": pytest("", *OFFICE).wait()}
        for name, (process, output) in others.items():
            say(f"\n=== {name} ===")
            failed[name] = process.wait()
            output.seek(0)
            say(output.read().rstrip())
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
