"""A picture of every page type at three widths, light and dark: `make shots`, or with the names of some pages."""

import sys
from pathlib import Path

from tests.browser.chromium import PAGES, SCHEMES, WIDTHS, everything_loaded, running


def take(address, folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    with running() as browser:
        for scheme in SCHEMES:
            for width in WIDTHS:
                size = {"width": width, "height": 900 if width > 360 else 800}
                with browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce") as context:
                    page = context.new_page()
                    for name in names:
                        page.goto(address + PAGES[name])
                        everything_loaded(page)
                        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)


if __name__ == "__main__":
    address, folder, *names = sys.argv[1:]
    take(address, Path(folder), names or PAGES)
