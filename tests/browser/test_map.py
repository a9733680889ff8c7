"""The map in a browser: where its names stand, the keyboard, lighting up, zoom, no script, paper."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.chromium import WIDTHS

REGION = "/en/region/"
HOTSPOTS = {"Ustyurt Plateau", "Aral Sea basin wetlands", "Ili-Balkhash", "Tien Shan", "Pamir"}
COUNTRIES = {"Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"}
LAND = {"Kyzylkum", "Karakum", "Syr Darya", "Amu Darya", "Ili"}
NAMES = {
    360: HOTSPOTS | COUNTRIES | LAND | {"Tashkent"},
    768: HOTSPOTS | COUNTRIES | LAND | {"Tashkent, IUCN office", "Caspian Sea"},
    1440: HOTSPOTS | COUNTRIES | LAND | {"Tashkent, IUCN office", "Caspian Sea"},
}
# The boxes of all letters, so that a name along a river is measured where it bends.
BOXES = """() => {
    const view = [...document.querySelectorAll('.region-map__view')].find(view => view.checkVisibility());
    const frame = view.getBoundingClientRect(), found = [];
    for (const text of view.querySelectorAll('text')) {
        const name = text.textContent.trim().replace(/\\s+/g, ' '), boxes = [], to_screen = text.getScreenCTM();
        for (let n = 0; n < text.getNumberOfChars(); n++) {
            const {x, y, width, height} = text.getExtentOfChar(n);
            if (!width) continue;
            const start = new DOMPoint(x, y + height * .18).matrixTransform(to_screen);
            const end = new DOMPoint(x + width, y + height * .82).matrixTransform(to_screen);
            boxes.push([start.x - frame.x, start.y - frame.y, end.x - frame.x, end.y - frame.y]);
        }
        found.push({name, boxes, size: text.getExtentOfChar(0).height * to_screen.a});
    }
    return {names: found, width: frame.width, height: frame.height};
}"""


def touch(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def overlaps(measured):
    names = measured["names"]
    pairs = [(one, other) for number, one in enumerate(names) for other in names[number + 1 :]]
    return [
        (one["name"], other["name"])
        for one, other in pairs
        if any(touch(a, b) for a in one["boxes"] for b in other["boxes"])
    ]


def cut_off(measured):
    width, height = measured["width"], measured["height"]
    boxes = [(name["name"], box) for name in measured["names"] for box in name["boxes"]]
    return [name for name, box in boxes if box[0] < 0 or box[1] < 0 or box[2] > width or box[3] > height]


def opened(new_page, path=REGION, **options):
    page = new_page(**options)
    page.goto(path)
    page.evaluate("document.fonts.ready")
    return page


def lit(page):
    return set(page.locator("use.is-lit").evaluate_all("all => all.map(part => part.dataset.place)"))


def test_every_name_of_the_region_stands_on_its_map_at_every_width(new_page):
    page = opened(new_page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        measured = page.evaluate(BOXES)
        assert {name["name"] for name in measured["names"]} == NAMES[width]
        assert min(name["size"] for name in measured["names"]) >= 11


def test_no_two_names_touch_on_any_map_at_any_width(new_page):
    page = opened(new_page)
    links = page.locator(".region-map__list a[data-lights]").evaluate_all("all => all.map(link => link.href)")
    assert len(links) == len(HOTSPOTS | COUNTRIES) + 7
    for path in [REGION, *links]:
        page.goto(path)
        page.evaluate("document.fonts.ready")
        for width in (320, *WIDTHS, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            measured = page.evaluate(BOXES)
            assert measured["names"], path
            assert overlaps(measured) == [], (path, width)
            assert cut_off(measured) == [], (path, width)


def test_with_the_keyboard_a_place_is_lit_up_and_opened(new_page):
    page = opened(new_page)
    view = page.get_by_role("group", name="Map of Central Asia")
    pamir = view.get_by_role("link", name="Pamir")
    pamir.focus()
    assert lit(page) == {"pamir"}
    dimmed = page.locator("use.region-map__threads[data-place=tien-shan]").first
    assert float(dimmed.evaluate("e => getComputedStyle(e).opacity")) < 0.5
    page.keyboard.press("Tab")
    assert lit(page) != {"pamir"}
    pamir.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/region/pamir/")


def test_what_is_chosen_lights_up_its_places(new_page):
    page = opened(new_page)
    choice = page.get_by_label("Light up")
    choice.select_option("Snow leopard")
    assert {"tien-shan", "pamir", "KG", "TJ"} <= lit(page)
    assert not {"ustyurt-plateau", "TM"} & lit(page)
    assert Axe().run(page).violations_count == 0
    choice.select_option("Everything")
    assert lit(page) == set()
    page.locator(".region-map__list").get_by_role("link", name="Saiga antelope").hover()
    assert "ustyurt-plateau" in lit(page)


CHOICES = """() => Object.fromEntries(
    [...document.querySelectorAll('.region-map__choice optgroup')].map(
        group => [group.label, [...group.querySelectorAll('option')].map(option => option.text)]
    )
)"""


def test_what_is_drawn_can_be_chosen_by_its_name(new_page):
    found = opened(new_page).evaluate(CHOICES)
    assert list(found) == ["Hotspots", "Countries", "Species"]
    assert set(found["Hotspots"]) == HOTSPOTS
    assert set(found["Countries"]) == COUNTRIES
    assert {"Snow leopard", "Saiga antelope"} < set(found["Species"])


def test_what_is_not_drawn_cannot_be_chosen(new_page):
    def without_pamir(route):
        html = route.fetch().text()
        assert 'data-place="pamir"' in html
        route.fulfill(body=html.replace('data-place="pamir"', ""), content_type="text/html")

    page = new_page()
    page.route(f"**{REGION}", without_pamir)
    page.goto(REGION)
    assert set(page.evaluate(CHOICES)["Hotspots"]) == HOTSPOTS - {"Pamir"}
    assert page.locator(".region-map__list").get_by_role("link", name="Pamir", exact=True).is_visible()


def test_zoom_with_buttons_and_keys(new_page):
    page = opened(new_page)
    wide = page.locator(".region-map__view--wide")
    before = wide.bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").focus()
    page.keyboard.press("Enter")
    assert wide.bounding_box()["width"] > 1.5 * before
    frame = page.get_by_role("region", name="Enlarged map")
    frame.focus()
    left = frame.evaluate("e => e.scrollLeft")
    page.keyboard.press("ArrowRight")
    expect(frame).not_to_have_js_property("scrollLeft", left)
    assert frame.evaluate("e => e.scrollLeft") > left
    page.keyboard.press("+")
    assert wide.bounding_box()["width"] > 2 * before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("0")
    assert wide.bounding_box()["width"] == before
    expect(page.get_by_role("button", name="Zoom out")).to_be_disabled()


def test_without_scripts_the_names_lead_to_their_pages(new_page):
    page = opened(new_page, java_script_enabled=False)
    assert page.get_by_label("Light up").count() == 0 or not page.get_by_label("Light up").is_visible()
    page.get_by_role("group", name="Map of Central Asia").get_by_role("link", name="Uzbekistan").click()
    page.wait_for_url("**/en/region/uzbekistan/")
    # Its land is a link, and so are the threads of a hotspot.
    page.goto(REGION)
    page.mouse.click(*middle(page.locator(".region-map__view--wide use.region-map__land[data-place=TM]")))
    page.wait_for_url("**/en/region/turkmenistan/")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_text_of_a_hotspot_stands_clear_of_the_note_of_its_map(new_page):
    for width in (360, 1440):
        page = new_page(width=width)
        page.goto("/en/region/tien-shan/")
        note, text = (
            page.locator(selector).bounding_box() for selector in (".region-map__note", ".region-map + .prose")
        )
        assert text["y"] - (note["y"] + note["height"]) >= 24, width


def test_on_paper_the_map_is_the_wide_one_and_whole(new_page):
    for path in (REGION, "/en/region/uzbekistan/"):
        page = opened(new_page, path, width=672, color_scheme="dark")
        page.emulate_media(media="print")
        assert page.locator(".region-map__view--wide").is_visible()
        assert not page.locator(".region-map__view--narrow").is_visible()
        assert page.locator(".region-map__tools").filter(visible=True).count() == 0
        land = page.locator(".region-map__land").first.evaluate("e => getComputedStyle(e).fill")
        assert land in ("rgb(255, 255, 255)", "rgb(238, 242, 242)")
        assert overlaps(page.evaluate(BOXES)) == []


def test_on_paper_the_list_names_the_initiatives_too(new_page):
    page = opened(new_page)
    shown = ".region-map__list details li >> visible=true"
    assert page.locator(shown).count() == 0
    page.emulate_media(media="print")
    assert page.locator(shown).count() == page.locator(".region-map__list details li").count() > 20


def test_in_forced_colours_land_and_names_are_seen(new_page):
    page = opened(new_page, forced_colors="active")
    land, border, name = (
        page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{style}")
        for selector, style in [
            (".region-map__land", "fill"),
            (".region-map__border", "stroke"),
            (".region-map__name--desert", "fill"),
        ]
    )
    assert border == name != land


def test_the_outline_is_shown_as_it_is_pasted(admin):
    page = admin
    page.goto("/admin/hotspots/")
    page.get_by_role("link", name="Pamir", exact=True).first.click()
    page.get_by_role("tab", name="Where").click()
    shown, box = page.locator(".outline-preview"), page.get_by_role("textbox", name="Outline")
    threads = shown.locator("#map-threads-outline")
    expect(threads).to_have_count(1)
    before = threads.get_attribute("d")
    box.fill('{"type": "Polygon", "coordinates": [[[70, 38], [74, 38], [74, 39], [70, 38]]]}')
    expect(threads).not_to_have_attribute("d", before)
    box.fill('{"type": "Polygon", "coordinates": [[[38, 70], [38, 74], [39, 74], [38, 70]]]}')
    expect(shown).to_contain_text("Longitude comes first, then latitude.")
