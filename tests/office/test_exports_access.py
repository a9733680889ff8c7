"""Whom the files of the directory are given to, what never stands in them, and what they answer to bad questions."""

from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from initiatives.filters import FACETS
from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationPage
from tests.factories import (
    a_funder,
    a_hotspot,
    a_member_of,
    a_partner,
    a_species,
    an_initiative,
    an_organisation,
)
from tests.hiding import draft, expired_a_moment_ago, for_those_who_log_in
from tests.office.test_exports import FORMATS, content, download, table
from tests.sampling import some_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]


# What is not public


WAYS = [draft, for_those_who_log_in, expired_a_moment_ago]


def with_hidden_records(hide):
    iucn, saxaul = OrganisationPage.objects.get(slug="iucn"), InitiativePage.objects.get(slug="saxaul")
    organisation = an_organisation("Qorqox")
    hotspot, species = a_hotspot("Qarqax"), a_species("Qirqix")
    initiative = an_initiative("Qurqux", iucn)
    for part in (a_funder(organisation, programme="Qorqox programme"), a_partner(organisation, label="Qorqox label")):
        saxaul.participations.create(**part)
    saxaul.hotspots.add(hotspot)
    saxaul.species.add(species)
    saxaul.save()
    # What is found by words is what stood in the database at the last saving.
    InitiativePage.objects.get(slug="saxaul").save()
    for page in (organisation, hotspot, species, initiative):
        hide(page)


def whole_text(file_format, query=""):
    return "\n".join("; ".join(map(str, values)) for values in table(file_format, query)[1]).lower()


@pytest.mark.parametrize("hide", WAYS)
@pytest.mark.parametrize("file_format", some_of(FORMATS, 0))
def test_what_is_not_public_stands_in_no_file(file_format, hide):
    before = table(file_format)
    with_hidden_records(hide)
    assert table(file_format) == before
    text = whole_text(file_format)
    assert "saxaul" in text
    assert not [word for word in ("qorqox", "qarqax", "qirqix", "qurqux") if word in text]


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_stands_in_every_file_while_it_is_public(file_format):
    with_hidden_records(lambda page: None)
    text = whole_text(file_format)
    words = ("qorqox", "qorqox label", "qorqox programme", "qarqax", "qirqix", "qurqux")
    assert [word for word in words if word not in text] == []
    for word in ("qorqox", "qarqax", "qirqix"):
        assert [values[0] for values in table(file_format, f"?q={word}")[1]] == ["saxaul"], word


@pytest.mark.parametrize("hide", WAYS)
@pytest.mark.parametrize("query", some_of(["?funder=qorqox", "?partner=qorqox", "?organisation=qorqox"], 2))
def test_an_organisation_that_is_not_public_is_no_filter(hide, query):
    with_hidden_records(hide)
    assert download("csv", query).status_code == 400


# What expired is taken out of the search by the schedule.
@pytest.mark.parametrize("hide", [draft, for_those_who_log_in])
@pytest.mark.parametrize("word", some_of(["qorqox", "qarqax", "qirqix"], 0))
def test_the_name_of_what_is_not_public_finds_nothing(hide, word):
    """Else a stranger could ask who stands behind an initiative, name by name."""
    with_hidden_records(hide)
    assert "0 of 2 initiatives" in Client().get(f"/en/initiatives/?q={word}").content.decode()


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_files_of_a_private_directory_are_for_those_who_may_read_it(file_format):
    for_those_who_log_in(InitiativeIndexPage.objects.get())
    for ask in (Client().get, Client().head):
        answer = ask(f"/en/initiatives/initiatives.{file_format}")
        assert answer.status_code == 302
        assert "login" in answer["Location"]
        assert not answer.content
    assert content(download(file_format, client=a_member_of("Editors")))


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("hide", [draft, expired_a_moment_ago])
def test_the_files_of_a_directory_that_is_not_published_do_not_exist(file_format, hide):
    hide(InitiativeIndexPage.objects.get())
    assert download(file_format).status_code == 404


# Bad questions


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?funder=nobody", "Funder: “nobody” occurs in no initiative. This filter was left out."),
        ("?funder=ministry&year=1990", "Active in: “1990” occurs in no initiative. This filter was left out."),
        ("?currency=DEM", "Currency: “DEM” occurs in no initiative. This filter was left out."),
        ("?view=map", "“map” is no way to show the initiatives."),
    ],
)
def test_a_file_is_not_given_for_a_filter_that_is_not_known(file_format, query, sentence):
    answer = download(file_format, query)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == f"{sentence}\n"
    assert "Content-Disposition" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "initiatives/initiatives.pdf",
        "initiatives/initiatives.CSV",
        "initiatives/other.csv",
        "initiatives/initiatives.csv.csv",
        "initiatives/initiatives.csv/",
        "initiatives/initiatives.",
        "initiatives/.csv",
        "initiatives/saxaul/initiatives.csv",
        "organisations/initiatives.csv",
        "region/initiatives.json",
        "initiatives.csv",
    ],
)
def test_a_file_that_does_not_exist_is_not_found(path):
    assert Client().get(f"/en/{path}").status_code == 404


NASTY = ["", "\x00", "-1", "9" * 400, "1e999", "²", "٢٠٢٤", "' OR 1=1 --", "<script>", "\u202e", "\ufdfa" * 50]
NASTY += ["\r\nX: y", '"; filename="x', "*", ":*&|!", "NEAR(a b, 2)", "a AND NOT (b OR", "İ" * 300]
NASTY += ["budget", "EUR", "2024", "ministry"]
names = st.sampled_from([*(facet.name for facet in FACETS), "q", "view", "sort", "page", "format"])
values = st.sampled_from(NASTY) | st.text(max_size=40)
queries = st.lists(st.tuples(names, values), max_size=6)
paths = st.sampled_from(["", *(f"initiatives.{file_format}" for file_format in FORMATS)])


def is_answered(path, query):
    address = "&".join(f"{quote(name)}={quote(value)}" for name, value in query)
    answer = Client().get(f"/en/initiatives/{path}?{address}")
    assert answer.status_code in (200, 400)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
        [disposition] = [value for name, value in answer.items() if name == "Content-Disposition"]
        assert disposition.isascii()


@pytest.mark.parametrize("path", ["", "initiatives.csv"])
@pytest.mark.parametrize("value", some_of(NASTY, *range(0, 99, 2)), ids=lambda value: repr(value)[:20])
def test_every_nasty_value_of_every_parameter_is_answered(path, value):
    is_answered(path, [(facet.name, value) for facet in FACETS])
    for name in ("q", "view", "sort", "page"):
        is_answered(path, [(name, value)])


def tries(number):
    return hypothesis(max_examples=number, suppress_health_check=[HealthCheck.function_scoped_fixture])


@tries(40)
@given(paths, queries)
@example("initiatives.xlsx", [("q", "\r\nX: y")])
@example("initiatives.csv", [("sort", "budget"), ("status", "current")])
def test_hostile_questions_are_answered(path, query):
    is_answered(path, query)


@pytest.mark.full
@tries(5000)
@given(paths, queries)
def test_many_more_hostile_questions(path, query):
    is_answered(path, query)
