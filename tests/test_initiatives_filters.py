"""The directory's filters: whatever the query string says, the page shows what fits it, and says what it left out."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from initiatives.filters import FACETS
from initiatives.models import PER_PAGE, InitiativePage, Theme
from initiatives.organisations import OrganisationPage
from regions.models import Country
from tests.factories import a_funder, a_theme, an_initiative, an_organisation, many_initiatives
from tests.seeded import read

pytestmark = pytest.mark.django_db

# Title: group, countries, themes, funders. By hand, so that the expected results need no query.
RECORDS = {
    "Alpha": ("current", {"uzbekistan"}, {"water"}, {"ministry"}),
    "Beta": ("current", {"kazakhstan"}, {"water", "soil"}, {"ministry", "fund"}),
    "Gamma": ("current", {"uzbekistan", "kazakhstan"}, set(), set()),
    "Delta": ("previous", {"uzbekistan", "mongolia"}, {"soil"}, {"fund"}),
    "Epsilon": ("previous", set(), {"water"}, {"ministry"}),
    "Zeta": ("previous", {"mongolia"}, {"restoration"}, set()),
}
NAMES = [facet.name for facet in FACETS]
KNOWN = {
    "status": {"current", "previous"},
    "country": {"uzbekistan", "kazakhstan", "mongolia"},
    "theme": {"water", "soil", "restoration"},
    "funder": {"ministry", "fund"},
}
LABELS = {"status": "Status", "country": "Country", "theme": "Theme", "funder": "Funder"}


@pytest.fixture(scope="module")
def directory(office):
    """The six records instead of the office's two."""
    for page in InitiativePage.objects.all():
        page.unpublish()
    iucn = OrganisationPage.objects.get(slug="iucn")
    funders = {slug: OrganisationPage.objects.filter(slug=slug).first() for slug in KNOWN["funder"]}
    funders["fund"] = an_organisation("World Fund", "multilateral", slug="fund")
    a_theme("Soil")
    for number, (title, (group, countries, themes, by)) in enumerate(RECORDS.items()):
        an_initiative(
            title,
            iucn,
            *[a_funder(funders[slug]) for slug in sorted(by)],
            group=group,
            start_year=2020 - number,
            countries=list(Country.objects.filter(slug__in=countries)),
            themes=list(Theme.objects.filter(slug__in=themes)),
        )


def fitting(query):
    """The records that a reader would pick by hand: any value of a facet, every facet; unknown values left out."""
    found = set(RECORDS)
    for name, position in zip(NAMES, range(4), strict=True):
        wanted = {value for key, value in query if key == name} & KNOWN[name]
        if wanted:
            has = {title: {r[0]} if position == 0 else r[position] for title, r in RECORDS.items()}
            found &= {title for title in RECORDS if has[title] & wanted}
    return found


def shown(client, query):
    page = read(client, f"/en/initiatives/?{urlencode(query)}")
    links = {link["href"] for link in page.main.find_all("a", href=True)}
    titles = {title for title in RECORDS if f"/en/initiatives/{title.lower()}/" in links}
    number = len(titles)
    assert f"{number} initiative{'' if number == 1 else 's'}" in page.text
    assert ("No initiative fits these filters." in page.text) == (number == 0)
    return page, titles


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ([], {"Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"}),
        ([("status", "current")], {"Alpha", "Beta", "Gamma"}),
        ([("status", "current"), ("status", "previous")], {"Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"}),
        ([("country", "uzbekistan")], {"Alpha", "Gamma", "Delta"}),
        ([("country", "uzbekistan"), ("country", "kazakhstan")], {"Alpha", "Beta", "Gamma", "Delta"}),
        ([("country", "uzbekistan"), ("status", "previous")], {"Delta"}),
        ([("theme", "water"), ("funder", "fund")], {"Beta"}),
        ([("theme", "water"), ("theme", "soil"), ("funder", "ministry")], {"Alpha", "Beta", "Epsilon"}),
        ([("country", "mongolia"), ("theme", "water")], set()),
        ([("country", "")], {"Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"}),
    ],
)
def test_facets_narrow_each_other_and_values_of_one_facet_widen_it(directory, client, query, titles):
    assert shown(client, query)[1] == titles
    assert fitting(query) == titles


