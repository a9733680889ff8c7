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


class Server:
    """A fresh server in a folder. PostgreSQL refuses to run as root, so there it runs as another user."""

    def __init__(self, folder, room):
        self.folder, self.port = folder, str(free_port())
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/iucn_ca"
        data, self.options = (
            Path(room, "data"),
            {"cwd": room, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT},
        )
        if os.geteuid() == 0:
            user = unprivileged_user()
            os.chown(room, user.pw_uid, user.pw_gid)
            self.options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        initdb = [folder / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*initdb, "-D", data], check=True, **self.options)
        # Nobody needs these data after a power cut.
        settings = [
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={room}",
            "fsync=off",
            "full_page_writes=off",
            "jit=off",  # as the site's processes ask for it
        ]
        self.command = [folder / "postgres", "-D", data, "-p", self.port, *(f"--{setting}" for setting in settings)]

    def start(self):
        self.process = subprocess.Popen(self.command, **self.options)
        while subprocess.run([self.folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port]).returncode:
            if self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL from {self.folder} does not start")
            time.sleep(0.1)

    def stop(self):
        """At once, and whoever is connected with it."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()


@contextmanager
def server(folder):
    # Not under a home, which its user could not enter; and sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="iucn-ca-postgresql-", dir="/tmp") as room:
        server = Server(folder, room)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running(folder):
    """Give the address of a fresh server."""
    with server(folder) as started:
        yield started.url


def unprivileged_user():
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
