"""What visitors type, and the page that must come first. On both databases."""

import pytest
from django.db import connection
from wagtail.models import Locale, Page

from initiatives import filters
from initiatives.models import InitiativePage
from initiatives.organisations import OrganisationPage
from iucn_ca import search
from iucn_ca.search import search_pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]

NEXUS = (
    "Central Asia Nexus Dialogue: Fostering Water, Energy and Food Security Nexus Dialogue and Multi-Sector Investment"
)

FIRST = [
    # other names and spellings
    ("kulan", "Asiatic wild ass"),
    ("onager", "Asiatic wild ass"),
    ("Tian Shan", "Tien Shan"),
    ("tien-shan", "Tien Shan"),
    ("the Pamirs", "Pamir"),
    ("Panthera uncia", "Snow leopard"),
    ("Buxoro bugʻusi", "Bukhara deer"),
    ("buxoro bug'usi", "Bukhara deer"),
    ("Бухарский олень", "Bukhara deer"),
    # other forms of a word
    ("saigas", "Saiga antelope"),
    ("snow leopards", "Snow leopard"),
    ("tulip", "Wild tulips"),
    ("GAZELLES", "Goitered gazelle"),
    ("wetland", "Aral Sea basin wetlands"),
    # a part of a name
    ("Aral", "Aral Sea basin wetlands"),
    ("Balkhash", "Ili-Balkhash"),
    ("Uzbekistan", "Uzbekistan"),
    ("nexus", NEXUS),
    ("Green List", "IUCN Tech4Nature – Western Tien-Shan Green List"),
    ("privacy", "Privacy"),
    ("about", "About the office"),
    # acronyms and programmes lead to the initiatives
    ("FOLUR", "Food Systems, Land Use and Restoration in Uzbekistan"),
    ("DSL-IP", "Dryland Sustainable Landscape Impact Program – Global Coordination Project"),
    ("IKI", "One Health in Nature Conservation in Central Asia"),
    ("IWMI", "Blue Peace Central Asia 2.0"),
    # a name in full leads to its page
    ("Huawei", "Huawei"),
    ("Swiss Agency for Development", "Swiss Agency for Development and Cooperation"),
    # words of the text
    ("camera traps", "IUCN Tech4Nature – Western Tien-Shan Green List"),
    ("water cooperation", "Blue Peace Central Asia 2.0"),
    ("zoonotic diseases", "One Health in Nature Conservation in Central Asia"),
    ("cookies", "Privacy"),
]


def found(text):
    return [page.title for page in search_pages(text, Locale.get_default())[:20]]


@pytest.mark.parametrize(("text", "title"), FIRST)
def test_the_page_that_is_looked_for_comes_first(text, title):
    assert found(text)[:1] == [title]


def test_a_funder_s_acronym_leads_to_what_it_funds_and_then_to_its_own_page():
    assert found("BMUV") == [
        "One Health in Nature Conservation in Central Asia",
        "Enhancing cooperation for conservation impact in the Western Tien-Shan",
        "Federal Ministry for the Environment, Nature Conservation, Nuclear Safety and Consumer Protection",
    ]


def test_every_word_counts_and_without_such_a_page_any_word_does():
    assert len(found("saiga Uzbekistan")) < len(found("saiga"))
    assert "Saiga antelope" in found("saiga xylophone")
    assert found("xylophone") == []


@pytest.mark.parametrize(
    "text", ["", "  ", "?!", "%", '"', "'", "*", "NOT", "a AND", "(", "saiga:", "title:saiga", "\\"]
)
def test_signs_and_operators_are_only_text(text):
    found(text)


def test_a_page_that_is_not_public_is_not_found():
    Page.objects.get(slug="privacy").specific.unpublish()
    assert "Privacy" not in found("privacy")


def test_a_new_name_is_found_as_soon_as_the_page_is_published():
    page = InitiativePage.objects.get(slug="blue-peace")
    page.participations.create(organisation=OrganisationPage.objects.get(slug="zsl"), role="partner")
    revision = page.save_revision()
    assert "Blue Peace Central Asia 2.0" not in found("ZSL")
    revision.publish()
    assert "Blue Peace Central Asia 2.0" in found("ZSL")


def test_results_are_counted_and_cut_as_one_list():
    results = search_pages("Kazakhstan", Locale.get_default())
    everything = [page.pk for page in results[:200]]
    assert results.count() == len(everything) == len(set(everything)) > 15
    assert results.named
    assert [page.pk for start in range(0, 200, 7) for page in results[start : start + 7]] == everything


def test_of_more_results_than_anybody_reads_some_are_shown_and_it_is_said(client, monkeypatch):
    monkeypatch.setattr(search, "MOST_FOUND", 5)
    page = client.get("/en/search/?q=biodiversity").content.decode()
    results = search_pages("biodiversity", Locale.get_default())
    assert results.has_more
    assert len(results[:100]) == results.count() == len(results.named) + 5
    assert f"The first {results.count()} results for “biodiversity”; there are more." in page


@pytest.mark.parametrize("text", [text for text, _ in FIRST] + ["i", "asia cen", "o_b", "no name of this kind"])
@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_pages_with_a_name_are_the_same_however_many_there_are(monkeypatch, text, cut):
    """On SQLite both differ where an apostrophe leaves one letter: “s”."""
    typed = text[: len(text) - cut] or text
    names = search_pages(typed, Locale.get_default()).named
    monkeypatch.setattr(search, "MOST_FOUND", 0)
    assert search_pages(typed, Locale.get_default()).named == names


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks for many in the same way")
@pytest.mark.parametrize(
    "query", ["q=central+asia", "q=saiga", "q=water&country=uzbekistan", "q=a+AND", "q=no+such+words"]
)
@pytest.mark.parametrize("order", ["office", "newest", "ending", "title", "budget&currency=USD"])
def test_initiatives_with_words_are_the_same_however_many_there_are(client, monkeypatch, query, order):
    def initiatives():
        return client.get(f"/en/initiatives/?{query}&sort={order}").content.decode()

    found = initiatives()
    monkeypatch.setattr(filters, "MANY", -1)
    assert initiatives() == found
