"""The directory's three views and its orders: the same selection each time, shown as the reader asked for it."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from initiatives.directory import PER_PAGE
from initiatives.models import InitiativePage
from tests.factories import many_initiatives
from tests.office.directory import RECORDS, follow, six_initiatives

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]

VIEWS = ["list", "table", "timeline"]


@pytest.fixture(scope="module")
def directory(office):
    six_initiatives()


@pytest.fixture
def it_is(monkeypatch):
    """Sets the clock, in UTC; Tashkent is five hours ahead."""

    def at(*moment):
        monkeypatch.setattr(timezone, "now", lambda: datetime(*moment, tzinfo=UTC))

    return at


# The views


@pytest.mark.parametrize("query", ["", "&country=uzbekistan&lead=academy", "&q=shore", "&year=2025&sort=title"])
def test_the_three_views_show_the_same_selection_in_the_same_order_with_the_same_totals(query):
    pages = {view: follow(f"?view={view}{query}") for view in VIEWS}
    assert pages["list"].titles
    for page in pages.values():
        assert page.titles == pages["list"].titles
        assert totals(page) == totals(pages["list"]) != []
        assert f"{len(page.titles)} of 6 initiatives" in page.text


def totals(page):
    """What is added up and the amount, for every total on the page."""
    return sorted(" ".join(row.get_text(" ").split()) for row in page.main.select("ul.totals > li"))


@pytest.mark.parametrize(
    ("view", "words"), [("", "List"), ("list", "List"), ("table", "Table"), ("timeline", "Timeline")]
)
def test_the_switch_names_the_view_at_hand_and_leads_to_the_others(view, words):
    page = follow(f"?view={view}&country=uzbekistan&sort=title")
    [switch] = page.main.find_all("nav", attrs={"aria-label": "View"})
    assert [link.text for link in switch.find_all("a")] == ["List", "Table", "Timeline"]
    assert [link.text for link in switch.find_all("a", attrs={"aria-current": "true"})] == [words]
    for link in switch.find_all("a"):
        other = follow(link["href"])
        assert other.titles == ["Alpha", "Delta", "Gamma"]
        [current] = other.main.find("nav", attrs={"aria-label": "View"}).find_all("a", attrs={"aria-current": "true"})
        assert current.text == link.text


def test_the_table_has_a_row_for_each_initiative_and_a_cell_for_each_column():
    page = follow("?view=table&year=2025&status=previous")
    [table] = page.main.find_all("table")
    headings = [" ".join(cell.text.split()) for cell in table.thead.find_all("th")]
    rows = [[" ".join(cell.text.split()) for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]
    zeta, delta = (dict(zip(headings, row, strict=True)) for row in rows)
    # The factories publish on the day of the test.
    assert delta.pop("Page changed on") == date_format(timezone.localdate(), "SHORT_DATE_FORMAT")
    assert delta == {
        "Initiative": "Delta",
        "Acronym": "",
        "Summary": "Delta dunes.",
        "More": "",
        "Status": "Previous",
        "Start": "2021",
        "End": "2025",
        "Led by": "Academy of Sciences",
        "Funder": "World Fund",
        "Countries": "Mongolia, Uzbekistan",
        "Budget": "EUR 300.50",
        "Basis": "Total budget",
        "Funded or supported": "Funded by",
        "Programme": "",
        "Partners": "IUCN",
        "Hotspots": "",
        "Species": "",
        "Themes": "Soil",
        "Figures confirmed on": "",
    }
    assert (zeta["Initiative"], zeta["Budget"], zeta["Countries"]) == ("Zeta", "EUR 1,000,000", "Mongolia")


def test_a_budget_that_is_not_published_is_said_so_in_every_view():
    assert "Budget not published" in follow("?year=2018").text
    assert "Not published" in follow("?year=2018&view=table").main.tbody.text
    assert "Budget not published" in follow("?year=2018&view=timeline").text
    for view in VIEWS:
        sentence = "1 initiative whose budget is not published stands in no total."
        assert sentence in follow(f"?view={view}").text


def test_the_timeline_reaches_from_the_earliest_start_to_the_latest_end_whatever_is_selected():
    for query in ("", "&lead=academy"):
        page = follow(f"?view=timeline{query}")
        axis = page.main.select_one(".term-row--axis").text
        # Epsilon begins in 2018, Gamma ends in 2030.
        assert [year for year in range(2015, 2035) if str(year) in axis] == list(range(2018, 2031))
        for title in page.titles:
            years = sorted(RECORDS[title]["year"])
            assert f"{years[0]}–{years[-1]}" in page.text


@pytest.mark.parametrize("name", ["view", "sort"])
@pytest.mark.parametrize("value", ["map", "TABLE", "<b>list</b>", "-title", "1", "ж" * 200])
def test_an_unknown_view_or_order_is_named_and_the_usual_one_shown(name, value):
    page = follow(f"?{name}={value}&lead=academy")
    assert page.titles == ["Gamma", "Delta"]
    assert page.notes == [f"“{value[:80]}” is no way to show the initiatives."]
    assert not page.main.find("table")
    assert page.links_under("Current initiatives") == ["Gamma"]


# The orders


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        # Current ones first, then the latest start, the latest end.
        ("", "Gamma Alpha Beta Zeta Delta Epsilon"),
        ("sort=office", "Gamma Alpha Beta Zeta Delta Epsilon"),
        ("sort=newest", "Zeta Gamma Alpha Beta Delta Epsilon"),
        ("sort=title", "Alpha Beta Delta Epsilon Gamma Zeta"),
        ("sort=budget&currency=EUR", "Beta Zeta Delta Alpha"),
        ("sort=budget&currency=CHF", "Gamma"),
        # All in one currency without anybody choosing it; what is not published comes last.
        ("sort=budget&status=previous", "Zeta Delta Epsilon"),
        ("sort=newest&status=previous", "Zeta Delta Epsilon"),
    ],
)
@pytest.mark.parametrize("view", VIEWS)
def test_orders(query, titles, view):
    page = follow(f"?{query}&view={view}")
    assert page.titles == titles.split()
    assert page.notes == []


@pytest.mark.parametrize(
    ("moment", "titles"),
    [
        ((2026, 7, 15), "Beta Zeta Alpha Gamma Delta Epsilon"),
        # What ends in 2026 lasts until the last day of that year, in Tashkent.
        ((2026, 12, 31, 18, 59), "Beta Zeta Alpha Gamma Delta Epsilon"),
        ((2026, 12, 31, 19, 0), "Alpha Gamma Beta Zeta Delta Epsilon"),
        ((2018, 1, 1), "Epsilon Delta Beta Zeta Alpha Gamma"),
        ((2031, 6, 1), "Gamma Alpha Beta Zeta Delta Epsilon"),
    ],
)
def test_ending_soonest_begins_with_what_still_runs_and_ends_with_what_ended_first(it_is, moment, titles):
    it_is(*moment)
    for view in VIEWS:
        assert follow(f"?sort=ending&view={view}").titles == titles.split()


@pytest.mark.parametrize("query", ["", "&lead=academy", "&currency=EUR&currency=CHF"])
def test_budgets_in_two_currencies_are_not_put_in_order(query):
    page = follow(f"?sort=budget{query}")
    assert page.titles == follow(f"?{query}").titles
    assert page.notes == ["Budgets are put in order within one currency only."]


def orders(page):
    return {" ".join(link.text.split()): link for link in page.main.select(".orders a")}


def test_the_orders_are_links_those_by_budget_with_their_currency():
    page = follow("?organisation=iucn&view=table&sort=newest")
    found = orders(page)
    assert list(found) == [
        "As the office groups them",
        "Newest first",
        "Ending soonest",
        "By title",
        "Largest budget in CHF first",
        "Largest budget in EUR first",
    ]
    assert [words for words, link in found.items() if link.get("aria-current")] == ["Newest first"]
    by_budget = follow(found["Largest budget in EUR first"]["href"])
    assert by_budget.titles == ["Beta", "Zeta", "Delta", "Alpha"]
    assert by_budget.main.find("table")
    assert by_budget.link("Currency: euro")
    assert follow(found["By title"]["href"]).titles == ["Alpha", "Beta", "Delta", "Epsilon", "Gamma", "Zeta"]


def test_a_heading_of_the_table_puts_it_in_order_and_says_how_it_is():
    page = follow("?view=table&sort=title&currency=EUR")
    headings = {" ".join(cell.text.split()): cell for cell in page.main.thead.find_all("th")}
    assert {words: cell["aria-sort"] for words, cell in headings.items() if cell.has_attr("aria-sort")} == {
        "Initiative": "ascending"
    }
    expected = {
        "Start": ("Zeta Alpha Beta Delta", "descending"),
        "Budget": ("Beta Zeta Delta Alpha", "descending"),
    }
    for words, (titles, sorted_how) in expected.items():
        following = follow(headings[words].a["href"])
        assert following.titles == titles.split()
        [cell] = following.main.find_all("th", attrs={"aria-sort": True})
        assert (" ".join(cell.text.split()), cell["aria-sort"]) == (words, sorted_how)
    # In two currencies there is no order by budget, and so no link.
    budget = next(cell for cell in follow("?view=table").main.thead.find_all("th") if cell.text.strip() == "Budget")
    assert not budget.a


def test_in_another_order_than_the_offices_there_are_no_groups():
    for view in ("list", "timeline"):
        assert "Previous activities" in follow(f"?view={view}").text
        assert "Previous activities" not in follow(f"?view={view}&sort=title").text


# Many pages


@pytest.fixture
def many():
    """150 more, every second one current, all in three countries, the office's Saxaul among the current ones."""
    InitiativePage.objects.get(slug="saxaul").get_latest_revision().publish()
    many_initiatives(3 * PER_PAGE)


