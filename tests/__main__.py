"""The tests on SQLite and, beside it on another core, on PostgreSQL: `python -m tests [arguments of pytest]`."""

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


def pytest(url, **options):
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    return subprocess.Popen(command, env={**os.environ, "TEST_DATABASE_URL": url}, **options)


def main():
    with ExitStack() as stack:
        url, folder = os.environ.get("TEST_DATABASE_URL"), postgresql.binaries()
        if not url and folder:
            url = stack.enter_context(postgresql.running(folder))
        if url:
            output = stack.enter_context(tempfile.TemporaryFile("w+"))
            on_postgresql = stack.enter_context(pytest(url, stdout=output, stderr=subprocess.STDOUT))
            stack.callback(on_postgresql.terminate)

        say("=== SQLite ===")
        failed = {"SQLite": pytest("").wait()}
        if not url:
            say(MISSING.format(line="!" * 100))
            return 1 if os.environ.get("CI") == "true" else failed["SQLite"]

        say("\n=== PostgreSQL ===")
        failed["PostgreSQL"] = on_postgresql.wait()
        output.seek(0)
        say(output.read().rstrip())
        for database, status in failed.items():
            if status:
                say(f"FAILED on {database}, see above.")
        return any(failed.values())


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    # A request to stop must not leave a database server behind.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
