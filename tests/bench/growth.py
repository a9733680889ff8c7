"""What pages cost with ten thousand initiatives, a thousand species and five hundred hotspots, beside a small site."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from . import memory, site
from .servers import AS_A_BROWSER, gunicorn

# Initiatives, species, hotspots.
FEW, MANY = (100, 10, 5), (10_000, 1_000, 500)
# A list of the admin shows fifty rows: it is put beside a small site that has as many of each.
A_FULL_LIST = (100, 50, 50)
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
    "search, a name": "/en/search/?q=initiative",
    "home page": "/en/",
    "region page": "/en/region/",
    "hotspot": "/en/region/ustyurt-plateau/",
    "country": "/en/region/uzbekistan/",
    "species index": "/en/species/",
    "species": "/en/species/saiga/",
    "sitemap": "/sitemap.xml",
    "sitemap, a part": "/sitemap-1.xml",
}
# As an Editor sees them.
LISTS = {
    "admin, dashboard": "/admin/",
    "admin, initiatives": "/admin/initiatives/",
    "admin, species": "/admin/species/",
    "admin, hotspots": "/admin/hotspots/",
    "admin, tree": "/admin/pages/{index}/",
    "admin, pictures": "/admin/images/",
}
EXPORTS = {f"export, {name.upper()}": f"/en/initiatives/initiatives.{name}" for name in ("csv", "xlsx", "json")}


def grow(initiatives, species, hotspots):
    """In a process of its own: fill the site of VAR_DIR up to these numbers; print the session of an Editor."""
    import django

    django.setup()
    from initiatives.models import InitiativePage
    from regions.models import HotspotPage
    from species.models import SpeciesPage
    from tests.factories import a_member_of, many_initiatives, many_like

    many_initiatives(initiatives - InitiativePage.objects.count(), like=LIKE)
    for model, slug, number in ((SpeciesPage, "saiga", species), (HotspotPage, "ustyurt-plateau", hotspots)):
        many_like(model.objects.get(slug=slug), number - model.objects.count())
    print(a_member_of("Editors").session.session_key)


def grown(room, numbers):
    """A copy of the site with so many pages: its folder, and what an Editor's browser sends."""
    folder = Path(room, f"grown-{sum(numbers)}")
    shutil.copytree(room, folder, ignore=lambda _, names: [name for name in names if name.startswith("grown-")])
    environment = {**os.environ, "VAR_DIR": str(folder)}
    command = [sys.executable, "-m", "tests.bench.growth", *map(str, numbers)]
    session = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return folder, AS_A_BROWSER | {"Cookie": f"sessionid={session}"}


def cpu(server, path, headers, requests):
    before = server.cpu()
    for _ in range(requests):
        answer, _ = server.get(path, headers)
        if answer.status != 200:
            sys.exit(f"{path} answers {answer.status}.")
    return (server.cpu() - before) / requests


def added_memory(server, path):
    """Megabytes that this answer needed at most."""
    for pid in server.pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak counts from here on
    before = sum(memory.megabytes(pid, "status", "VmRSS") for pid in server.pids)
    server.get(path)
    return sum(memory.megabytes(pid, "status", "VmHWM") for pid in server.pids) - before


def main(room):
    from initiatives.models import InitiativeIndexPage

    lists = {label: path.format(index=InitiativeIndexPage.objects.get().pk) for label, path in LISTS.items()}
    pages = PAGES | lists
    with ExitStack() as stack:
        sites = [
            (stack.enter_context(gunicorn("iucn_ca.wsgi:application", VAR_DIR=str(folder))), folder, editor)
            for folder, editor in (grown(room, numbers) for numbers in (FEW, A_FULL_LIST, MANY))
        ]
        small, full, large = sites
        added = {label: [] for label in EXPORTS}
        for server, *_ in (small, large):
            server.get(PAGES["directory, list"])  # a process that has answered: what every page needs is there
            for label, path in EXPORTS.items():
                added[label].append(f"{added_memory(server, path):.0f}")
        first, found = ({label: ([], []) for label in pages | EXPORTS} for _ in range(2))
        for _ in range(ROUNDS):
            for label, path in (pages | EXPORTS).items():
                for place, (server, folder, editor) in enumerate((full if label in LISTS else small, large)):
                    headers = editor if label in LISTS else AS_A_BROWSER
                    server.connection.close()
                    site.publish(folder)
                    first[label][place].append(cpu(server, path, headers, 1))
                    if label in pages:
                        found[label][place].append(cpu(server, path, headers, REQUESTS))
        sizes = [f"{numbers[0]:,}" for numbers in (FEW, MANY)]
        heads = [*sizes, "×", *sizes, "×", *sizes]
        print(f"{'CPU ms of a request':<24}{'then':>20}{'first after a publication':>32}{'MB added':>18}")
        print(" " * 24 + "".join(f"{head:>10}" for head in heads))
        for label in pages | EXPORTS:
            cells = [*ratio(found[label]), *ratio(first[label]), *added.get(label, [])]
            print(f"{label:<24}" + "".join(f"{cell:>10}" for cell in cells))
        print(f"Medians of {ROUNDS} rounds; an export writes a hundred times as many rows for {sizes[1]} initiatives.")
    memory.main(large[1])


def ratio(times):
    if not times[0]:
        return "", "", ""
    few, many = map(median, times)
    return f"{few * 1000:.1f}", f"{many * 1000:.1f}", f"{many / few:.1f}"


if __name__ == "__main__":
    grow(*map(int, sys.argv[1:]))
