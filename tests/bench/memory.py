"""What a worker holds after its start and after thirty thousand requests."""

from pathlib import Path

from .servers import gunicorn

REQUESTS, SHOWN = 30_000, 5
KEPT = ["/en/", "/en/initiatives/", "/en/region/", "/en/species/saiga/", "/en/initiatives/one-health/", "/sitemap.xml"]


def megabytes(pid, file, field):
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def address(number):
    """Of ten requests nine are of a few pages, and one has a query that nobody has sent."""
    if number % 10:
        return KEPT[number % len(KEPT)]
    return f"/en/search/?q=forest+{number}" if number % 20 else f"/en/initiatives/?q=forest+{number}"


def main(folder):
    settings = {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "iucn_ca.settings.production"}
    with gunicorn("iucn_ca.wsgi:application", **settings) as server:
        worker = max(server.pids)
        print("Pss of a worker in MB, production settings:", end=" ")
        for number in range(REQUESTS + 1):
            if number % (REQUESTS // SHOWN) == 0:
                print(f"{megabytes(worker, 'smaps_rollup', 'Pss'):.0f} after {number:,}", end="; ", flush=True)
            server.get(address(number))
        print("requests.")
