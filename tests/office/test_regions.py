"""The region, its countries and hotspots: what their forms refuse, and what stands on their pages."""

import json

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from regions.models import Country, HotspotPage, RegionPage
from regions.outlines import EAST, NORTH, SOUTH, WEST, parse_outline, validate_outline
from tests.factories import a_hotspot, a_member_of, an_ecosystem
from tests.forms import Form, rows, stream
from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

DRAFT, PUBLISH = "", "action-publish"


@pytest.fixture(scope="module")
def publisher(office):
    return a_member_of("Publishers")


@pytest.fixture(scope="module")
def form(publisher):
    """The form of a new hotspot."""
    region = RegionPage.objects.get()
    return Form.open(publisher, f"/admin/pages/add/regions/hotspotpage/{region.pk}/")


WORDS = {"title": "Aral Sea", "slug": "aral-sea", "summary": "A sea that was."}


# Outlines


def polygon(*points, kind="Polygon", **more):
    return json.dumps({"type": kind, "coordinates": [points], **more})


SEA = [(58, 44), (61, 44), (61, 46), (58, 46), (58, 44)]
BROKEN_OUTLINES = [
    ("no GeoJSON", "This is not JSON."),
    ('{"type": "Polygon", "coordinates": [[[58, 44], ', "This is not JSON."),
    ("[" * 90_000, "This is not JSON."),
    ("[]", "of the type “Polygon”"),
    ("17", "of the type “Polygon”"),
    ("null", "of the type “Polygon”"),
    ('{"type": "Feature", "geometry": null}', "of the type “Polygon”"),
    (polygon(*SEA, kind="MultiPolygon"), "of the type “Polygon”"),
    (polygon(*SEA, kind=["Polygon"]), "of the type “Polygon”"),
    ('{"type": "Polygon"}', "a list of rings of points"),
    ('{"type": "Polygon", "coordinates": []}', "The polygon has no coordinates."),
    ('{"type": "Polygon", "coordinates": {"0": 1}}', "a list of rings of points"),
    (polygon(), "at least four points"),
    (polygon(*SEA[:3]), "at least four points"),
    (polygon(*SEA[:4]), "The outline is not closed"),
    (polygon((58, 44), (61, 46), (61, 44), (58, 46), (58, 44)), "The outline crosses or touches itself"),
    (polygon((58, 44), (61, 44), (58, 44), (61, 44), (58, 44)), "The outline crosses or touches itself"),
    (polygon(*[(lat, lon) for lon, lat in SEA]), "Longitude comes first, then latitude."),
    (polygon((8, 44), (11, 44), (11, 46), (8, 44)), "The point [8, 44] lies outside the region."),
    (polygon((6400000, 5500000), *SEA), "lies outside the region."),
    (polygon(("58", "44"), *SEA), "A point is a pair of numbers"),
    (polygon((True, False), *SEA), "A point is a pair of numbers"),
    (polygon((58,), *SEA), "A point is a pair of numbers"),
    (polygon(*SEA).replace("61", "NaN"), "lies outside the region"),
    (polygon(*SEA).replace("61", "Infinity"), "lies outside the region"),
    (polygon(*SEA).replace("61", "9" * 5000), "This is not JSON."),
    (polygon(*SEA).replace("61", "1e999"), "lies outside the region"),
    (" " * 1_000_000 + polygon(*SEA), "more than 100,000 characters"),
]


@pytest.mark.parametrize(("outline", "sentence"), BROKEN_OUTLINES, ids=lambda value: value[:30])
def test_a_broken_outline_is_refused_with_a_sentence(outline, sentence):
    with pytest.raises(ValidationError) as refused:
        validate_outline(outline)
    assert sentence in refused.value.messages[0]


@pytest.mark.parametrize(
    "outline",
    [
        polygon(*SEA),
        polygon(*SEA[::-1]),
        polygon(*[(lon, lat, 42.5) for lon, lat in SEA]),
        polygon(*SEA, bbox=[58, 44, 61, 46]),
        json.dumps({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [SEA]}}),
        json.dumps({"type": "Polygon", "coordinates": [SEA, [(59, 45), (59.5, 45), (59.5, 45.5), (59, 45)]]}),
    ],
    ids=["plain", "clockwise", "with heights", "with a box", "as a feature", "with an island"],
)
def test_an_outline_of_the_region_is_taken(outline):
    assert parse_outline(outline)[0][0] in [(58.0, 44.0)]


