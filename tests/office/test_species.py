"""Species: what is said of the Red List, and what their form refuses."""

import pytest
from wagtail.models import Locale

from regions.models import Country
from species.models import SpeciesIndexPage, SpeciesPage
from tests.factories import a_member_of, a_species, a_threat
from tests.forms import Form, rows
from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

DRAFT, PUBLISH = "", "action-publish"
WORDS = {
    "title": "Asiatic wild ass",
    "slug": "wild-ass",
    "summary": "It runs.",
    "scientific_name": "Equus hemionus",
    "red_list_url": "https://www.iucnredlist.org/",
}
ASSESSED = {
    "red_list_category": "NT",
    "red_list_taxon": "Equus hemionus",
    "red_list_scope": "species",
    "red_list_year": "2015",
}
NONE = dict.fromkeys(ASSESSED, "")
CITATION = "Kaczensky, P. 2015. Equus hemionus. The IUCN Red List of Threatened Species."


@pytest.fixture(scope="module")
def form(office):
    """A Publisher before the form of a new species."""
    address = f"/admin/pages/add/species/speciespage/{SpeciesIndexPage.objects.get().pk}/"
    return Form.open(a_member_of("Publishers"), address)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"red_list_year": ""}, "red_list_year", "A category needs the year in which it was published."),
        ({"red_list_year": "1900"}, "red_list_year", "greater than or equal to 1964"),
        ({"red_list_taxon": ""}, "red_list_taxon", "Which taxon has this category?"),
        ({"red_list_url": ""}, "red_list_url", "A category needs a link to the Red List."),
        ({"red_list_url": "javascript:alert(1)"}, "red_list_url", "Enter a valid URL."),
        ({"red_list_words": "Not assessed"}, "red_list_words", "There is a category: leave these words empty."),
        ({"red_list_scope": ""}, "red_list_scope", "Is the assessed taxon a species, a subspecies or a group?"),
        ({"rank": "subspecies"}, "red_list_scope", "The assessed taxon is that of the page, and its rank is another"),
        ({"red_list_category": ""}, "red_list_year", "This belongs to a category, and none is chosen."),
        (NONE | {"red_list_taxon": "Equus hemionus"}, "red_list_taxon", "This belongs to a category"),
        (NONE | {"red_list_scope": "subspecies"}, "red_list_scope", "This belongs to a category"),
        (NONE | {"red_list_criteria": "C1+2b"}, "red_list_criteria", "This belongs to a category"),
        (NONE | {"red_list_citation": CITATION}, "red_list_citation", "This belongs to a category"),
        ({"slug": "saiga"}, "slug", "The slug 'saiga' is already in use"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_half_an_assessment_is_refused_beside_its_field_and_nothing_typed_is_lost(form, typed, field, sentence):
    typed = WORDS | ASSESSED | typed
    refused = Form(form.client, form.send(DRAFT, **typed))
    assert sentence in refused.sentences[field]
    assert {name: refused.values[name] for name in typed} == typed
    assert not SpeciesPage.objects.filter(slug="wild-ass").exists()


def test_a_scientific_name_is_needed_to_publish(form):
    refused = Form(form.client, form.send(PUBLISH, **WORDS | {"scientific_name": ""}))
    assert refused.sentences == {"scientific_name": "This field is required."}


def test_a_category_of_exactly_this_taxon_has_a_badge(form, client):
    assert form.send(PUBLISH, **WORDS, **ASSESSED, red_list_citation=CITATION).status_code == 302
    page = read(client, "/en/species/wild-ass/")
    for words in ("Near Threatened", "2015", CITATION):
        assert words in page.text
    assert page.main.find("a", href="https://www.iucnredlist.org/")
    assert "Near Threatened" in read(client, "/en/species/").text


def test_a_category_of_a_subspecies_is_told_in_words_and_has_no_badge(form, client):
    kulan = {"red_list_category": "EN", "red_list_taxon": "Equus hemionus kulan", "red_list_year": "2016"}
    kulan |= {"red_list_scope": "subspecies", "red_list_criteria": "C1+2b"}
    assert form.send(PUBLISH, **WORDS, **kulan).status_code == 302
    page = read(client, "/en/species/wild-ass/").text
    assert "Assessed taxon: Equus hemionus kulan (subspecies). Criteria: C1+2b" in page
    for address in ("/en/species/wild-ass/", "/en/species/"):
        text = client.get(address).content.decode()
        assert "Equus hemionus kulan" in text
        assert "is listed as Endangered (2016)" in text
        assert "badge--en" not in text.lower()


@pytest.mark.parametrize(
    ("words", "shown"),
    [("Subspecies, not assessed on its own", "Subspecies, not assessed on its own"), ("", "see the IUCN Red List")],
)
def test_no_category_is_a_valid_state_said_in_words(form, client, words, shown):
    assert form.send(PUBLISH, **WORDS, red_list_words=words).status_code == 302
    page = client.get("/en/species/wild-ass/").content.decode()
    assert shown in page
    assert shown in client.get("/en/species/").content.decode()
    assert "badge--" not in page.partition("Other species")[0]


def test_threats_names_and_sources_are_shown_and_empty_ones_are_not(form, client):
    poaching = a_threat("Fences")
    typed = {
        **rows("threats", {"threat": poaching.pk, "text": ""}, {"text": "roads across the steppe"}),
        **rows("names", {"language": "uz", "name": "Qulon"}, {"language": "kk", "name": "Құлан"}),
        **rows("sources", {"title": "A paper", "url": "https://doi.org/10.1"}, {"title": "A book", "url": ""}),
    }
    assert form.send(PUBLISH, **WORDS, **typed).status_code == 302
    page = read(client, "/en/species/wild-ass/")
    for words in ("Fences", "Roads across the steppe", "Qulon", "Құлан", "A paper", "A book"):
        assert words in page.text
    for words in ("How to recognise it", "Habitat", "Population", "Facts last checked", "Synonyms"):
        assert words not in page.text
    assert page.main.find("span", lang="kk").text == "Құлан"


def test_a_species_is_shown_from_both_ends_of_each_relation(client):
    saiga = read(client, "/en/species/saiga/").text
    for words in ("Ustyurt Plateau", "Uzbekistan", "Kazakhstan", "Mongolia", "Saxaul for the Aral Sea"):
        assert words in saiga
    for address in ("region/ustyurt", "region/uzbekistan", "region/kazakhstan", "initiatives/saxaul"):
        assert "Saiga antelope" in read(client, f"/en/{address}/").text
    assert "Saiga antelope" not in read(client, "/en/region/pamir/").text


def test_the_index_keeps_the_order_of_staff(client):
    a_species("Aardvark")
    text = read(client, "/en/species/").text
    assert text.index("Saiga antelope") < text.index("Snow leopard") < text.index("Aardvark")


def test_who_ticks_a_country_in_two_languages_sees_the_species_once_on_its_page(client):
    saiga, uzbekistan = SpeciesPage.objects.get(slug="saiga"), Country.objects.get(slug="uzbekistan")
    russian, _ = Locale.objects.get_or_create(language_code="ru")
    in_russian = uzbekistan.copy_for_translation(russian)
    in_russian.save()
    saiga.range_countries.set([uzbekistan, in_russian])
    saiga.save_revision().publish()
    page = read(client, "/en/region/uzbekistan/")
    listed = [link.text for link in page.main.select(".species-row__name a")]
    assert listed == ["Saiga antelope", "Snow leopard"]
