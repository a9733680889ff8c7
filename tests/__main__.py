"""The tests on SQLite and again on PostgreSQL: `python -m tests [arguments of pytest]`."""

import os
import signal
import subprocess
import sys

from tests import postgresql

MISSING = """
{line}
  NOT TESTED ON POSTGRESQL: no server was named (TEST_DATABASE_URL) and none was found to start.
  Debian: apt-get install postgresql. Elsewhere: PG_BIN=/folder/with/initdb make test
{line}"""


def run_pytest(database, url):
    print(f"\n=== {database} ===", flush=True)
    environment = {**os.environ, "TEST_DATABASE_URL": url}
    return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment).returncode


def main():
    failed = run_pytest("SQLite", "")
    if url := os.environ.get("TEST_DATABASE_URL"):
        return run_pytest("PostgreSQL at TEST_DATABASE_URL", url) or failed
    if folder := postgresql.binaries():
        with postgresql.running(folder) as url:
            return run_pytest(f"PostgreSQL from {folder}", url) or failed
    print(MISSING.format(line="!" * 100), flush=True)
    return 1 if os.environ.get("CI") == "true" else failed


if __name__ == "__main__":
    # A request to stop must not leave a database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