@pytest.mark.parametrize("view", VIEWS)
def test_the_pages_of_a_long_selection_keep_filters_view_and_order(many, view):
    # 75 of the many, Saxaul, and Alpha, Beta and Gamma.
    query = f"?status=current&country=uzbekistan&country=kazakhstan&country=atlantis&sort=title&view={view}"
    seen, address = [], query
    for number in (1, 2):
        page = follow(address)
        assert f"Page {number} of 2" in page.text
        assert "79 of 157 initiatives" in page.text
        assert page.notes == ["Country: “atlantis” occurs in no initiative. This filter was left out."]
        assert bool(page.main.find("table")) == (view == "table")
        rows = page.main.select(".directory :is(tbody th, h3, .term-row__title)")
        seen += [" ".join(row.text.split()) for row in rows]
        following = page.main.find("a", rel="next")
        address = following["href"] if following else None
    assert address is None
    assert len(set(seen)) == len(seen) == 79
    assert seen == sorted(seen)
    assert follow(page.main.find("a", rel="prev")["href"]).titles == ["Alpha", "Beta", "Gamma"]


def test_a_link_to_another_view_order_or_filter_begins_at_the_first_page(many):
    page = follow("?status=current&page=2&sort=title")
    for words in ("Table", "Newest first", "Status: Current"):
        assert "Page 1 of" in follow(page.link(words)).text


@pytest.mark.parametrize(("number", "shown"), [("0", 4), ("-1", 4), ("99", 4), ("last", 1), ("x", 1), ("", 1)])
def test_a_page_number_that_does_not_exist_leads_to_one_that_does(many, number, shown):
    assert f"Page {shown} of 4" in follow(f"?page={number}").text


def test_a_single_page_needs_no_numbers():
    assert "Page 1" not in follow("?").text
