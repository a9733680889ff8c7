"""The directory's filters: whatever the query string says, the page shows what fits it, and says what it left out."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from initiatives.filters import FACETS
from initiatives.organisations import OrganisationPage
from tests.factories import a_theme, an_initiative
from tests.office.directory import IN_FORM, KNOWN, LABELS, RECORDS, WORDS, fitting, follow, six_initiatives

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]

ALL = {"Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"}


@pytest.fixture(scope="module")
def directory(office):
    six_initiatives()


def shown(query):
    """The page for (parameter, value) pairs; what holds for every page is asserted here."""
    page = follow(f"?{urlencode(query)}")
    titles = set(page.titles)
    assert len(page.titles) == len(titles)
    assert f"{len(titles)} of 6 initiatives" in page.text
    assert ("Nothing fits" in page.text) == (not titles)
    return page


# What fits


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ALL),
        ("status=current", {"Alpha", "Beta", "Gamma"}),
        ("status=current&status=previous", ALL),
        ("country=uzbekistan", {"Alpha", "Gamma", "Delta"}),
        ("country=uzbekistan&country=kazakhstan", {"Alpha", "Beta", "Gamma", "Delta"}),
        ("country=uzbekistan&status=previous", {"Delta"}),
        ("theme=water&funder=fund", {"Beta"}),
        ("theme=water&theme=soil&funder=ministry", {"Alpha", "Beta", "Epsilon"}),
        ("country=mongolia&theme=water", set()),
        ("country=", ALL),
        ("lead=academy", {"Gamma", "Delta"}),
        ("partner=iucn&partner=fund", {"Gamma", "Delta"}),
        ("lead=iucn&partner=academy", {"Alpha", "Zeta"}),
        ("year=2018", {"Epsilon"}),
        ("year=2023", {"Beta", "Delta", "Epsilon"}),
        ("year=2027", {"Alpha", "Gamma"}),
        ("year=2018&year=2030", {"Epsilon", "Gamma"}),
        ("organisation=fund", {"Beta", "Gamma", "Delta"}),
        ("currency=EUR", {"Alpha", "Beta", "Delta", "Zeta"}),
        ("currency=CHF&lead=academy", {"Gamma"}),
        ("q=camels", {"Beta", "Gamma"}),
        ("q=camel", {"Beta", "Gamma"}),
        ("q=Camels+WELLS", {"Gamma"}),
        ("q=camels&status=previous", set()),
        ("q=+", ALL),
        ("q=xyzzy", set()),
    ],
)
def test_facets_narrow_each_other_and_values_of_one_facet_widen_it(query, titles):
    page = follow(f"?{query}")
    assert set(page.titles) == titles
    assert f"{len(titles)} of 6 initiatives" in page.text
    assert page.notes == []


def test_an_initiative_that_fits_twice_is_shown_once():
    # Beta: in one of two countries, with both funders, in two of the years.
    query = "country=uzbekistan&country=kazakhstan&funder=ministry&funder=fund&year=2024&year=2025"
    assert sorted(follow(f"?{query}").titles) == ["Alpha", "Beta", "Delta"]


values = st.sampled_from(sorted(set().union(*KNOWN.values()))) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)
facets = st.tuples(st.sampled_from(sorted(KNOWN)), values)
pairs = facets | facets.flatmap(lambda pair: st.tuples(st.just(pair[0]), st.sampled_from(sorted(KNOWN[pair[0]]))))
words = st.lists(st.sampled_from([*sorted(WORDS), "xyzzy"]), max_size=2).map(lambda found: ("q", " ".join(found)))
ways = st.tuples(st.sampled_from(["page", "sort", "view"]), st.sampled_from(["table", "timeline", "title"]) | values)
queries = st.lists(pairs | words | ways, max_size=8)


def any_query(query):
    page = shown(query)
    assert set(page.titles) == fitting(query)
    for name, value in query:
        if name in KNOWN and value and value not in KNOWN[name]:
            assert any(note.startswith(f"{LABELS[name]}: “") for note in page.notes)
    assert page.notes or all(value in KNOWN[name] for name, value in query if name in KNOWN and value)


def tries(number):
    return hypothesis(max_examples=number, suppress_health_check=[HealthCheck.function_scoped_fixture])


@tries(30)
@given(query=queries)
def test_any_query_string_shows_what_a_reader_would_pick_by_hand(query):
    any_query(query)


@pytest.mark.full
@tries(5000)
@given(query=queries)
def test_many_more_query_strings(query):
    any_query(query)


# The form


def facet(page, name):
    """The boxes of one facet by their labels: value, whether it is ticked."""
    boxes = page.main.find_all("input", attrs={"type": "checkbox", "name": name})
    assert len({id(box.find_parent("details", class_="facet")) for box in boxes}) == 1
    return {" ".join(box.find_parent("label").text.split()): (box["value"], box.has_attr("checked")) for box in boxes}


def test_the_form_has_a_box_for_what_occurs_and_for_nothing_else():
    a_theme("Glaciers")
    page = follow("?")
    assert [f.name for f in FACETS if f.in_form] == IN_FORM
    assert {name: {value for value, _ in facet(page, name).values()} for name in IN_FORM} == {
        name: KNOWN[name] for name in IN_FORM
    }
    assert page.main.find("form")["method"] == "get"


def test_the_boxes_have_labels_in_words_and_in_order():
    page = follow("?")
    assert list(facet(page, "status")) == ["Current", "Previous"]
    assert list(facet(page, "country")) == ["Kazakhstan", "Mongolia", "Uzbekistan"]
    assert list(facet(page, "funder")) == ["MOR", "World Fund"]
    assert list(facet(page, "partner")) == ["Academy of Sciences", "IUCN", "World Fund"]
    assert list(facet(page, "year"))[:2] == ["2018", "2019"]
    for name in IN_FORM:
        box = page.main.find("input", attrs={"name": name})
        assert box.find_parent("fieldset").legend.text == LABELS[name]


def test_the_form_keeps_what_was_chosen_typed_and_reached_by_a_link():
    page = follow(
        "?country=mongolia&country=uzbekistan&status=previous&q=dunes&organisation=iucn&view=table&sort=title"
    )
    ticked = {box["value"] for box in page.main.find_all("input", checked=True)}
    assert ticked == {"mongolia", "uzbekistan", "previous"}
    form = page.main.find("form")
    sent = [
        (box["name"], box["value"])
        for box in form.find_all("input")
        if box.get("type") != "checkbox" or box.has_attr("checked")
    ]
    # Sent again as it stands, it gives the same page.
    again = follow(f"?{urlencode(sent)}")
    assert (again.titles, set(again.titles)) == (page.titles, {"Delta", "Zeta"})
    assert dict(sent) | {"country": 1} == {
        "q": "dunes",
        "status": "previous",
        "country": 1,
        "organisation": "iucn",
        "view": "table",
        "sort": "title",
    }


def test_a_closed_facet_says_what_was_chosen_in_it():
    page = follow("?country=mongolia&country=uzbekistan&theme=soil")
    said = [" ".join(s.get_text(" ").split()) for s in page.main.select("details.facet > summary")]
    for words in ("Country Mongolia, Uzbekistan", "Theme Soil", "Funder All funders", "Active in Any year"):
        assert words in said


# Links that take one filter away


def test_each_active_filter_is_a_link_to_the_selection_without_it():
    query = [("status", "current"), ("country", "uzbekistan"), ("country", "kazakhstan"), ("q", "camels")]
    query += [("organisation", "iucn"), ("view", "table")]
    page = shown(query)
    assert set(page.titles) == {"Beta", "Gamma"}
    without = {
        "Status: Current": {"Beta", "Gamma"},
        "Country: Uzbekistan": {"Beta", "Gamma"},
        "Country: Kazakhstan": {"Gamma"},
        "Words: camels": {"Alpha", "Beta", "Gamma"},
        "Organisation: IUCN": {"Beta", "Gamma"},
    }
    for words, titles in without.items():
        following = follow(page.link(words))
        assert set(following.titles) == titles, words
        left = {other for other in without if other != words} | {"Remove all"}
        assert {" ".join(link.text.split()) for link in following.main.select(".active-filters a")} == left
        assert following.main.find("table"), "the view stays"
    assert set(follow(page.link("Remove all")).titles) == ALL


def test_without_a_filter_there_is_nothing_to_remove():
    page = follow("?country=&q=+&view=timeline&sort=title")
    assert not page.main.select(".active-filters")
    assert "Remove all" not in page.text


@tries(12)
@given(query=queries)
def test_taking_any_one_filter_away_gives_what_the_others_pick(query):
    page = shown(query)
    active = {(name, value) for name, value in query if value in KNOWN.get(name, ())}
    text = [pair for pair in query if pair[0] == "q"][-1:]
    active |= {pair for pair in text if pair[1]}
    links = [link["href"] for link in page.main.select(".active-filters a")][:-1]
    expected = sorted(sorted(fitting(active - {pair})) for pair in active)
    assert sorted(sorted(follow(link).titles) for link in links) == expected


# Nothing fits


WAYS_OUT = [
    # Water: Alpha, Beta, Epsilon. Mongolia: Delta, Zeta.
    ("country=mongolia&theme=water", {"Without “Mongolia”": 3, "Without “Water”": 2}),
    # Delta and Zeta are previous ones, so that the status alone, or the water alone, helps nobody.
    ("country=mongolia&theme=water&status=current", {"Without “Mongolia”": 2}),
    # Both countries go together: 2 current ones of the ministry. Without the funder: Alpha, Beta, Gamma.
    (
        "country=uzbekistan&country=kazakhstan&funder=ministry&year=2018",
        {"Without “Uzbekistan, Kazakhstan”": 1, "Without “2018”": 2},
    ),
    # Epsilon is the only one of 2018. The words are Beta's and Gamma's.
    ("q=camels&year=2018", {"Without “2018”": 2, "Without “camels”": 1}),
    ("currency=CHF&organisation=ministry", {"Without “Swiss franc”": 3, "Without “MOR”": 1}),
]


@pytest.mark.parametrize(("query", "ways_out"), WAYS_OUT)
def test_when_nothing_fits_each_way_out_says_how_many_fit_then(query, ways_out):
    page = follow(f"?{query}&view=table")
    assert page.titles == []
    assert "0 of 6 initiatives" in page.text
    assert "Nothing fits these filters together" in page.text
    links = {" ".join(link.text.split()): link["href"] for link in page.main.select(".ways-out a")}
    said = {f"{words}: {number} initiative{'s' * (number != 1)}": number for words, number in ways_out.items()}
    assert set(links) == {*said, "All 6 initiatives"}
    for words, number in said.items():
        assert len(follow(links[words]).titles) == number, words
    assert set(follow(links["All 6 initiatives"]).titles) == ALL


def test_when_no_single_filter_helps_that_is_said():
    # Epsilon alone ran in 2018; it is a previous one and in no country.
    page = follow("?year=2018&country=mongolia&status=current")
    assert "Taking one filter away is not enough." in page.text
    assert [" ".join(link.text.split()) for link in page.main.select(".ways-out a")] == ["All 6 initiatives"]


def test_when_the_only_filter_finds_nothing_taking_it_away_is_enough():
    page = follow("?q=xyzzy")
    assert page.main.h2.text == "Nothing fits"
    assert "not enough" not in page.text
    assert set(follow(page.link("All 6 initiatives")).titles) == ALL


# What does not exist


def test_what_is_unknown_is_named_and_the_rest_still_applies():
    page = shown([("country", "atlantis"), ("country", "uzbekistan"), ("theme", "soil"), ("lead", "nobody")])
    assert page.titles == ["Delta"]
    assert page.notes == [
        "Country: “atlantis” occurs in no initiative. This filter was left out.",
        "Led by: “nobody” occurs in no initiative. This filter was left out.",
    ]


@pytest.mark.parametrize(
    "query", ["theme=glaciers", "year=2017", "year=2031", "currency=USD", "lead=ministry", "partner=ministry"]
)
def test_a_value_that_exists_elsewhere_but_occurs_in_no_initiative_is_named_too(query):
    a_theme("Glaciers")
    name, value = query.split("=")
    page = follow(f"?{query}")
    assert set(page.titles) == ALL
    assert page.notes == [f"{LABELS[name]}: “{value}” occurs in no initiative. This filter was left out."]


@pytest.mark.parametrize("name", sorted(KNOWN))
@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "é" * 300,
        "1",
        "UZBEKISTAN",
        " uzbekistan",
        "²",
        "٢٠٢٤",
        "\u202e",
        "%00",
    ],
)
def test_hostile_values_are_named_harmlessly(name, value):
    page = shown([(name, value), ("lead", "academy")])
    assert set(page.titles) == {"Gamma", "Delta"}
    assert not page.main.find("script")
    assert f"{LABELS[name]}: “{' '.join(value[:80].split())}" in page.text.replace("“ ", "“")


def test_a_query_string_of_a_hundred_values_is_answered():
    page = shown([("country", f"no-{number}") for number in range(98)])
    assert set(page.titles) == ALL
    assert page.text.count("occurs in no initiative") <= 20


def test_the_last_of_many_ticked_boxes_applies_or_is_named():
    """Somebody who ticks more than twenty years is not to miss the last of them without a word."""
    an_initiative("Omega", OrganisationPage.objects.get(slug="iucn"), start_year=1990, end_year=2009)
    page = follow(f"?{urlencode([('year', year) for year in [*range(1990, 2010), 2030]])}")
    assert "Gamma" in page.titles or any("2030" in note for note in page.notes)


def test_every_value_counts_its_initiatives():
    """The model by hand and the page agree on each value alone, so that no facet is left untested."""
    for name, known in KNOWN.items():
        for value in sorted(known):
            assert set(shown([(name, value)]).titles) == {t for t in RECORDS if value in RECORDS[t][name]}, value
