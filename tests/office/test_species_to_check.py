"""The admin's home lists the species to look up again: assessed long ago, or not compared with the sources lately."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from initiatives.models import OrganisationIndexPage
from species.models import SpeciesPage
from tests.factories import a_member_of, a_species
from tests.html import parsed
from tests.office.test_dashboard import a_member_who_may
from tests.seeded import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

OLD = "Assessment older than five years"
UNCHECKED = "Facts not checked for six months"
LATELY = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def in_2026(monkeypatch):
    """It is 26 November 2026, and the species of the small office need nothing."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 26, 12, tzinfo=ZoneInfo("Asia/Tashkent")))
    SpeciesPage.objects.update(last_checked=LATELY)


def lists(member):
    answer = member.get("/admin/")
    panel = parsed(answer.content).find("section", id="species-to-check-section")
    headings = panel.find_all("h3") if panel else []
    return {words(h): [words(item) for item in h.find_next("ul").find_all("li")] for h in headings}


def argali(year=None, **fields):
    assessed = {"red_list_category": "NT", "red_list_taxon": "Ovis ammon", "red_list_scope": "species"}
    return a_species("Argali", "Ovis ammon", **(assessed | {"red_list_year": year} if year else {}), **fields)


@pytest.mark.parametrize(
    ("year", "checked", "shown"),
    [
        (2020, LATELY, {f"{OLD} (1)": ["Argali (Near Threatened, 2020, checked on 1 November 2026)"]}),
        (2021, LATELY, {}),
        (None, LATELY, {}),
        (2024, date(2026, 5, 27), {f"{UNCHECKED} (1)": ["Argali (Near Threatened, 2024, checked on 27 May 2026)"]}),
        (2024, date(2026, 5, 28), {}),
        (None, None, {f"{UNCHECKED} (1)": ["Argali (no category, never checked)"]}),
    ],
)
def test_an_assessment_of_five_years_and_a_check_of_six_months_are_old(year, checked, shown):
    argali(year, last_checked=checked)
    assert lists(a_member_of("Editors")) == shown


def test_only_published_species_and_only_for_who_may_change_them():
    page = argali(2019)
    index = OrganisationIndexPage.objects.get()
    assert lists(a_member_who_may("change", page=page)).keys() == {f"{OLD} (1)", f"{UNCHECKED} (1)"}
    page.unpublish()
    assert lists(a_member_of("Publishers")) == {}
    a_species("Markhor", "Capra falconeri")
    assert lists(a_member_of("Editors")).keys() == {f"{UNCHECKED} (1)"}
    helper = a_member_who_may("change", page=index, called="other")
    assert lists(helper) == {}


def test_the_list_of_species_tells_year_and_day_of_the_check():
    argali(2019, last_checked=date(2026, 2, 3))
    page = parsed(a_member_of("Editors").get("/admin/species/?ordering=red_list_year").content)
    [row] = [row for row in page.select("tbody tr") if "Argali" in row.text]
    assert "2019" in words(row)
    assert "3 February 2026" in words(row)
