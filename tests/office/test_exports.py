"""The files of the directory: what a donor opens in a spreadsheet or a program, row by row and cell by cell."""

import csv
import json
import re
import tracemalloc
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from openpyxl import load_workbook

from initiatives.exports import writers
from initiatives.exports.columns import COLUMNS
from initiatives.models import InitiativePage
from initiatives.organisations import OrganisationPage
from regions.models import Country, HotspotPage
from species.models import SpeciesPage
from tests.factories import (
    a_funder,
    a_partner,
    a_theme,
    an_initiative,
    an_organisation,
    many_initiatives,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

FORMATS = ["csv", "xlsx", "json"]


def download(file_format, query="", client=None):
    return (client or Client()).get(f"/en/initiatives/initiatives.{file_format}{query}")


def content(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def sheet(answer):
    return load_workbook(BytesIO(content(answer))).active


def table(file_format, query=""):
    """Keys and rows as a program reads them."""
    answer = download(file_format, query)
    if file_format == "json":
        rows = json.loads(content(answer))["initiatives"]
        return list(rows[0]), [list(row.values()) for row in rows]
    if file_format == "csv":
        keys, *rows = csv.reader(StringIO(content(answer).decode("utf-8-sig"), newline=""))
        return keys, rows
    keys, *rows = sheet(answer).iter_rows(values_only=True)
    return list(keys), [list(row) for row in rows]


def row(file_format, slug):
    keys, rows = table(file_format)
    [found] = [dict(zip(keys, values, strict=True)) for values in rows if values[0] == slug]
    return found


# The columns


def test_the_columns_are_those_of_the_data_dictionary_in_its_order():
    text = (settings.BASE_DIR / "docs" / "donors.md").read_text()
    keys = re.findall(r"^\| `(\w+)` \| \S", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) > 25
    for file_format in FORMATS:
        assert table(file_format)[0] == keys, file_format
    assert [column.key for column in COLUMNS] == keys


# One initiative, typed by hand


@pytest.fixture
def routes(monkeypatch):
    """An initiative of which everything is known, on a certain day."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 20, 30, tzinfo=UTC))
    iucn, ministry, academy = (OrganisationPage.objects.get(slug=slug) for slug in ("iucn", "ministry", "academy"))
    page = an_initiative(
        "Routes of the saiga; “open” steppe, Qoʻngʻirot",
        iucn,
        {"organisation": academy, "role": "lead", "label": "Academy in Nukus"},
        a_funder(ministry, "supported", programme="River Facility"),
        a_funder(ministry, "supported", programme="Lake Facility"),
        a_partner(an_organisation("Ranger Union", slug="rangers", acronym="RU")),
        slug="routes",
        acronym="ROUTES",
        summary="Where fences fall, herds pass.\nCafé, степь.",
        group="previous",
        start_year=2019,
        end_year=2023,
        budget_amount="1234567.8",
        budget_currency="EUR",
        budget_basis="iucn_share",
        countries=list(Country.objects.filter(code__in=["UZ", "KZ"])),
        hotspots=[HotspotPage.objects.get(slug="ustyurt")],
        species=[SpeciesPage.objects.get(slug="saiga")],
        themes=[a_theme("Migration")],
        figures_confirmed_on=date(2026, 3, 1),
        more_url="https://www.iucn.org/routes?a=1&b=2",
    )
    # Half past one in the night of the first of April, in Tashkent.
    InitiativePage.objects.filter(pk=page.pk).update(last_published_at=datetime(2026, 3, 31, 20, 30, tzinfo=UTC))


ROUTES = {
    "initiative": "routes",
    "title": "Routes of the saiga; “open” steppe, Qoʻngʻirot",
    "acronym": "ROUTES",
    "status_code": "previous",
    "status": "Previous",
    "start_year": 2019,
    "end_year": 2023,
    "lead": ["International Union for Conservation of Nature (IUCN)", "Academy in Nukus"],
    "lead_code": ["iucn", "academy"],
    "funder": ["Ministry of Rivers (MOR)", "Ministry of Rivers (MOR)"],
    "funder_code": ["ministry", "ministry"],
    "country": ["Kazakhstan", "Uzbekistan"],
    "country_code": ["KZ", "UZ"],
    "budget_amount": "1234567.80",
    "budget_currency": "EUR",
    "budget_basis_code": "iucn_share",
    "budget_basis": "IUCN's share",
    "funder_wording": ["Supported by"],
    "programme": ["River Facility", "Lake Facility"],
    "partner": ["Ranger Union (RU)"],
    "partner_code": ["rangers"],
    "hotspot": ["Ustyurt Plateau"],
    "hotspot_code": ["ustyurt"],
    "species": ["Saiga antelope"],
    "species_code": ["saiga"],
    "theme": ["Migration"],
    "theme_code": ["migration"],
    "summary": "Where fences fall, herds pass.\nCafé, степь.",
    "confirmed_on": "2026-03-01",
    "changed_on": "2026-04-01",
    "more": "https://www.iucn.org/routes?a=1&b=2",
    "address": "http://127.0.0.1:8000/en/initiatives/routes/",
}
# Of this one nearly nothing is known.
NOTHING_KNOWN = [key for key, value in ROUTES.items() if isinstance(value, list) and not key.startswith("lead")]
NOTHING_KNOWN += ["acronym", "budget_amount", "budget_currency", "budget_basis_code", "budget_basis", "more"]
NOTHING_KNOWN += ["confirmed_on"]


def test_json_has_lists_amounts_as_text_and_days_in_iso_form(routes):
    assert row("json", "routes") == ROUTES


def test_csv_has_the_same_with_semicolons_between_several_values(routes):
    as_text = {key: "; ".join(value) if isinstance(value, list) else str(value) for key, value in ROUTES.items()}
    assert row("csv", "routes") == as_text
    assert "2026-04-01" in as_text.values()


def test_xlsx_has_the_same_with_amounts_and_days_that_a_spreadsheet_can_reckon_with(routes):
    as_cells = {key: "; ".join(value) if isinstance(value, list) else value for key, value in ROUTES.items()}
    as_cells |= {"budget_amount": 1234567.8}
    as_cells |= {
        "confirmed_on": datetime.fromisoformat("2026-03-01"),
        "changed_on": datetime.fromisoformat("2026-04-01"),
    }
    assert row("xlsx", "routes") == as_cells
    cells = {cell.value: cell for line in sheet(download("xlsx")).iter_rows() for cell in line}
    assert cells[as_cells["changed_on"]].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize(("file_format", "nothing"), [("csv", [""]), ("xlsx", [None]), ("json", [None, []])])
def test_what_is_not_known_is_empty(file_format, nothing):
    an_initiative("Bare", OrganisationPage.objects.get(slug="iucn"))
    found = row(file_format, "bare")
    assert all(found[key] in nothing for key in NOTHING_KNOWN), found
    assert [found["title"], found["status_code"]] == ["Bare", "current"]


def test_json_says_when_and_with_which_filters_it_was_made(routes):
    found = json.loads(content(download("json", "?status=previous&country=uzbekistan&country=kazakhstan&q=saiga")))
    assert found["made_on"] == "2026-11-25"
    assert found["selection"] == {
        "status": ["previous"],
        "country": ["uzbekistan", "kazakhstan"],
        "q": "saiga",
    }
    assert [record["initiative"] for record in found["initiatives"]] == ["routes"]
    everything = json.loads(content(download("json")))
    assert everything["selection"] == {}
    assert {record["initiative"] for record in everything["initiatives"]} == {"routes", "saxaul", "glacier-watch"}


def test_an_empty_selection_is_a_file_with_its_columns_and_no_row():
    query = "?status=current&year=2014"
    assert json.loads(content(download("json", query)))["initiatives"] == []
    for file_format in ("csv", "xlsx"):
        keys, rows = table(file_format, query)
        assert (keys, rows) == (list(ROUTES), [])


# The form of the files


def test_csv_begins_with_the_mark_of_utf_8_and_ends_its_lines_as_the_standard_says(routes):
    raw = content(download("csv"))
    assert raw.startswith(b"\xef\xbb\xbfinitiative,title,")
    assert raw.count(b"\xef\xbb\xbf") == 1
    assert raw.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("file_format", "kind"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
    ],
)
def test_a_file_says_what_it_is_and_head_says_the_same(file_format, kind):
    answer, head = download(file_format), Client().head(f"/en/initiatives/initiatives.{file_format}")
    assert answer["Content-Type"] == head["Content-Type"] == kind
    assert answer["Content-Disposition"] == head["Content-Disposition"]
    assert head.status_code == 200
    assert content(head) == b""
    assert content(answer)


@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_csv_and_json_leave_the_site_piece_by_piece(file_format):
    answer = download(file_format)
    assert answer.streaming
    # The head and each of the two initiatives by itself, at least.
    assert len(list(answer.streaming_content)) >= 3


def most_memory(file_format):
    """What Python held at most while the file was made and sent, in bytes."""
    tracemalloc.start()
    for _ in download(file_format).streaming_content:
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_four_times_as_many_rows_need_hardly_more_memory(monkeypatch):
    monkeypatch.setattr(writers, "CHUNK", 100)
    many_initiatives(150)
    content(download("xlsx"))  # The first one of a process brings its styles with it.
    few = {file_format: most_memory(file_format) for file_format in FORMATS}
    many_initiatives(450)
    grown = {file_format: most_memory(file_format) / few[file_format] for file_format in FORMATS}
    assert max(grown.values()) < 1.25, grown


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("", "all"),
        ("?sort=title&view=table", "all"),
        ("?funder=ministry", "funder-ministry"),
        ("?status=current&country=uzbekistan&country=mongolia", "status-current-country-uzbekistan-mongolia"),
        ("?q=Saxaul+%22trees%22;", "words-saxaul-trees"),
        ("?q=%D1%81%D1%82%D0%B5%D0%BF%D1%8C", "words"),
        ("?currency=EUR", "currency-eur"),
    ],
)
@pytest.mark.parametrize("file_format", FORMATS)
def test_the_name_of_a_file_says_what_and_when(monkeypatch, file_format, query, what):
    # In Tashkent it is the 25th already.
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
    name = f"iucn-central-asia-initiatives-{what}-2026-11-25.{file_format}"
    assert download(file_format, query)["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_long_selection_has_a_name_that_a_disk_can_hold():
    words = "?q=" + "saxaul+" * 28
    [name] = re.findall(r'filename="([a-z0-9.-]+)"$', download("csv", words)["Content-Disposition"])
    assert len(name) < 150


# What a spreadsheet would take for a formula

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    '=HYPERLINK("http://x.example","a")',
    "=cmd|'/C x'!A0",
]


@pytest.fixture
def named():
    """Gives the office's Saxaul these words wherever a text of an initiative is written."""

    def rename(text):
        InitiativePage.objects.filter(slug="saxaul").update(title=text, acronym=text[:30], summary=text)
        return {"title": text, "acronym": text[:30], "summary": text}

    return rename


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_like_a_formula_stays_a_text(named, text):
    texts = named(text)
    assert {key: row("csv", "saxaul")[key] for key in texts} == {key: f"'{value}" for key, value in texts.items()}
    assert {key: row("json", "saxaul")[key] for key in texts} == texts
    answer = download("xlsx")
    raw = content(answer)
    keys, *lines = load_workbook(BytesIO(raw)).active.iter_rows()
    [cells] = [dict(zip([k.value for k in keys], line, strict=True)) for line in lines if line[0].value == "saxaul"]
    for key, value in texts.items():
        assert cells[key].data_type == "s"
        # XML knows one end of a line only.
        assert cells[key].value == value.replace("\r", "\n")
    assert b"<f" not in ZipFile(BytesIO(raw)).read("xl/worksheets/sheet1.xml").replace(b"<family", b"")


def test_names_like_formulas_stay_texts_too():
    ministry = OrganisationPage.objects.get(slug="ministry")
    OrganisationPage.objects.filter(slug="academy").update(title="@Academy")
    an_initiative("Plain", ministry, a_funder(ministry, programme="=2+2", label="+7 fund"), slug="plain")
    found = row("csv", "plain")
    assert (found["programme"], found["funder"]) == ("'=2+2", "'+7 fund")
    assert row("csv", "saxaul")["partner"] == "'@Academy"
    assert row("xlsx", "plain")["programme"] == "=2+2"


# A page's title in the database: anything but a null.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)


@hypothesis(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
@example("\x01\x02 bell \x07 and \x1b escape")
@example("line\nline\r\nline\ttab")
@example('"; "quoted", and; more')
@example("\u202e\u2028\U0001f42a\x85\x7f")
@example("#N/A")
def test_any_text_comes_back_from_every_file(named, text):
    named(text)
    assert row("json", "saxaul")["title"] == text
    assert row("csv", "saxaul")["title"].removeprefix("'") == text.removeprefix("'")
    # XLSX cannot hold every character; what it can hold it keeps.
    kept = row("xlsx", "saxaul")["title"] or ""
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize("text", ["a\ufffeb", "a\uffffb", "\uffff"])
def test_a_character_that_xml_does_not_have_leaves_a_sheet_that_opens(named, text):
    named(text)
    assert (row("xlsx", "saxaul")["title"] or "") == text.replace("\ufffe", "").replace("\uffff", "")
