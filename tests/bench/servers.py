"""Sites on the loopback: started, asked over one kept connection, their CPU read from the kernel's accounts."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from tests.postgresql import free_port

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What a browser sends: a site that compresses pays for it here too.
AS_A_BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, deflate, br"}
PLAIN = {"Accept": "text/html", "Accept-Encoding": "identity"}
LISTENING = "0A"


class Server:
    def __init__(self, address, pids=None):
        address = urlsplit(address)
        if address.scheme != "http" or address.hostname not in LOOPBACK:
            sys.exit(f"{address.geturl()}: only sites on the loopback are measured, like http://127.0.0.1:9000/")
        port = address.port or 80
        self.connection = HTTPConnection(address.hostname, port, timeout=30)
        self.pids = listeners(port) if pids is None else pids

    def get(self, path, headers=AS_A_BROWSER):
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def html(self, path):
        """The address that this one leads to, and the HTML there."""
        for _ in range(5):
            answer, html = self.get(path, PLAIN)
            if answer.status == 200:
                return path, html
            target = urlsplit(urljoin(path, answer.headers.get("Location", path)))
            path = f"{target.path}?{target.query}" if target.query else target.path
        sys.exit(f"Port {self.connection.port} answers {path} with {answer.status}, not with a page.")

    def cpu(self):
        """Seconds of CPU that all threads of the processes have taken so far."""
        # The number is that of clock_getcpuclockid(3): another process's own clock, finer than the ticks in /proc.
        return sum(time.clock_gettime(~pid << 3 | 2) for pid in self.pids)


def listeners(port):
    """The processes that hold the listening socket, as far as this user may see them: a server and its workers."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == LISTENING and row[1].endswith(f":{port:04X}")}
    found = set()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in sockets:
                found.add(int(descriptor.parts[2]))
        except OSError:  # another user's, or gone by now
            continue
    return sorted(found)


@contextmanager
def gunicorn(application, **environment):
    """One worker and the same settings for every application, so that nothing but the application differs."""
    port = free_port()
    options = ["--worker-class=gthread", "--workers=1", "--threads=4", "--preload", "--keep-alive=60"]
    options += [f"--bind=127.0.0.1:{port}", "--log-level=warning", "--no-control-socket"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, application], env={**os.environ, **environment}
    )
    try:
        # The server and the worker that it makes once it listens.
        for _ in range(600):
            if len(pids := listeners(port)) > 1 or process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            sys.exit(f"{application} does not start.")
        yield Server(f"http://127.0.0.1:{port}/", pids)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
