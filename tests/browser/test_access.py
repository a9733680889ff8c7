"""Keyboard, names, forced colours, no script: what axe doesn't see."""

import io
import re
from collections import Counter
from math import ceil, floor

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from tests.browser.chromium import PAGES
from tests.browser.test_tokens import TOKENS, luminance

TEXT_ON_PICTURE = 4.5
RING = 3
ON_LAPIS = TOKENS["on-lapis"]["light"]
FOCUS = "getComputedStyle(document.activeElement)"


def snapshot(page, selector="body"):
    """The accessibility tree as Playwright writes it."""
    return page.locator(selector).aria_snapshot()


def test_the_first_link_leads_past_the_menu(new_page):
    page = new_page()
    page.goto("/en/initiatives/folur/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("main:target")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_menu_opens_and_closes_with_the_keyboard(new_page, scripts):
    page = new_page(width=360, height=800, java_script_enabled=scripts)
    page.goto("/en/about/")
    menu = page.locator(".site-menu__narrow")
    links = menu.get_by_role("link")
    assert links.count() == 0
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert links.all_inner_texts() == ["The region", "Species", "Initiatives", "About the office", "Search"]
    assert menu.locator("[aria-current=page]").inner_text() == "About the office"
    assert links.nth(0).is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/region/")
    assert links.count() == 0


def test_the_open_menu(new_page):
    for scheme in ("light", "dark"):
        page = new_page(width=360, height=800, color_scheme=scheme)
        page.goto("/en/")
        button = page.locator("summary")
        assert "text: Menu" in snapshot(page, "details") or "Menu" in snapshot(page, "details")
        button.click()
        assert "Close" in snapshot(page, "details")
        assert "Menu" not in snapshot(page, "details")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_names_in_the_accessibility_tree(new_page):
    page = new_page()
    page.goto("/en/initiatives/one-health/")
    assert page.get_by_role("img", name="2024 to 2029").count() == 1
    assert page.get_by_role("navigation", name="You are here").count() == 1
    assert 'link "Initiatives"' in snapshot(page, "main header")
    page.goto("/en/")
    names = set(re.findall(r'img "(\d{4} to \d{4})"', snapshot(page, ".term-chart")))
    assert {"2024 to 2029", "2021 to 2026", "2016 to 2019"} <= names
    # A row is read as a whole: which initiative, its years, its money and what the money is.
    row = page.locator(".term-row", has_text="Food Systems").inner_text()
    assert "Food Systems, Land Use and Restoration in Uzbekistan" in row
    assert "USD\N{NO-BREAK SPACE}541,500" in row
    assert "IUCN's share" in row
    page.goto("/en/species/snow-leopard/")
    assert page.get_by_role("heading", level=1, name="Snow leopard").count() == 1
    assert "Vulnerable on the IUCN Red List of Threatened Species" in page.locator(".red-list").inner_text()
    # The strip of codes says nothing that the sentence doesn't.
    assert "EW" not in snapshot(page, ".red-list")


def test_without_scripts(new_page):
    page = new_page(java_script_enabled=False)
    for name, path in PAGES.items():
        page.goto(path)
        assert page.locator("h1").is_visible(), name
        assert page.locator("main").inner_text().strip(), name
        assert page.locator("script:not([src])").count() == 0, name


def test_filters_work_without_scripts(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/en/initiatives/")
    assert page.get_by_role("status").inner_text() == "8 of 8 initiatives"
    status = page.locator(".facet", has_text="Status")
    status.locator("summary").click()
    status.get_by_label("Previous").check()
    page.get_by_role("button", name="Apply").click()
    assert "status=previous" in page.url
    assert page.get_by_role("status").inner_text() == "4 of 8 initiatives"
    page.get_by_role("link", name="Remove all").click()
    assert page.get_by_role("status").inner_text() == "8 of 8 initiatives"


def test_search_works_without_scripts(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/en/")
    page.get_by_role("link", name="Search").first.click()
    page.get_by_label("Words to look for").fill("saiga")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Saiga antelope").click()
    assert page.locator("h1").inner_text() == "Saiga antelope"


def test_forced_colours(new_page):
    page = new_page(forced_colors="active")
    page.goto("/en/")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    bar = page.locator(".term-bar__bar").first
    assert bar.evaluate("e => getComputedStyle(e).stroke") != "none"
    page.goto("/en/species/snow-leopard/")
    for step in page.locator(".red-list-scale__step").all():
        assert step.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    page.goto("/en/species/")
    badge = page.locator(".red-list-badge").first
    assert badge.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUS}.outlineStyle") == "solid"
    page.set_viewport_size({"width": 360, "height": 800})
    for path in ("/en/", "/en/about/"):
        page.goto(path)
        ground, word = (
            page.locator(selector).evaluate(f"e => getComputedStyle(e).{style}")
            for selector, style in ((".site-header", "backgroundColor"), ("body", "color"))
        )
        for part in ("null", "'::after'"):
            bars = page.locator(".site-menu__bars").evaluate(f"e => getComputedStyle(e, {part}).backgroundColor")
            assert bars == word != ground


def test_the_ring_of_the_keyboard_stands_out(new_page):
    """In both schemes, also on lapis and on the picture of the home page."""
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        page.goto("/en/")
        for part in (".site-header .wordmark", ".site-menu__search", ".rail a", ".site-footer a"):
            ring = page.locator(part).first.evaluate("e => getComputedStyle(e).getPropertyValue('--focus')")
            assert contrast_of(ring.strip(), TOKENS["lapis"][scheme]) >= RING, (part, scheme)


def contrast_of(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_motion_only_where_it_is_wanted(new_page):
    for wanted, seconds in [("no-preference", "0.7s"), ("reduce", "0s")]:
        page = new_page(reduced_motion=wanted)
        page.goto("/en/")
        assert page.locator(".hanging").first.evaluate("e => getComputedStyle(e).transitionDuration") == seconds


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (360, 640),
        (844, 390),
        (768, 1024),
        (1440, 900),
        (2560, 1300),
        *(
            pytest.param(*size, marks=pytest.mark.full)
            for size in [(320, 640), (360, 800), (640, 360), (900, 700), (1024, 768), (1280, 720), (1920, 1080)]
        ),
    ],
)
def test_words_on_the_picture_of_the_home_page_stand_out(new_page, width, height):
    """The worst hundredth of the points behind them."""
    page = new_page(width=width, height=height)
    page.goto("/en/")
    page.evaluate("document.fonts.ready.then(() => document.querySelector('.hero img').decode())")
    page.evaluate("document.querySelectorAll('.hero__words, .site-header').forEach(e => e.style.color = 'transparent')")
    hero = page.locator(".hero").bounding_box()
    with Image.open(io.BytesIO(page.screenshot(clip=hero, full_page=True))) as shot:
        picture = shot.convert("RGB")
    for words in page.locator(".hero__words > *").all():
        lines = words.evaluate(
            "e => { const range = document.createRange(); range.selectNodeContents(e);"
            " return [...range.getClientRects()].map(r => [r.left, r.top, r.right, r.bottom]); }"
        )
        behind = Counter()
        for left, top, right, bottom in lines:
            x, y = hero["x"], hero["y"]
            place = floor(left - x), floor(top - y), ceil(right - x), ceil(bottom - y)
            assert min(place) >= 0 and place[2] <= picture.width and place[3] <= picture.height, "beside the picture"
            line = picture.crop(place)
            for number, (red, green, blue) in line.getcolors(line.width * line.height):
                behind[luminance(f"#{red:02x}{green:02x}{blue:02x}")] += number
        assert behind
        brightest = sorted(behind.elements(), reverse=True)[behind.total() // 100]
        assert (luminance(ON_LAPIS) + 0.05) / (brightest + 0.05) >= TEXT_ON_PICTURE
