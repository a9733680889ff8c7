"""A visit costs the database as few questions of five hundred hotspots and species as of five."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regions.models import HotspotPage, HotspotThreat, Threat
from species.models import SpeciesPage
from tests.factories import many_like
from tests.seeded import read, words

pytestmark = pytest.mark.django_db

FEW, MANY, MOST_QUERIES = 5, 500, 12
PAGES = [
    "/en/",
    "/en/region/",
    "/en/region/ustyurt/",
    "/en/region/uzbekistan/",
    "/en/species/",
    "/en/species/?page=2",
    "/en/species/?hotspot=ustyurt&country=uzbekistan&category=NT&group=Mammalia",
    "/en/species/?hotspot=pamir&category=NT",
    "/en/species/?hotspot=nowhere&group=Aves",
    "/en/species/saiga/",
    "/en/initiatives/saxaul/",
    "/en/organisations/academy/",
]


def count_queries():
    counts = {}
    for address in PAGES:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(address).status_code == 200
        counts[address] = len(captured)
    return counts


def up_to(number):
    """So many hotspots and species; those that were there first are related to all of the others."""
    ustyurt, saiga = HotspotPage.objects.get(slug="ustyurt"), SpeciesPage.objects.get(slug="saiga")
    hotspots = many_like(ustyurt, number - HotspotPage.objects.count())
    many_like(saiga, number - SpeciesPage.objects.count())
    through = SpeciesPage.hotspots.through
    through.objects.bulk_create([through(speciespage_id=saiga.pk, hotspotpage_id=page.pk) for page in hotspots])
    assert HotspotPage.objects.live().public().count() == SpeciesPage.objects.live().public().count() == number


@pytest.fixture(scope="module")
def counts(office):
    SpeciesPage.objects.filter(slug="saiga").update(kingdom="Animalia", class_name="Mammalia")
    up_to(FEW)
    count_queries()  # The first visit fills what a process keeps.
    few = count_queries()
    up_to(MANY)
    Client().get(PAGES[0])  # So does the first after a change.
    return few, count_queries()


def test_a_page_asks_as_much_of_five_hundred_hotspots_and_species_as_of_five(counts):
    few, many = counts
    assert many == few
    assert {address: number for address, number in many.items() if number > MOST_QUERIES} == {}


@pytest.mark.usefixtures("counts")
def test_of_many_species_a_page_shows_some_and_leads_to_all(client):
    page = read(client, "/en/region/ustyurt/")
    [section] = [s for s in page.main.find_all("section") if s.h2 and words(s.h2) == "Species"]
    assert len(section.select(".species-row")) == 24
    assert words(section.find("a", href="/en/species/?hotspot=ustyurt")) == "All species here"
    page = read(client, "/en/species/?hotspot=ustyurt")
    assert "499 of 500 species" in page.text
    assert "Page 1 of 17" in page.text
    assert page.main.find("a", href="?hotspot=ustyurt&page=2")
    assert "To the west" in read(client, "/en/region/pamir/").text


@pytest.mark.usefixtures("counts")
def test_of_many_hotspots_the_region_page_shows_some_and_leads_to_all(client):
    page = read(client, "/en/region/")
    [beside] = page.main.select(".region-map__list section:first-child > ul")
    assert len(beside.find_all("li", recursive=False)) == 24
    assert words(page.main.find("a", href="#hotspots")) == "All 500 hotspots"
    addresses, following = set(), "/en/region/"
    while following:
        page = read(client, following)
        rows = page.main.select("#hotspots .place h3 a")
        assert 0 < len(rows) <= 12
        addresses |= {row["href"] for row in rows}
        link = page.main.find("a", rel="next")
        following = link and f"/en/region/{link['href']}".removesuffix("#hotspots")
    assert len(addresses) == 500


def test_of_many_hotspots_a_country_names_some_and_says_how_many_more(client, counts):
    facts = read(client, "/en/region/uzbekistan/").main.select(".key-facts div")
    [named] = [words(row.dd) for row in facts if words(row.dt) == "Hotspots"]
    assert named.count(",") == 23
    assert named.endswith("and 476 more"), "all five hundred are in the country"


@pytest.mark.parametrize("address", ["/en/region/uzbekistan/", "/en/species/saiga/"])
def test_what_is_said_to_be_highlighted_on_the_map_is_what_is_drawn_there(client, counts, address):
    found = read(client, address).main.select_one(".region-map")
    sentence = words(found.select_one(".region-map__note p"))
    threads = found.select_one(".region-map__view--wide").select(".region-map__threads.is-lit")
    assert sentence.count("Ustyurt Plateau") == len(threads) == 24


def test_of_what_a_term_touches_the_region_page_names_some_and_says_how_many_more(client, counts):
    threat = Threat.objects.create(name="Dust", slug="dust", description="Dust from the dry sea bed.")
    for hotspot in HotspotPage.objects.all()[:30]:
        HotspotThreat.objects.create(page=hotspot, threat=threat)
    touched = words(read(client, "/en/region/").main.find(id="dust"))
    assert touched.count(",") == 11
    assert touched.endswith("and 18 more")
