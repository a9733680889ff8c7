"""A headless Chromium, and the pages that are looked at in it."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

MISSING = "no Chromium was found. Debian: apt-get install chromium-headless-shell. Elsewhere: CHROMIUM_PATH=/path/to/it"
# The first has no windows of its own, and takes a third less of the processor for the same pages.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    # Letters as wide in the headless shell as in a window: hinted, a sheet that fits one page there takes two.
    "--font-render-hinting=none",
]

WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")
# Every page type, in every state that changes how it looks.
PAGES = {
    "home": "/en/",
    "region": "/en/region/",
    "hotspot": "/en/region/tien-shan/",
    "country": "/en/region/uzbekistan/",
    "species-index": "/en/species/",
    "species-index-none": "/en/species/?hotspot=pamir&category=NT&country=atlantis",
    "species": "/en/species/snow-leopard/",
    "species-without-badge": "/en/species/bukhara-deer/",
    "initiatives": "/en/initiatives/",
    "initiatives-none": "/en/initiatives/?status=previous&theme=one-health",
    "initiatives-table": "/en/initiatives/?view=table",
    "initiatives-timeline": "/en/initiatives/?view=timeline&funder=gef",
    "initiative": "/en/initiatives/one-health/",
    "initiative-with-targets": "/en/initiatives/folur/",
    "organisations": "/en/organisations/",
    "organisation": "/en/organisations/iucn/",
    "standard": "/en/about/",
    "search": "/en/search/",
    "search-results": "/en/search/?q=saiga",
    "search-none": "/en/search/?q=walrus",
    "not-found": "/en/no-such-page/",
}
# Left to `make test-all`: they look like another state of the same type.
LIKE_ANOTHER = {"species-index-none", "species-without-badge", "initiatives-none", "search", "search-none"}


def path():
    return os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def everything_loaded(page):
    """Also what only comes when somebody scrolls to it: pictures and the footer."""
    page.locator(".site-footer").evaluate_all("all => all.forEach(e => { e.style.contentVisibility = 'visible'; })")
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.evaluate(
        "Promise.all([document.fonts.ready, ...[...document.images].map(image => image.decode().catch(() => {}))])"
    )
