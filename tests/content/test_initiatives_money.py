"""What the budgets add up to: the same to the cent on every page and in every file, and nothing unlike is added."""

import csv
import json
import re
from collections import defaultdict
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from initiatives.choices import Basis
from initiatives.models import InitiativePage
from initiatives.money import Money, Total, Totals
from initiatives.organisations import OrganisationPage
from tests.factories import a_funder, a_partner, an_initiative, an_organisation
from tests.sampling import some_of
from tests.seeded import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]

TOTAL, SHARE = "Total budget", "IUCN's share"

# Typed by hand from the office's text: (currency, basis): (sum, number of initiatives).
ALL = {
    ("CHF", TOTAL): ("8849042", 2),  # Blue Peace 8,100,000, Save Our Species 749,042
    ("CHF", SHARE): ("1610000", 1),  # DSL-IP
    ("EUR", TOTAL): ("12425200", 3),  # One Health 11,000,000, Nexus 1,300,000, Western Tien-Shan 125,200
    ("USD", TOTAL): ("60480", 1),  # Tech4Nature
    ("USD", SHARE): ("541500", 1),  # FOLUR
}
BMUV = {("EUR", TOTAL): ("11125200", 2)}
GEF = {("CHF", SHARE): ("1610000", 1), ("USD", SHARE): ("541500", 1)}
LED_BY_IUCN = {("CHF", TOTAL): ("749042", 1), ("EUR", TOTAL): ("11125200", 2), ("USD", TOTAL): ("60480", 1)}
WITH_IUCN = {
    ("CHF", TOTAL): ("8100000", 1),
    ("CHF", SHARE): ("1610000", 1),
    ("EUR", TOTAL): ("1300000", 1),
    ("USD", SHARE): ("541500", 1),
}
FUNDERS = {
    "bmuv": BMUV,
    "gef": GEF,
    "sdc": {("CHF", TOTAL): ("8100000", 1)},
    "private-foundation-netherlands": {("CHF", TOTAL): ("749042", 1)},
    "huawei": {("USD", TOTAL): ("60480", 1)},
    "eu": {("EUR", TOTAL): ("1300000", 1)},
}
FUNDS, LEADS, TAKES_PART = "Funds or supports", "Leads", "Takes part in"


# What a reader finds


def printed(lists):
    """From lists of totals: (currency, basis): (sum, number), each line read as it is printed."""
    found = {}
    for line in (words(item) for totals in lists for item in totals.find_all("li")):
        basis, number, currency, amount = re.fullmatch(r"(.+), (\d+) initiatives? ([A-Z]{3}) ([\d,.]+)", line).groups()
        assert (currency, basis) not in found
        found[currency, basis] = (Decimal(amount.replace(",", "")), int(number))
    return found


def on_page(query):
    return printed(read(Client(), f"/en/initiatives/{query}").main.select("ul.totals"))


def on_organisation(slug, heading):
    """The totals under one of its roles."""
    page = read(Client(), f"/en/organisations/{slug}/")
    [found] = [h.find_parent("section") for h in page.main.find_all("h2") if words(h) == heading]
    return printed(found.select("ul.totals"))


def rows_of(file_format, query=""):
    """The rows of a download as dictionaries."""
    answer = Client().get(f"/en/initiatives/initiatives.{file_format}{query}")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    if file_format == "json":
        return json.loads(content)["initiatives"]
    if file_format == "csv":
        return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))
    keys, *rows = load_workbook(BytesIO(content), read_only=True).active.values
    return [dict(zip(keys, row, strict=True)) for row in rows]


def in_file(file_format, query=""):
    """What somebody gets who adds up the amounts of a download by currency and basis."""
    amounts = defaultdict(list)
    for row in rows_of(file_format, query):
        if row["budget_amount"] not in ("", None):
            amounts[row["budget_currency"], row["budget_basis"]].append(Decimal(str(row["budget_amount"])))
    return {key: (sum(found), len(found)) for key, found in amounts.items()}


def everywhere(query=""):
    """The totals of a selection by the place where they stand."""
    sign = "&" if query else "?"
    views = {view: on_page(f"{query}{sign}view={view}") for view in ("list", "table", "timeline")}
    return views | {file_format: in_file(file_format, query) for file_format in ("csv", "xlsx", "json")}


