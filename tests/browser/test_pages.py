"""Every page type at every width in both schemes: nothing fails, nothing is cut off, nothing is hard to reach."""

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.chromium import SCHEMES, WIDTHS, everything_loaded

# Reflow (WCAG 1.4.10) asks for 320 pixels.
NARROWEST = 320
# WCAG 1.4.12: what a reader may set without losing anything.
TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""
# Elements whose text ends outside of what they show.
CUT_OFF = """() => {
    const found = [];
    for (const element of document.querySelectorAll('body *')) {
        const style = getComputedStyle(element);
        const hides = style.overflowX === 'hidden' || style.overflowX === 'clip' || style.overflowY === 'hidden';
        const over = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
        if (hides && over && style.clipPath === 'none' && element.innerText?.trim()) found.push(element.className);
    }
    for (const element of document.querySelectorAll('h1, h2, h3, p, li, dd, dt, a, label, button, summary')) {
        const box = element.getBoundingClientRect(), style = getComputedStyle(element);
        if (!element.checkVisibility() || style.clipPath !== 'none' || !box.width) continue;
        // A table of data may scroll in itself (WCAG 1.4.10 excepts it), with the keyboard too.
        if (element.closest('[role=region][tabindex="0"]')) continue;
        // A part of the map ends at its frame; test_map measures its names.
        if (element.closest('svg')) continue;
        if (box.left < -1 || box.right > innerWidth + 1) found.push(element.tagName + ': ' + element.innerText);
    }
    return found;
}"""
# What a finger has to hit, without the links that stand within a sentence, which WCAG excepts.
SMALL_TARGETS = """() => {
    const found = [];
    for (const element of document.querySelectorAll('a, button, input, select, summary')) {
        let box = element.getBoundingClientRect();
        const in_text = getComputedStyle(element).display === 'inline';
        if (!element.checkVisibility() || getComputedStyle(element).clipPath !== 'none') continue;
        if (element.matches('.skip-link')) continue;
        const after_it = getComputedStyle(element, '::after');
        const covers_all = after_it.position === 'absolute' && after_it.content !== 'none';
        if (covers_all) box = element.offsetParent.getBoundingClientRect();
        if ((box.width < 44 || box.height < 44) && !in_text)
            found.push(`${element.innerText} (${Math.round(box.width)} x ${Math.round(box.height)})`);
    }
    return found;
}"""


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def at(page, width):
    page.set_viewport_size({"width": width, "height": 800})


def test_nothing_fails_and_nothing_scrolls_sideways(opened, site):
    """No word in the console, no failed request, none to another host."""
    for width, scheme in [(360, "dark"), (768, "light"), (1440, "dark")]:
        at(opened, width)
        opened.emulate_media(color_scheme=scheme)
        everything_loaded(opened)
        assert sideways(opened) == 0, (width, scheme)
    document, *others = opened.asked
    assert document[0] == (404 if opened.name == "not-found" else 200)
    assert [answer for answer in others if answer[0] != 200 or not answer[1].startswith(f"{site.address}/")] == []
    # Chromium says of a page that is not found that it is not found.
    assert [c for c in opened.complaints if not (opened.name == "not-found" and "404" in c)] == []


