"""Species, hotspots, countries and the region of the start content, against what was typed here by hand."""

import pytest

from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]

# Address, title, scientific name, what the page says about the Red List, what it must not say
SPECIES = [
    (
        "snow-leopard",
        "Snow leopard",
        "Panthera uncia",
        ["Vulnerable", "2017", "Assessed taxon: Panthera uncia (species)", "e.T22732A50664030"],
        ["Criteria"],
    ),
    ("saiga", "Saiga antelope", "Saiga tatarica", ["Near Threatened", "2023"], ["Critically Endangered since"]),
    (
        "bukhara-deer",
        "Bukhara deer",
        "Cervus elaphus bactrianus",
        ["Subspecies, not assessed on its own", "assesses the species Cervus hanglu", "Tugai riparian forests"],
        ["Least Concern", "Assessed taxon"],
    ),
    (
        "asiatic-wild-ass",
        "Asiatic wild ass",
        "Equus hemionus",
        [
            "Equus hemionus kulan is listed as Endangered (2016).",
            "Assessed taxon: Equus hemionus kulan (subspecies). Criteria: C1+2b",
            "Kaczensky, P., Lkhagvasuren, B., Pereladova, O., Hemami, M. & Bouskila, A. 2016.",
        ],
        ["Near Threatened"],
    ),
    (
        "goitered-gazelle",
        "Goitered gazelle",
        "Gazella subgutturosa",
        ["Vulnerable", "2017", "Criteria: A2acd"],
        ["49,000"],
    ),
    ("wild-tulips", "Wild tulips", "Tulipa", ["A group: assessed species by species"], ["Vulnerable"]),
    ("greigs-tulip", "Greig's tulip", "Tulipa greigii", ["see the IUCN Red List"], ["Least Concern"]),
]

# Address, title, countries as they stand on the page, and facts
HOTSPOTS = [
    (
        "ustyurt-plateau",
        "Ustyurt Plateau",
        "Kazakhstan, Turkmenistan, Uzbekistan",
        [
            "200,000 km²",
            "365 m",
            "To the east Aral Sea basin wetlands",
            "Border fences and railways across migration routes",
            "South Ustyurt National Park",
        ],
    ),
    (
        "aral-sea-basin-wetlands",
        "Aral Sea basin wetlands",
        "Kazakhstan, Uzbekistan",
        ["330,000 hectares", "Kok-Aral dam", "Sudochye lake system", "Salt and dust from the dry sea bed"],
    ),
    (
        "ili-balkhash",
        "Ili-Balkhash",
        "Kazakhstan, China",
        ["413,000 km² Water Politics", "976,630 hectares", "largest natural lake delta remaining in Central Asia"],
    ),
    (
        "tien-shan",
        "Tien Shan",
        "Kazakhstan, Kyrgyzstan, Uzbekistan, China",
        [
            "7,439 m Britannica: Victory Peak",
            "To the west Ili-Balkhash To the east Pamir",
            "Jengish Chokusu (Victory Peak)",
            "2,500 km",
            "Sary-Chelek State Biosphere Reserve",
        ],
    ),
    (
        "pamir",
        "Pamir",
        "Kyrgyzstan, Tajikistan, Afghanistan, China",
        ["26,117 km²", "2,611,674 hectares", "Zorkul Nature Reserve"],
    ),
]

COUNTRIES = [
    (
        "kazakhstan",
        "Kazakhstan",
        ["2,724,900 km²", "41 taxa"],
        ["Food Systems, Land Use and Restoration in Uzbekistan"],
    ),
    ("kyrgyzstan", "Kyrgyzstan", ["Bishkek", "199,951 km²"], ["Dryland Sustainable Landscape Impact Program"]),
    ("tajikistan", "Tajikistan", ["Dushanbe", "49,786 hectares"], ["State Member of IUCN", "Tech4Nature"]),
    ("turkmenistan", "Turkmenistan", ["Ashgabat", "Badkhyz"], ["Western Tien-Shan Green List"]),
    ("uzbekistan", "Uzbekistan", ["Tashkent", "State Member of IUCN since 2021"], ["Dryland Sustainable"]),
]


@pytest.mark.parametrize(("slug", "title", "name", "said", "unsaid"), SPECIES)
def test_a_species_says_of_the_red_list_what_may_be_said(client, slug, title, name, said, unsaid):
    page = read(client, f"/en/species/{slug}/")
    assert page.title == title
    assert name in page.text
    own, _, others = page.text.partition("Other species")
    assert others
    for text in said:
        assert text in own
    for text in unsaid:
        assert text not in own


@pytest.mark.parametrize(("slug", "title", "countries", "facts"), HOTSPOTS)
def test_a_hotspot(client, slug, title, countries, facts):
    page = read(client, f"/en/region/{slug}/")
    assert page.title == title
    assert page.facts["Countries"] == countries
    for fact in facts:
        assert fact in page.text


@pytest.mark.parametrize(("slug", "title", "said", "unsaid"), COUNTRIES)
def test_a_country(client, slug, title, said, unsaid):
    page = read(client, f"/en/region/{slug}/")
    assert page.title == title
    for text in said:
        assert text in page.text
    for text in unsaid:
        assert text not in page.text


def test_the_region_names_its_hotspots_from_west_to_east_and_five_countries(client):
    page = read(client, "/en/region/")
    hotspots = ["Ustyurt Plateau", "Aral Sea basin wetlands", "Ili-Balkhash", "Tien Shan", "Pamir"]
    assert [link for link in page.links_under("Biodiversity hotspots") if link in hotspots] == hotspots
    for country in ("Kazakhstan", "Kyrgyzstan", "Tajikistan", "Turkmenistan", "Uzbekistan"):
        assert country in page.text
    assert "Ramsar Sites" in page.facts["Wetlands and inland deltas"]
    assert "Overgrazing" in page.facts["Unsustainable land use"]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("about", "https://sdgs.un.org/goals"),
        ("about", "https://www.cbd.int/gbf"),
        ("region/tien-shan", "https://whc.unesco.org/en/list/1490"),
        ("region/tien-shan", "https://worldheritageoutlook.iucn.org/explore-sites/wdpaid/555622040"),
        ("initiatives/save-our-species", "https://www.cms.int/cami/en"),
        ("species/asiatic-wild-ass", "http://www.iucnredlist.org/details/7964/0"),
        ("species/bukhara-deer", "https://www.iucnredlist.org/species/4261/120733024"),
    ],
)
def test_a_page_leads_to_its_source(client, path, source):
    assert read(client, f"/en/{path}/").main.find("a", href=source)
