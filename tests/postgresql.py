"""A PostgreSQL of the tests' own: made in a folder of its own, started, used, stopped and removed."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path


def binaries():
    """The folder that PG_BIN names, else the one on the path, else Debian's newest; None where there is none."""
    named = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    on_path = [Path(found).resolve().parent for found in [shutil.which("pg_ctl")] if found]
    debian = sorted(
        Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    for folder in named or on_path + debian:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    return None


@contextmanager
def running(folder):
    """Give the address of a fresh server. PostgreSQL refuses to run as root, so there it runs as another user."""
    # Not under a home, which that user could not enter; and sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="iucn-ca-postgresql-", dir="/tmp") as room:
        data, log = Path(room, "data"), Path(room, "log")
        owner = {}
        if os.geteuid() == 0:
            user = unprivileged_user()
            os.chown(room, user.pw_uid, user.pw_gid)
            owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

        def command(name, *arguments):
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
            subprocess.run([folder / name, "-D", data, *arguments], check=True, cwd=room, **quiet, **owner)

        command("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        port = free_port()
        options = f"-p {port} -k {room} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        command("pg_ctl", "-w", "-l", log, "-o", options, "start")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/iucn_ca"
        finally:
            command("pg_ctl", "-m", "immediate", "stop")


def unprivileged_user():
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