def test_headings_and_landmarks(opened):
    levels = opened.evaluate("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), levels
    for role in ("banner", "main", "contentinfo"):
        assert opened.get_by_role(role).count() == 1, role
    names = [nav.get_attribute("aria-label") for nav in opened.get_by_role("navigation").all()]
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(opened, scheme):
    opened.emulate_media(color_scheme=scheme)
    # The dark scheme differs in its colours alone.
    colours = {"runOnly": ["color-contrast", "link-in-text-block"]} if scheme == "dark" else {}
    for width in (360, 1440) if opened.name == "home" else (1440,):
        at(opened, width)
        results = Axe().run(opened, options={"resultTypes": ["violations"], **colours})
        assert results.violations_count == 0, results.generate_report()


def test_every_picture_has_its_place_before_it_is_there(opened):
    opened.reload()
    pictures = opened.evaluate(
        "[...document.images].map(i => ({width: i.getAttribute('width'), height: i.getAttribute('height'),"
        " alt: i.getAttribute('alt'), lazy: i.loading === 'lazy', top: i.getBoundingClientRect().top}))"
    )
    assert [p for p in pictures if not p["width"] or not p["height"] or p["alt"] is None] == []
    # At most one comes at once, the one at the head of the page.
    assert sum(not p["lazy"] for p in pictures) <= 1
    assert [p["top"] for p in pictures if not p["lazy"] and p["top"] > 500] == []


def test_a_finger_hits_what_it_is_meant_to(opened):
    at(opened, 360)
    assert opened.evaluate(SMALL_TARGETS) == []


def test_reflow_at_320_pixels(opened):
    at(opened, NARROWEST)
    assert sideways(opened) == 0
    assert opened.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_text_at_twice_its_size(opened, width):
    at(opened, width)
    opened.evaluate("document.documentElement.style.fontSize = '200%'")
    try:
        assert sideways(opened) == 0
        assert opened.evaluate(CUT_OFF) == []
    finally:
        opened.evaluate("document.documentElement.style.fontSize = ''")


def test_text_spacing_of_the_reader_s_own(opened):
    for width in (360, 1440):
        at(opened, width)
        sheet = opened.evaluate_handle(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
            " document.adoptedStyleSheets = [sheet]; return sheet; }",
            TEXT_SPACING,
        )
        try:
            assert sideways(opened) == 0
            assert opened.evaluate(CUT_OFF) == []
        finally:
            sheet.evaluate("() => { document.adoptedStyleSheets = []; }")


def test_less_motion(opened):
    """The page is open in a context that asks for reduced motion."""
    moving = opened.evaluate(
        "[...document.querySelectorAll('*')].filter(e => [getComputedStyle(e), getComputedStyle(e, '::before'),"
        " getComputedStyle(e, '::after')].some(s => s.transitionDuration.split(', ').some(d => parseFloat(d) > 0)"
        " || s.animationName !== 'none')).map(e => e.className)"
    )
    assert moving == []


def test_every_stop_of_the_keyboard_is_seen_and_in_order(opened):
    opened.reload()
    seen = []
    for _ in range(200):
        opened.keyboard.press("Tab")
        stop = opened.evaluate(
            """() => {
                const stop = document.activeElement, style = getComputedStyle(stop), box = stop.getBoundingClientRect();
                return {tag: stop.tagName, text: stop.innerText?.trim(),
                    part: stop.closest('header.site-header, main, footer')?.tagName || '',
                    outline: style.outlineStyle + ' ' + style.outlineWidth, top: box.top + scrollY,
                    inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight};
            }"""
        )
        if stop["tag"] == "BODY":
            break
        seen.append(stop)
    assert seen[0]["text"] == "Skip to the text"
    assert [stop for stop in seen if stop["outline"] != "solid 3px" or not stop["inside"]] == []
    parts = [stop["part"] for stop in seen[1:]]
    assert parts == sorted(parts, key=["HEADER", "MAIN", "FOOTER"].index)
    # Down the page: a stop may stand beside the one before, not a screen above it.
    tops = [stop["top"] for stop in seen if stop["part"] == "MAIN"]
    assert [step for step in pairwise(tops) if step[1] < step[0] - 900] == []


def test_everything_to_follow_or_fill_in_has_a_name_in_the_accessibility_tree(opened):
    everything_loaded(opened)
    with_tree = opened.context.new_cdp_session(opened)
    nodes = with_tree.send("Accessibility.getFullAXTree")["nodes"]
    with_tree.detach()
    named = {"link", "button", "textbox", "searchbox", "combobox", "checkbox", "image", "navigation", "form"}
    found = [(n["role"]["value"], n.get("name", {}).get("value")) for n in nodes if not n["ignored"]]
    assert [role for role, name in found if role in named and not name] == []
    assert ("link", "Accessibility") in found


def test_pictures_without_meaning_are_passed_over(opened):
    roles = opened.locator("img[alt='']").evaluate_all("all => all.map(image => image.getAttribute('role'))")
    assert [role for role in roles if role] == []