@pytest.mark.parametrize("outline", [BROKEN_OUTLINES[1][0], polygon(*SEA[:4]), "x" * 1_000_000])
@pytest.mark.parametrize("button", [DRAFT, PUBLISH], ids=["draft", "publish"])
def test_a_refused_outline_is_still_in_its_box(form, button, outline):
    refused = Form(form.client, form.send(button, **WORDS, outline=outline))
    assert list(refused.sentences) == ["outline"]
    assert refused.values["outline"] == outline
    assert refused.values["summary"] == WORDS["summary"]


def test_a_taken_outline_is_kept_as_typed(form):
    outline = json.dumps(json.loads(polygon(*SEA)), indent=2)
    assert form.send(PUBLISH, **WORDS, outline=outline).status_code == 302
    assert json.loads(HotspotPage.objects.get(slug="aral-sea").outline) == json.loads(outline)


numbers = st.none() | st.booleans() | st.text(max_size=3) | st.floats() | st.integers(40, 60)
shapes = st.recursive(numbers, lambda inner: st.lists(inner, max_size=5), max_leaves=30)
documents = st.text(max_size=60) | shapes.map(json.dumps)
polygons = shapes.map(lambda inner: json.dumps({"type": "Polygon", "coordinates": inner}))
points = st.tuples(st.floats(WEST, EAST), st.floats(SOUTH, NORTH))
rings = st.lists(points, min_size=3, max_size=8).map(lambda ring: polygon(*ring, ring[0]))


@settings(max_examples=150)
@given(documents | polygons | rings)
def test_any_text_is_an_outline_or_gets_a_sentence(text):
    try:
        found = parse_outline(text)
    except ValidationError as refused:
        assert refused.messages[0].endswith(".")
    else:
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in found)
        assert all(WEST <= lon <= EAST and SOUTH <= lat <= NORTH for ring in found for lon, lat in ring)


# Rows and blocks of a hotspot


def test_an_ecosystem_needs_words_or_an_entry_of_the_list(form):
    empty = {"ecosystem": "", "text": "", "id": ""}
    refused = Form(form.client, form.send(DRAFT, **WORDS, **rows("ecosystems", empty)))
    assert "Say it in words, choose from the list, or both." in refused.sentences["ecosystems-0-text"]


def test_ecosystems_and_threats_are_shown_in_the_order_and_words_of_the_editor(form, client):
    desert = an_ecosystem("Desert")
    found = rows(
        "ecosystems", {"text": "salt flats"}, {"ecosystem": desert.pk}, {"ecosystem": desert.pk, "text": "dunes"}
    )
    assert form.send(PUBLISH, **WORDS, **found).status_code == 302
    section = read(client, "/en/region/aral-sea/").text
    positions = [section.index(words) for words in ("Salt flats", "Desert", "Dunes")]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("7439", "7,439 m"), ("7439.5", "7,439.5 m"), ("-132", "-132 m"), ("-501", None), ("high", None)],
)
def test_a_height_is_printed_with_its_unit(form, client, value, shown):
    figures = stream("figures", ("figure", {"measure": "highest", "value": value, "scope": "Victory Peak"}))
    answer = form.send(PUBLISH, **WORDS, **figures)
    if shown is None:
        assert Form(form.client, answer).sentences["figures"]
        return
    text = read(client, "/en/region/aral-sea/").text.replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Highest point", "Victory Peak", f" {shown}"):
        assert words in text


# Countries


def test_a_country_is_in_the_list_once_and_by_its_code(publisher):
    form = Form.open(publisher, "/admin/snippets/regions/country/add/")
    typed = {"name": "Tajikistan", "slug": "tajikistan", "code": "TJ", "in_region": "on"}
    for wrong, field, sentence in [
        ({"code": "tj"}, "code", "Two capital letters, for example UZ."),
        ({"code": "T1"}, "code", "Two capital letters, for example UZ."),
        ({"code": "TJK"}, "code", "at most 2 characters"),
        ({"slug": "two words"}, "slug", "Enter a valid"),
    ]:
        refused = Form(publisher, form.send(**typed | wrong))
        assert sentence in refused.sentences[field]
        assert refused.values["name"] == "Tajikistan"
    for taken, sentence in [
        ({"code": "UZ"}, "This country is already in the list."),
        ({"slug": "uzbekistan"}, "Another entry of this list already has this short name."),
    ]:
        assert sentence in Form(publisher, form.send(**typed | taken)).text
    assert not Country.objects.filter(name="Tajikistan").exists()
    assert form.send(**typed).status_code == 302
    assert Country.objects.get(code="TJ").in_region


