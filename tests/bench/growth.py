"""What the directory costs with ten thousand initiatives beside what it costs with a hundred."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from .servers import gunicorn

FEW, MANY = 100, 10_000
LIKE = "one-health"
ROUNDS, REQUESTS = 5, 4
PAGES = {
    "directory, list": "/en/initiatives/",
    "directory, table": "/en/initiatives/?view=table",
    "directory, timeline": "/en/initiatives/?view=timeline",
    "directory, filtered": "/en/initiatives/?country=uzbekistan&year=2028&status=current",
    "initiative": f"/en/initiatives/{LIKE}/",
    "organisation": "/en/organisations/iucn/",
    "search": "/en/search/?q=zoonotic",
}
EXPORTS = {f"export, {name.upper()}": f"/en/initiatives/initiatives.{name}" for name in ("csv", "xlsx", "json")}


def grow(number):
    """In a process of its own: fill the site of VAR_DIR up to this many initiatives."""
    import django

    django.setup()
    from initiatives.models import InitiativePage
    from tests.factories import many_initiatives

    many_initiatives(number - InitiativePage.objects.count(), like=LIKE)


def grown(room, number):
    """A copy of the site with so many initiatives; its folder."""
    folder = Path(room, f"grown-{number}")
    shutil.copytree(room, folder, ignore=lambda _, names: [name for name in names if name.startswith("grown-")])
    environment = {**os.environ, "VAR_DIR": str(folder)}
    subprocess.run([sys.executable, "-m", "tests.bench.growth", str(number)], env=environment, check=True)
    return folder


def cpu(server, path, requests):
    before = server.cpu()
    for _ in range(requests):
        answer, _ = server.get(path)
        if answer.status != 200:
            sys.exit(f"{path} answers {answer.status}.")
    return (server.cpu() - before) / requests


def memory(server, field):
    """Megabytes of all its processes: VmRSS as they are now, VmHWM at most so far."""
    kilobytes = 0
    for pid in server.pids:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
    return kilobytes / 1024


def added_memory(server, path):
    for pid in server.pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak counts from here on
    before = memory(server, "VmRSS")
    server.get(path)
    return memory(server, "VmHWM") - before


def main(room):
    with ExitStack() as stack:
        servers = [
            stack.enter_context(gunicorn("iucn_ca.wsgi:application", VAR_DIR=str(grown(room, number))))
            for number in (FEW, MANY)
        ]
        found = {label: ([], []) for label in PAGES | EXPORTS}
        for _ in range(ROUNDS):
            for label, path in (PAGES | EXPORTS).items():
                for server, times in zip(servers, found[label], strict=True):
                    server.connection.close()
                    times.append(cpu(server, path, REQUESTS if label in PAGES else 1))
        print(f"{'CPU ms of a request':<24}{f'{FEW:,}':>10}{f'{MANY:,}':>10}{'×':>8}{'MB added':>10}")
        for label, times in found.items():
            few, many = map(median, times)
            added = f"{added_memory(servers[1], EXPORTS[label]):.0f}" if label in EXPORTS else ""
            print(f"{label:<24}{few * 1000:>10.1f}{many * 1000:>10.1f}{many / few:>8.1f}{added:>10}")
        print(f"Medians of {ROUNDS} rounds; an export writes a hundred times as many rows for {MANY:,} initiatives.")


if __name__ == "__main__":
    grow(int(sys.argv[1]))