def exactly(totals):
    return {key: (Decimal(amount), number) for key, (amount, number) in totals.items()}


SELECTIONS = [
    ("", ALL, []),
    ("?funder=bmuv", BMUV, [("bmuv", FUNDS)]),
    ("?funder=gef", GEF, [("gef", FUNDS), ("fao", LEADS)]),
    ("?lead=iucn", LED_BY_IUCN, [("iucn", LEADS)]),
    ("?partner=iucn", WITH_IUCN, [("iucn", TAKES_PART)]),
    ("?organisation=carec", {("EUR", TOTAL): ("1300000", 1), ("CHF", TOTAL): ("8100000", 1)}, []),
    ("?funder=huawei&funder=eu", FUNDERS["huawei"] | FUNDERS["eu"], []),
    ("?q=green+list&currency=USD", {("USD", TOTAL): ("60480", 1)}, []),
]


@pytest.mark.parametrize(("query", "totals", "organisations"), some_of(SELECTIONS, 0, 1, 7))
def test_list_table_timeline_files_and_organisation_pages_say_the_same_to_the_cent(query, totals, organisations):
    expected = exactly(totals)
    found = everywhere(query) | {place: on_organisation(*place) for place in organisations}
    assert found == dict.fromkeys(found, expected)
    assert len(found) == 6 + len(organisations)


def test_the_pages_of_all_funders_together_say_what_the_directory_says():
    """Each initiative of the start content has one funder, so that theirs are all the budgets, each once."""
    found = defaultdict(lambda: (Decimal(0), 0))
    for slug, totals in FUNDERS.items():
        on_its_page = on_organisation(slug, FUNDS)
        assert on_its_page == exactly(totals)
        for key, (amount, number) in on_its_page.items():
            found[key] = (found[key][0] + amount, found[key][1] + number)
    assert found == on_page("") == exactly(ALL)


def test_an_organisation_page_leads_to_files_with_everything_it_takes_part_in():
    page = read(Client(), "/en/organisations/carec/")
    files = {words(link): link["href"] for link in page.main.select(".downloads a")}
    assert set(files) == {"CSV", "XLSX", "JSON"}
    for file_format, address in files.items():
        assert address == f"/en/initiatives/initiatives.{file_format.lower()}?organisation=carec"
    assert [row["initiative"] for row in rows_of("json", "?organisation=carec")] == ["blue-peace", "nexus-dialogue"]


# Who funds the work


def funding(query=""):
    """The rows of the funding section by the heading of their column, as read; the totals left out."""
    page = read(Client(), f"/en/initiatives/{query}")
    columns = {}
    for column in page.main.select(".funding__column"):
        rows = column.select("li.funding-row")
        columns[words(column.h3)] = [words(row) for row in rows]
    return columns


def test_each_currency_has_a_column_of_its_own_with_its_funders_the_largest_first():
    iki, aap = "International Climate Initiative (IKI)", "Advisory Assistance Programme (AAP)"
    assert funding() == {
        "Swiss franc": [
            "SDC, Switzerland CHF 8.1 million Total budget",
            "GEF CHF 1.61 million IUCN's share GEF-7 CHF 1.61 million",
            "Private foundation (Netherlands) CHF 749,042 Total budget",
        ],
        "US dollar": [
            "GEF USD 541,500 IUCN's share Food Systems, Land Use and Restoration (FOLUR) USD 541,500",
            "Huawei USD 60,480 Total budget",
        ],
        "Euro": [
            f"BMUV, Germany EUR 11,125,200 Total budget {aap} EUR 125,200 {iki} EUR 11 million",
            "EU EUR 1.3 million Total budget",
        ],
    }


def test_the_exact_figure_is_at_hand_where_millions_are_printed():
    page = read(Client(), "/en/initiatives/?funder=sdc")
    amounts = {
        (words(data), words_of(data.get("title", ""))) for data in page.main.select(".funding data, .ledger data")
    }
    assert amounts == {("CHF 8.1 million", "CHF 8,100,000"), ("CHF 8,100,000", "")}


def words_of(text):
    return " ".join(text.split())


