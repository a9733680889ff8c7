"""What a phone asks for until the page stands still, without scrolling and with nothing kept from before."""

import re

import brotli
import pytest

from tests.browser.chromium import PAGES

KB = 1000
HTML, FONTS, HOME, WITH_MAP, OTHERS = 8 * KB, 70 * KB, 220 * KB, 160 * KB, 130 * KB
MAP, MAP_COMPRESSED = 80 * KB, 25 * KB
MAP_IN_PAGE = r'(?s)<svg class="region-map.*?</svg>'
REQUESTS = 12
LAYOUT_SHIFT = 0.01
# A slow mobile line: fonts come late enough for the text to stand there without them.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shifted += entry.value; }))
    .observe({type: 'layout-shift', buffered: true});
"""


class FirstView:
    def __init__(self, page, path):
        self.page, self.answers, self.bytes = page, {}, {}
        page.add_init_script(WATCH_SHIFTS)
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.responseReceived", self.answered)
        devtools.on("Network.loadingFinished", self.finished)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        devtools.send("Network.emulateNetworkConditions", LINE)
        self.answer = page.goto(path, wait_until="commit")

    def answered(self, event):
        self.answers[event["requestId"]] = (event["type"], event["response"]["url"])

    def finished(self, event):
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    def weight(self, kind=None):
        return sum(size for key, size in self.bytes.items() if kind in (None, self.answers[key][0]))

    @property
    def urls(self):
        return [url for _, url in self.answers.values()]


@pytest.fixture(scope="module")
def first_views(browser, site):
    """All pages side by side: each gets at least two seconds after it is loaded."""
    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 800})
    views = {name: FirstView(context.new_page(), path) for name, path in PAGES.items()}
    for view in views.values():
        view.page.wait_for_load_state("load")
    next(iter(views.values())).page.wait_for_timeout(2000)
    for view in views.values():
        # Also lets the events of this page arrive.
        view.shifted = view.page.evaluate("window.shifted")
    yield views
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_first_view(first_views, name):
    view = first_views[name]
    html = view.answer.text()
    drawn = "".join(re.findall(MAP_IN_PAGE, html))
    assert len(drawn) <= MAP
    assert len(brotli.compress(drawn.encode(), quality=5)) <= MAP_COMPRESSED
    compressed = len(brotli.compress(re.sub(MAP_IN_PAGE, "", html).encode(), quality=5))
    figures = {"bytes": view.weight(), "fonts": view.weight("Font"), "html": compressed, "shift": view.shifted}
    # The icon is asked for once in a visit, not by the page.
    requests = [url for url in view.urls if "favicon" not in url]
    print(f"{name}: {len(requests)} requests, {figures}")
    assert view.weight() <= (HOME if name == "home" else WITH_MAP if drawn else OTHERS)
    assert view.weight("Font") <= FONTS
    assert compressed <= HTML
    assert len(requests) <= REQUESTS
    assert view.shifted <= LAYOUT_SHIFT


def test_the_picture_at_the_head_of_the_home_page_comes_first(first_views):
    hero = first_views["home"].page.locator(".hero img")
    assert hero.get_attribute("loading") == "eager"
    assert hero.get_attribute("fetchpriority") == "high"
    kinds = [kind for kind, _ in first_views["home"].answers.values()]
    assert kinds.count("Image") == 1


def test_the_picture_at_the_head_of_a_species_page_comes_once_and_in_the_size_of_the_screen(first_views):
    plates = [url for url in first_views["species"].urls if "snow-leopard" in url and "/images/" in url]
    assert len(plates) == 1
    assert plates[0].endswith("width-416.format-avif.avif")


def test_letters_of_other_scripts_load_only_where_they_are_used(first_views):
    """No page of the start content needs more than the Latin files; one font is asked for before it is found."""
    for view in first_views.values():
        fonts = {url.rpartition("/")[2].split(".")[0] for url in view.urls if ".woff2" in url}
        assert fonts <= {"commissioner-latin", "source-serif-4-latin", "source-serif-4-italic-latin"}
        assert "commissioner-latin" in fonts
    preloads = first_views["home"].page.locator("link[rel=preload][as=font]")
    assert preloads.count() == 1
    assert "commissioner-latin" in preloads.get_attribute("href")


def test_letters_load_when_somebody_writes_them(new_page):
    """The Cyrillic ones with the stylesheet that a page in Russian has."""
    page = new_page()
    page.goto("/en/search/")
    for text, family, file in [
        ("é", "Commissioner", "commissioner-latin-1"),
        ("ğ", "'Source Serif 4'", "source-serif-4-latin-ext"),
        ("Ж", "Commissioner", "commissioner-cyrillic"),
        ("Қ", "'Source Serif 4'", "source-serif-4-cyrillic-ext"),
    ]:
        if file.endswith("cyrillic"):
            page.add_style_tag(url="/static/css/cyrillic.css")
        with page.expect_response(lambda answer, file=file: f"/{file}." in answer.url):
            page.evaluate(
                "([text, family]) => { const p = document.createElement('p'); p.textContent = text;"
                " p.style.fontFamily = family; document.querySelector('main').append(p); }",
                [text, family],
            )
