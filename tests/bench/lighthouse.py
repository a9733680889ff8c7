"""Lighthouse on a phone of 360 pixels with slow 4G and a four times slower processor: `make lighthouse`."""

import json
import os
import shutil
import subprocess
import sys
from statistics import median

from tests.browser import chromium

ROUNDS, TRIES = 5, 3  # it fails now and then to record a visit
PAGES = [
    "home",
    "region",
    "hotspot",
    "country",
    "species-index",
    "species",
    "initiatives",
    "initiative",
    "organisations",
    "organisation",
    "standard",
    "search-results",
]
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {"LCP ms": "largest-contentful-paint", "CLS": "cumulative-layout-shift", "TBT ms": "total-blocking-time"}
COMMAND = ["npx", "--yes", "lighthouse@12", "--output=json", "--quiet"]
PHONE = ["--screenEmulation.width=360", "--screenEmulation.height=800"]  # the rest is what it takes for a phone


def visit(url):
    """The four scores, of 100, and the three metrics of one visit with an empty cache."""
    flags = f"--chrome-flags=--headless {' '.join(chromium.ARGUMENTS)}"
    environment = {**os.environ, "CHROME_PATH": chromium.path()}
    for _ in range(TRIES):
        ran = subprocess.run([*COMMAND, url, *PHONE, flags], env=environment, capture_output=True, text=True)
        if not ran.returncode:
            break
    else:
        sys.exit(f"Lighthouse does not run: {ran.stderr.strip()[-400:]}")
    report = json.loads(ran.stdout)
    scores = [100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES]
    return [*scores, *(report["audits"][name]["numericValue"] for name in METRICS.values())]


def main(address):
    if not shutil.which("npx") or not chromium.path():
        sys.exit("Lighthouse needs Node's npx and Chromium on the path.")
    print(f"{'median of ' + str(ROUNDS):<16}" + "".join(f"{name:>16}" for name in (*CATEGORIES, *METRICS)))
    for name in PAGES:
        visits = [visit(address + chromium.PAGES[name]) for _ in range(ROUNDS)]
        cells = [f"{median(values):.3f}".rstrip("0").rstrip(".") for values in zip(*visits, strict=True)]
        print(f"{name:<16}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