@pytest.fixture
def other():
    """Makes an initiative in a currency that the start content does not have."""

    def make(title, *parts, amount="1000", basis="total_budget"):
        money = {"budget_amount": amount, "budget_currency": "UZS", "budget_basis": basis}
        iucn = OrganisationPage.objects.get(slug="iucn")
        return an_initiative(title, iucn, *parts, **(money if amount else {}))

    return make


def test_a_budget_of_two_funders_stands_in_one_row_and_is_counted_once(other):
    gef, eu = (OrganisationPage.objects.get(slug=slug) for slug in ("gef", "eu"))
    other("Joint", a_funder(gef, programme="GEF-8"), a_funder(eu), amount="700")
    other("Joint too", a_funder(eu), a_funder(gef), amount="50")
    other("Alone", a_funder(gef), amount="30")
    assert funding()["Uzbekistani som"] == [
        "EU, GEF UZS 750 Total budget No programme named UZS 50 GEF-8 UZS 700",
        "GEF UZS 30 Total budget",
    ]
    expected = {("UZS", TOTAL): (Decimal(780), 3)}
    found = everywhere("?currency=UZS")
    assert found == dict.fromkeys(found, expected)
    # On each funder's page stands the whole of it: it is the initiatives' budget, not what one of them gives.
    assert on_organisation("gef", FUNDS)["UZS", TOTAL] == (780, 3)
    assert on_organisation("eu", FUNDS)["UZS", TOTAL] == (750, 2)


def test_a_funder_with_two_programmes_in_one_initiative_is_counted_once(other):
    gef = OrganisationPage.objects.get(slug="gef")
    other("Twice", a_funder(gef, programme="GEF-7"), a_funder(gef, programme="GEF-8"), amount="700")
    assert funding()["Uzbekistani som"] == ["GEF UZS 700 Total budget GEF-7, GEF-8 UZS 700"]
    assert on_page("?currency=UZS") == {("UZS", TOTAL): (700, 1)}
    assert on_organisation("gef", FUNDS)["UZS", TOTAL] == (700, 1)


def test_total_budgets_and_shares_of_one_funder_stand_in_two_rows(other):
    gef = OrganisationPage.objects.get(slug="gef")
    other("Whole", a_funder(gef), amount="700.25")
    other("Part", a_funder(gef), amount="50.5", basis="iucn_share")
    assert funding()["Uzbekistani som"] == ["GEF UZS 700.25 Total budget", "GEF UZS 50.50 IUCN's share"]
    assert on_page("?currency=UZS") == {
        ("UZS", TOTAL): (Decimal("700.25"), 1),
        ("UZS", SHARE): (Decimal("50.50"), 1),
    }


def test_a_budget_without_a_public_funder_stands_under_no_funder_named(other):
    hidden = an_organisation("Hidden Fund", slug="hidden")
    gef = OrganisationPage.objects.get(slug="gef")
    other("Of nobody", a_partner(gef), amount="0.01")
    other("Of somebody hidden", a_funder(hidden, programme="Hidden Programme"), amount="700")
    other("Of GEF and somebody hidden", a_funder(hidden), a_funder(gef), amount="50")
    hidden.unpublish()
    assert funding()["Uzbekistani som"] == ["GEF UZS 50 Total budget", "No funder named UZS 700.01 Total budget"]
    assert "Hidden" not in read(Client(), "/en/initiatives/").text
    assert on_page("?currency=UZS") == {("UZS", TOTAL): (Decimal("750.01"), 3)}


def test_budgets_that_are_not_published_are_counted_in_words_and_stand_in_no_total(other):
    pages = ["", "?view=table", "?view=timeline"]
    for page in pages:
        assert "not published" not in read(Client(), f"/en/initiatives/{page}").text
    other("Silent", amount=None)
    for page in pages:
        text = read(Client(), f"/en/initiatives/{page}").text
        assert "1 initiative whose budget is not published stands in no total." in text
    other("Silent too", amount=None)
    for page in pages:
        text = read(Client(), f"/en/initiatives/{page}").text
        assert "2 initiatives whose budgets are not published stand in no total." in text
        assert "Nothing is converted." in text
    found = everywhere()
    assert found == dict.fromkeys(found, exactly(ALL))
    assert "2 initiatives whose budgets" in read(Client(), "/en/organisations/iucn/").text


