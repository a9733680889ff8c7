"""On paper: one sheet for an initiative, and no page prints what is only for the screen."""

import re

import pytest

from tests.browser.chromium import PAGES, everything_loaded

INITIATIVES = [
    "one-health",
    "folur",
    "dsl-ip",
    "blue-peace",
    "save-our-species",
    "western-tien-shan",
    "tech4nature",
    "nexus-dialogue",
]
ONLY_FOR_THE_SCREEN = (
    ".site-menu, .breadcrumbs, .filters, .search, .pagination, .neighbours, .abr-strip, .site-footer__links,"
    " .more-link, .related"
)


@pytest.fixture
def dark_page(new_page):
    return new_page(color_scheme="dark")


def sheets(page):
    """How many sheets of A4; the size and the margins are the stylesheet's."""
    everything_loaded(page)
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True, print_background=False)))


def test_every_initiative_fits_one_sheet(dark_page):
    dark_page.goto("/en/initiatives/")
    links = dark_page.locator(".ledger h3 a").evaluate_all("all => all.map(a => new URL(a.href).pathname)")
    assert sorted(links) == sorted(f"/en/initiatives/{slug}/" for slug in INITIATIVES)
    counted = {}
    for link in links:
        dark_page.goto(link)
        counted[link] = sheets(dark_page)
    assert counted == dict.fromkeys(links, 1)


def test_every_page_prints_on_white_without_what_is_only_for_the_screen(dark_page):
    for name, path in PAGES.items():
        dark_page.emulate_media(media="screen")
        dark_page.goto(path)
        dark_page.emulate_media(media="print")
        assert dark_page.locator(ONLY_FOR_THE_SCREEN).filter(visible=True).count() == 0, name
        text = dark_page.locator("h1").evaluate("e => getComputedStyle(e).color")
        assert max(map(int, re.findall(r"\d+", text)[:3])) < 100, name
        assert dark_page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert dark_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert dark_page.locator(".site-footer__legal").is_visible(), name
        assert dark_page.locator("h1").is_visible(), name


def test_no_words_are_printed_on_the_picture_of_the_home_page(dark_page):
    dark_page.goto("/en/")
    dark_page.emulate_media(media="print")
    words, picture = (dark_page.locator(f".hero {part}").bounding_box() for part in (".hero__words", "img"))
    assert words["y"] + words["height"] <= picture["y"]


def test_an_address_is_printed_where_a_link_leads_out(dark_page):
    dark_page.goto("/en/initiatives/one-health/")
    dark_page.emulate_media(media="print")
    source = dark_page.locator(".sources a").first
    assert "https://" in source.evaluate("e => getComputedStyle(e, '::after').content")