def test_a_country_page_is_about_a_country_of_the_region(publisher):
    form = Form.open(publisher, f"/admin/pages/add/regions/countrypage/{RegionPage.objects.get().pk}/")
    typed = {
        "title": "Mongolia",
        "slug": "mongolia",
        "summary": "Steppe.",
        "country": Country.objects.get(code="MN").pk,
    }
    refused = Form(publisher, form.send(PUBLISH, **typed))
    assert "Select a valid choice." in refused.sentences["country"]
    assert refused.values["summary"] == "Steppe."


def test_a_country_that_pages_speak_of_is_not_deleted(admin_client):
    uzbekistan = Country.objects.get(code="UZ")
    admin_client.post(f"/admin/snippets/regions/country/delete/{uzbekistan.pk}/")
    assert Country.objects.filter(code="UZ").exists()


# What visitors read


def test_a_hotspot_names_its_countries_and_links_those_that_have_a_page(client):
    mongolia = Country.objects.get(code="MN")
    uzbekistan = Country.objects.get(code="UZ")
    a_hotspot("Altai", countries=[mongolia, uzbekistan])
    page = read(client, "/en/region/altai/")
    countries = page.facts["Countries"]
    assert countries.index("Uzbekistan") < countries.index("Mongolia"), "those of the region come first"
    links = {link.text: link["href"] for link in page.main.find_all("a")}
    assert links["Uzbekistan"] == "/en/region/uzbekistan/"
    assert "Mongolia" not in links


def test_a_country_page_lists_its_hotspots_species_and_initiatives(client):
    page = read(client, "/en/region/kazakhstan/")
    for title in ("Ustyurt Plateau", "Saiga antelope", "Saxaul for the Aral Sea", "Glacier watch"):
        assert title in page.text
    for title in ("Pamir", "Snow leopard"):
        assert title not in page.text
    assert page.main.find("a", href="/en/initiatives/?country=kazakhstan")
    organisations = read(client, "/en/region/uzbekistan/").facts["Organisations based here"]
    assert organisations == "Academy of Sciences"
    assert read(client, "/en/organisations/academy/").main.find("a", href="/en/region/uzbekistan/")


def test_a_hotspot_leads_to_its_neighbours_and_its_figures_to_their_sources(form, client):
    figures = stream(
        "figures",
        ("figure", {"measure": "area", "value": "68", "source": "An atlas", "source_url": "https://atlas.example/"}),
        ("figure", {"measure": "length", "value": "9", "source": "A book"}),
    )
    assert form.send(PUBLISH, **WORDS, **figures).status_code == 302
    page = read(client, "/en/region/aral-sea/")
    assert page.main.find("a", href="https://atlas.example/").text == "An atlas"
    assert "A book" in page.text
    assert "To the west Pamir" in page.text
    assert "To the east" not in page.text
    assert "To the west Ustyurt Plateau To the east Aral Sea" in read(client, "/en/region/pamir/").text


def test_a_hotspot_has_its_address_and_neighbours_also_while_the_region_page_is_taken_down(client):
    ustyurt = "/en/region/ustyurt/"
    assert read(client, ustyurt).main.find("a", rel="next")["href"] == "/en/region/pamir/"
    assert read(client, ustyurt).main.select_one("#map")
    RegionPage.objects.get().unpublish()
    page = read(client, ustyurt)
    assert page.main.find("a", rel="next")["href"] == "/en/region/pamir/"
    assert not page.main.select_one("#map")
    assert client.get("/en/region/").status_code == 404


def test_an_ecosystem_without_a_description_is_listed_where_a_hotspot_has_it(form, client):
    found = rows("ecosystems", {"ecosystem": an_ecosystem("Saxaul").pk}, {"text": "salt flats"})
    an_ecosystem("Taiga")
    assert form.send(PUBLISH, **WORDS, **found).status_code == 302
    assert read(client, "/en/region/aral-sea/").main.find("a", href="/en/region/#saxaul")
    entry = read(client, "/en/region/").main.find(id="saxaul")
    assert [link["href"] for link in entry.find_all("a")] == ["/en/region/aral-sea/"]
    assert "Taiga" not in read(client, "/en/region/").text


def test_the_region_page_lists_hotspots_from_west_to_east_as_staff_ordered_them(client):
    titles = [words.text.strip() for words in read(client, "/en/region/").main.find_all("a", href=True)]
    text = " ".join(titles)
    assert text.index("Ustyurt Plateau") < text.index("Pamir")


def test_what_is_unknown_is_not_shown(client):
    page = read(client, "/en/region/pamir/")
    for heading in ("Ecosystems", "Threats", "Protected areas", "Sources"):
        assert heading not in page.text
    assert "State Member" in read(client, "/en/region/uzbekistan/").text
    assert "State Member" not in read(client, "/en/region/kazakhstan/").text