def test_a_selection_without_any_published_budget_has_no_totals_and_no_funding(other):
    other("Silent", amount=None)
    for view in ("list", "table", "timeline"):
        page = read(Client(), f"/en/initiatives/?q=silent&view={view}")
        assert "1 of 9 initiatives" in page.text
        assert not page.main.select("ul.totals, .funding__column")
        assert "Totals" not in page.text


# Any amounts

EIGHT = [
    "blue-peace",
    "one-health",
    "folur",
    "dsl-ip",
    "western-tien-shan",
    "tech4nature",
    "save-our-species",
    "nexus-dialogue",
]
amounts = st.decimals("0.01", "9999999999.99", places=2)
budgets = st.none() | st.tuples(amounts, st.sampled_from(["EUR", "CHF", "KWD"]), st.sampled_from(list(Basis)))
LARGEST = (Decimal("9999999999.99"), "EUR", Basis.TOTAL)
LABELS = {Basis.TOTAL: TOTAL, Basis.IUCN_SHARE: SHARE}


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(budgets, min_size=len(EIGHT), max_size=len(EIGHT)))
@example([LARGEST] * len(EIGHT))
@example([(Decimal("0.1"), "EUR", Basis.TOTAL), (Decimal("0.2"), "EUR", Basis.TOTAL), *[None] * 6])
@example([None] * len(EIGHT))
def test_any_amounts_add_up_to_the_cent_wherever_they_stand(eight):
    expected = defaultdict(lambda: (Decimal(0), 0))
    for slug, budget in zip(EIGHT, eight, strict=True):
        amount, currency, basis = budget or (None, "", "")
        found = InitiativePage.objects.filter(slug=slug)
        found.update(budget_amount=amount, budget_currency=currency, budget_basis=basis)
        if budget:
            money, number = expected[currency, LABELS[basis]]
            expected[currency, LABELS[basis]] = (money + amount, number + 1)
    found = everywhere()
    assert found == dict.fromkeys(found, expected)
    # The rows of the funders together are the total again.
    assert sums_of_rows() == {key: amount for key, (amount, _) in expected.items()}


def sums_of_rows():
    page = read(Client(), "/en/initiatives/")
    found = defaultdict(Decimal)
    for row in page.main.select("li.funding-row"):
        currency, amount = words_of(row.find("data")["title"]).split()
        found[currency, words(row.select_one(".funding-row__basis"))] += Decimal(amount.replace(",", ""))
    return found


# The totals themselves


def test_totals_stand_by_currency_total_budgets_first():
    totals = Totals.from_groups(
        [
            ("USD", "iucn_share", 54150000, 1),
            ("CHF", "total_budget", 1, 2),
            ("USD", "total_budget", 6048000, 1),
            ("CHF", "iucn_share", 161000050, 3),
        ]
    )
    assert totals.rows == [
        Total(Money(Decimal("0.01"), "CHF", Basis.TOTAL), 2),
        Total(Money(Decimal("1610000.50"), "CHF", Basis.IUCN_SHARE), 3),
        Total(Money(Decimal("60480"), "USD", Basis.TOTAL), 1),
        Total(Money(Decimal("541500"), "USD", Basis.IUCN_SHARE), 1),
    ]
    assert totals.currencies == ["CHF", "USD"]
    assert [total.money.exact.split("\N{NO-BREAK SPACE}")[1] for total in totals.in_currency("CHF")] == [
        "0.01",
        "1,610,000.50",
    ]
    assert totals.in_currency("EUR") == []
    assert (totals.initiatives, totals.unpublished) == (7, 0)


def test_what_lacks_amount_currency_or_basis_stands_in_no_total():
    totals = Totals.from_groups([("", "", None, 3), ("EUR", "", 100, 1), ("", "total_budget", 100, 1)])
    assert (totals.rows, totals.unpublished, totals.initiatives, totals.currencies) == ([], 5, 5, [])


def test_there_is_no_total_of_nothing():
    totals = Totals.of(InitiativePage.objects.none())
    assert (totals.rows, totals.unpublished, totals.initiatives, totals.currencies) == ([], 0, 0, [])
