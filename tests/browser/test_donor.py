"""A donor in a hurry, on a phone and without a mouse: which German money runs until when?"""

import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

GERMAN = "BMUV, Germany"
MOST_STOPS = 120
# What the focused element is called: its own words, or those of the label around it.
WORDS = "(document.activeElement.closest('label') || document.activeElement).innerText.trim()"


def tab_to(page, words):
    """As many stops of the Tab key as it takes to the element whose words begin so."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(WORDS).startswith(words):
            return
    pytest.fail(f"the keyboard does not reach “{words}”")


def press_on(page, words, key="Enter"):
    tab_to(page, words)
    page.keyboard.press(key)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_home_page_to_the_file_and_the_sheet_by_keyboard_alone(new_page, tmp_path, scripts):
    page = new_page(width=360, height=800, java_script_enabled=scripts)
    page.goto("/en/")
    press_on(page, "Menu")
    press_on(page, "Initiatives")
    page.wait_for_url("**/en/initiatives/")

    press_on(page, "Filters")
    press_on(page, "Funder")
    press_on(page, GERMAN, key="Space")
    press_on(page, "Apply")
    page.wait_for_url(re.compile(r"/en/initiatives/\?.*funder=bmuv"))
    expect(page.get_by_text("2 of 8 initiatives")).to_be_visible()
    rows = page.locator(".initiative-row")
    assert rows.locator("h3").all_inner_texts() == [
        "One Health in Nature Conservation in Central Asia",
        "Enhancing cooperation for conservation impact in the Western Tien-Shan",
    ]
    assert rows.locator(".status").all_inner_texts() == ["Current, 2024–2029", "Previous, 2022–2024"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    tab_to(page, "XLSX")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    name = download.value.suggested_filename
    assert re.fullmatch(r"iucn-central-asia-initiatives-funder-bmuv-\d{4}-\d\d-\d\d\.xlsx", name)
    download.value.save_as(tmp_path / name)
    head, *records = load_workbook(tmp_path / name, read_only=True).active.iter_rows(values_only=True)
    wanted = [head.index(key) for key in ("end_year", "budget_amount", "budget_currency", "budget_basis_code")]
    assert [[record[n] for n in wanted] for record in records] == [
        [2029, 11000000, "EUR", "total_budget"],
        [2024, 125200, "EUR", "total_budget"],
    ]
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_one_list_of_a_filter_is_open_at_a_time_and_escape_closes_it(new_page):
    page = new_page()
    page.goto("/en/initiatives/")
    country, funder = (page.locator(".facet", has=page.get_by_text(name, exact=True)) for name in ("Country", "Funder"))
    for facet in (country, funder):
        facet.locator("summary").click()
    assert country.get_attribute("open") is None
    assert funder.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert funder.get_attribute("open") is None
    funder.locator("summary").click()
    page.locator("h1").click()
    assert funder.get_attribute("open") is None


def test_several_values_of_one_filter_are_chosen_at_once_and_taken_away_one_by_one(new_page):
    page = new_page()
    page.goto("/en/initiatives/")
    page.locator(".facet", has_text="Country").locator("summary").click()
    for country in ("Burkina Faso", "Kyrgyzstan"):
        page.get_by_label(country).check()
    page.get_by_role("button", name="Apply").click()
    # Empty fields stay out of the address.
    page.wait_for_url(re.compile(r"\?country=burkina-faso&country=kyrgyzstan$"))
    expect(page.get_by_text("7 of 8 initiatives")).to_be_visible()
    page.get_by_role("link", name="Country: Burkina Faso remove").click()
    page.wait_for_url(re.compile(r"\?country=kyrgyzstan$"))
    expect(page.get_by_text("6 of 8 initiatives")).to_be_visible()
    page.go_back()
    assert page.get_by_role("searchbox").is_enabled()


def test_the_table_scrolls_in_itself_and_the_keyboard_reaches_it(new_page):
    page = new_page(width=360, height=800)
    page.goto("/en/initiatives/?view=table")
    table = page.get_by_role("region", name="Table of initiatives")
    table.focus()
    page.keyboard.press("ArrowRight")
    expect(table).not_to_have_js_property("scrollLeft", 0)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("link", name="End", exact=True).click()
    page.wait_for_url("**sort=ending**")
    assert page.get_by_role("columnheader", name="End", exact=True).get_attribute("aria-sort") == "ascending"


def test_the_words_lead_to_their_explanations(new_page):
    page = new_page()
    page.goto("/en/initiatives/folur/")
    page.get_by_role("link", name="IUCN's share of the budget").click()
    page.wait_for_url("**/en/initiatives/#budget-basis")
    expect(page.locator(":target")).to_contain_text("IUCN's share, the part that IUCN receives")
