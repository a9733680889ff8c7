"""A PostgreSQL of the tests' own: made in a folder of its own, started, used, stopped and removed."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


def binaries():
    """The folder that PG_BIN names, else the one on the path, else Debian's newest; None where there is none."""
    named = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    debian = sorted(
        Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    for folder in named or on_path + debian:
        if (folder / "initdb").exists():
            return folder
    return None


@contextmanager
def running(folder):
    """Give the address of a fresh server. PostgreSQL refuses to run as root, so there it runs as another user."""
    # Not under a home, which that user could not enter; and sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="iucn-ca-postgresql-", dir="/tmp") as room:
        data, port = Path(room, "data"), str(free_port())
        options = {"cwd": room, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        if os.geteuid() == 0:
            user = unprivileged_user()
            os.chown(room, user.pw_uid, user.pw_gid)
            options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        initdb = [folder / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*initdb, "-D", data], check=True, **options)
        # Nobody needs these data after a power cut.
        settings = [
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={room}",
            "fsync=off",
            "full_page_writes=off",
            "jit=off",  # as the site's processes ask for it
        ]
        command = [folder / "postgres", "-D", data, "-p", port, *(f"--{setting}" for setting in settings)]
        server = subprocess.Popen(command, **options)
        try:
            wait_for(server, folder, port)
            yield f"postgres://postgres@127.0.0.1:{port}/iucn_ca"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


def wait_for(server, folder, port):
    while subprocess.run([folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", port]).returncode:
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL from {folder} does not start")
        time.sleep(0.1)


def unprivileged_user():
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
