"""What each page type costs, beside a bare WSGI function that returns the same HTML."""

import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import brotli

from . import growth, site
from .servers import Server, gunicorn

ROUNDS = 7
REQUESTS = 20  # of every page in a round, unless they take longer than
SECONDS = 5


@dataclass
class Row:
    """A page and what each round found: CPU and wall time of a request, in seconds."""

    label: str
    server: Server
    path: str
    html: bytes
    queries: int | str = "–"
    prepare: Callable = lambda: None  # what happens before each of its requests
    cpu: list = field(default_factory=list)
    wall: list = field(default_factory=list)
    bare_cpu: list = field(default_factory=list)
    bare_wall: list = field(default_factory=list)

    def measure(self, bare, bare_path):
        """One round: the page and the bare function in turns, so that whatever else the machine does slows both."""
        for server, path in ((self.server, self.path), (bare, bare_path)):
            server.connection.close()  # A server may have given up one that waited for its turn.
            seconds(server, path)
        before, bare_before = self.server.cpu(), bare.cpu()
        wall, bare_wall = [], []
        end = time.monotonic() + SECONDS
        while len(wall) < REQUESTS and time.monotonic() < end:
            self.prepare()
            wall.append(seconds(self.server, self.path))
            bare_wall.append(seconds(bare, bare_path))
        self.cpu.append((self.server.cpu() - before) / len(wall))
        self.bare_cpu.append((bare.cpu() - bare_before) / len(wall))
        self.wall.append(median(wall))
        self.bare_wall.append(median(bare_wall))

    def cells(self):
        self.server.connection.close()
        answer, sent = self.server.get(self.path)
        cpu = compared(self.cpu, self.bare_cpu) if self.server.pids else ["–"] * 3
        encoding = answer.headers.get("Content-Encoding", "as it is")
        size = [f"{len(self.html):,}", f"{len(brotli.compress(self.html)):,}"]
        sent = [f"{len(sent):,}", f"{len(sent) / len(self.html):.2f}", encoding]
        return [self.label, self.queries, *cpu, *compared(self.wall, self.bare_wall), *size, *sent]


HEAD = ["page", "queries", "CPU ms", "bare", "×", "wall ms", "bare", "×", "HTML", "Brotli", "sent", "×", "sent as"]


def seconds(server, path):
    started = time.perf_counter()
    answer, _ = server.get(path)
    taken = time.perf_counter() - started
    if answer.status != 200:
        sys.exit(f"{path} answers {answer.status}.")
    return taken


def compared(page, bare):
    page, bare = median(page), median(bare)
    return [f"{page * 1000:.2f}", f"{bare * 1000:.2f}", f"{page / bare:.1f}"]


def rows(made, kept):
    """Each page as it is made anew for every request, as the first after a publication, and as it is kept."""
    for label, queries, first_queries, path in site.largest_pages():
        html = made.html(path)[1]
        yield Row(label, made, path, html, queries)
        yield Row(f"{label}, first", made, path, html, first_queries, site.publish)
        yield Row(f"{label}, kept", kept, path, html, 0)
    if address := os.environ.get("PEER"):
        # Its own user may not be ours: then its processes are not seen, and are named or left out.
        pids = [int(pid) for pid in os.environ.get("PEER_PID", "").split(",") if pid]
        peer = Server(address, pids or None)
        yield Row("peer's home", peer, *peer.html("/"))


def show(table):
    widths = [max(len(str(row[n])) for row in table) for n in range(len(HEAD))]
    for label, *cells in table:
        print(f"{label:<{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True)))


def main():
    with tempfile.TemporaryDirectory(prefix="iucn-ca-bench-") as room:
        database = site.prepare(room)
        with (
            gunicorn("iucn_ca.wsgi:application") as made,
            gunicorn("iucn_ca.wsgi:application", DJANGO_SETTINGS_MODULE="iucn_ca.settings.production") as kept,
        ):
            found = list(rows(made, kept))
            pages = Path(room, "bare")
            pages.mkdir()
            for number, row in enumerate(found):
                Path(pages, f"{number}.html").write_bytes(row.html)
            with gunicorn("tests.bench.bare:application", BARE_PAGES=str(pages)) as bare:
                for _ in range(ROUNDS):
                    for number, row in enumerate(found):
                        row.measure(bare, f"/{number}.html")
                show([HEAD, *(row.cells() for row in found)])
                machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {database}"
                print(f"Medians of {ROUNDS} rounds; × is the ratio to the bare function. {machine}.")
        if database.startswith("SQLite") and os.environ["VAR_DIR"] == room:
            growth.main(room)


if __name__ == "__main__":
    # A request to stop must not leave servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