def test_an_initiative_that_fits_twice_is_shown_once(directory, client):
    page, _ = shown(client, [("country", "uzbekistan"), ("country", "kazakhstan"), ("funder", "ministry")])
    assert page.text.count("What Beta is about.") == 1


def test_the_form_offers_what_occurs_and_keeps_what_was_chosen(directory, client):
    page, _ = shown(client, [("country", "mongolia"), ("status", "previous")])
    for name, values in KNOWN.items():
        options = page.main.find("select", attrs={"name": name}).find_all("option")
        assert {option["value"] for option in options} == values | {""}
    chosen = {option["value"] for option in page.main.find_all("option", selected=True)}
    assert chosen == {"mongolia", "previous"}
    assert page.main.find("label", attrs={"for": page.main.find("select")["id"]})


def test_the_filters_work_without_a_script_as_a_form_sends_them(directory, client):
    query = [("status", "previous"), ("country", "uzbekistan"), ("theme", ""), ("funder", "")]
    assert shown(client, query)[1] == {"Delta"}


def test_what_is_unknown_is_named_and_the_rest_still_applies(directory, client):
    page, titles = shown(client, [("country", "atlantis"), ("country", "uzbekistan"), ("theme", "soil")])
    assert titles == {"Delta"}
    assert "Country: “atlantis” occurs in no initiative. This filter was left out." in page.text


def test_a_value_that_exists_but_occurs_in_no_initiative_is_named_too(directory, client):
    a_theme("Glaciers")
    page, titles = shown(client, [("theme", "glaciers")])
    assert titles == set(RECORDS)
    assert "Theme: “glaciers” occurs in no initiative." in page.text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value", ["<script>alert(1)</script>", "' OR 1=1 --", "é" * 300, "1", "UZBEKISTAN", " uzbekistan", "\u202e", "%00"]
)
def test_hostile_values_are_named_harmlessly(directory, client, name, value):
    page, titles = shown(client, [(name, value), ("status", "current")])
    assert titles == {"Alpha", "Beta", "Gamma"}
    assert not page.main.find("script")
    assert f"{LABELS[name]}: “{' '.join(value[:80].split())}" in page.text.replace("“ ", "“")


values = st.sampled_from(sorted(set().union(*KNOWN.values()))) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)
queries = st.lists(st.tuples(st.sampled_from([*NAMES, "page", "sort", "q"]), values), max_size=8)


def any_query(directory, query):
    page, titles = shown(Client(), query)
    assert titles == fitting(query)
    for name, value in query:
        if name in NAMES and value and value not in KNOWN[name]:
            assert f"{LABELS[name]}: “" in page.text


def tries(number):
    return hypothesis(max_examples=number, suppress_health_check=[HealthCheck.function_scoped_fixture])


@tries(40)
@given(query=queries)
def test_any_query_string_shows_what_a_reader_would_pick_by_hand(directory, query):
    any_query(directory, query)


@pytest.mark.full
@tries(5000)
@given(query=queries)
def test_many_more_query_strings(directory, query):
    any_query(directory, query)


def test_a_query_string_of_a_hundred_values_is_answered(directory, client):
    query = [("country", f"no-{number}") for number in range(98)]
    page, titles = shown(client, query)
    assert titles == set(RECORDS)
    assert page.text.count("occurs in no initiative") <= 20


def test_the_pages_of_a_long_list_keep_the_filters(directory, client):
    InitiativePage.objects.get(slug="saxaul").get_latest_revision().publish()
    many_initiatives(3 * PER_PAGE)
    query = [("status", "current"), ("country", "uzbekistan"), ("country", "kazakhstan"), ("country", "atlantis")]
    seen, address = [], f"?{urlencode(query)}"
    for number in (1, 2):
        page = read(client, f"/en/initiatives/{address}")
        assert f"Page {number} of 2" in page.text
        assert "“atlantis” occurs in no initiative" in page.text
        seen += [link["href"] for link in page.main.find_all("a", href=True) if "/initiative-" in link["href"]]
        following = page.main.find("a", rel="next")
        address = following["href"] if following else None
    assert address is None
    # Every second one is current.
    assert len(seen) == len(set(seen)) == 3 * PER_PAGE // 2
