"""The map of the region, its list, the cropped maps, and the map beneath an outline in the admin."""

import json

import brotli
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, PageViewRestriction

from initiatives.models import InitiativePage
from iucn_ca.models import OfficeSettings
from regions.models import HotspotPage, RegionPage
from tests.factories import SQUARE, a_hotspot, a_member_of, many_like
from tests.forms import Form
from tests.office.test_regions import BROKEN_OUTLINES, SEA, polygon
from tests.seeded import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

USTYURT, UZBEKISTAN = "/en/region/ustyurt/", "/en/region/uzbekistan/"
MOST_BYTES, MOST_COMPRESSED, MOST_QUERIES = 80_000, 25_000, 12


def map_on(client, path):
    return read(client, path).main.find(class_="region-map")


def names(view):
    """What the names on the map lead to, by the words that stand there; nothing where they lead nowhere."""
    return {words(text): (text.find_parent("a") or {}).get("href") for text in view.find_all("text")}


def lit(found):
    return {part["data-place"] for part in found.select("use.is-lit")}


def test_hotspots_and_countries_of_the_map_are_links(client):
    wide, narrow = map_on(client, "/en/region/").select(".region-map__view")
    for view in (wide, narrow):
        assert names(view)["Ustyurt Plateau"] == USTYURT
        assert names(view)["Uzbekistan"] == UZBEKISTAN
        assert names(view)["Kyrgyzstan"] is None, "it has no page"
        assert view["role"] == "group"
        assert view["aria-label"] == "Map of Central Asia"
    assert {"Kyzylkum", "Karakum", "Syr Darya", "Amu Darya", "Ili", "Caspian Sea"} < names(wide).keys()
    assert "Tashkent, IUCN office" in names(wide)
    assert "Tashkent" in names(narrow)
    assert "Caspian Sea" not in names(narrow)


def test_the_list_beside_the_map_says_what_it_says(client):
    beside = map_on(client, "/en/region/").find(class_="region-map__list")
    listed = {
        words(row.a): [words(link) for link in row.select("details a")] for row in beside.select("section > ul > li")
    }
    assert listed["Ustyurt Plateau"] == ["Saxaul for the Aral Sea"]
    assert listed["Pamir"] == ["Glacier watch"], "without an outline it is in the list alone"
    assert listed["Kazakhstan"] == ["Saxaul for the Aral Sea", "Glacier watch"], "the current one first"
    assert beside.find("a", string="Saiga antelope")["data-lights"].split() == ["UZ", "KZ", "ustyurt"]
    for name in ("Kyzylkum", "Amu Darya", "Caspian Sea", "Tashkent"):
        assert name in words(beside)


def test_what_the_list_names_lights_up_its_places(client):
    beside = map_on(client, "/en/region/").find(class_="region-map__list")
    lights = {words(link): link["data-lights"].split() for link in beside.select("[data-lights]")}
    assert lights["Ustyurt Plateau"] == ["ustyurt"]
    assert lights["Pamir"] == ["pamir"]
    assert lights["Kazakhstan"] == ["KZ"]
    assert lights["Saiga antelope"] == ["UZ", "KZ", "ustyurt"]


@pytest.mark.parametrize(
    ("path", "places"),
    [(UZBEKISTAN, {"UZ", "ustyurt"}), (USTYURT, {"ustyurt"}), ("/en/species/saiga/", {"ustyurt", "UZ", "KZ"})],
)
def test_a_page_shows_its_own_places_on_a_part_of_the_map(client, path, places):
    found = map_on(client, path)
    assert lit(found) == places
    whole = map_on(client, "/en/region/").select_one("svg[viewBox]")["viewbox"].split()
    part = found.select_one("svg[viewBox]")["viewbox"].split()
    assert float(part[2]) < float(whole[2])
    assert "Ustyurt Plateau" in words(found.figcaption)


def test_a_page_without_a_place_on_the_map_shows_none(client):
    assert map_on(client, "/en/region/pamir/") is None


def test_the_note_on_boundaries_stands_under_every_map(client):
    office = OfficeSettings.for_site(RegionPage.objects.get().get_site())
    office.texts.append(
        ("texts", {"language": "en", "map_note": "Lines imply no opinion.", "address": "", "footer": ""})
    )
    office.save()
    for path in ("/en/region/", UZBEKISTAN, USTYURT, "/en/species/saiga/"):
        assert "Lines imply no opinion." in words(map_on(client, path).figcaption)


def test_nothing_that_is_not_public_is_on_the_map(client):
    altai = a_hotspot("Altai", outline=SQUARE.replace("60", "64").replace("62", "66"))
    assert "Altai" in names(map_on(client, "/en/region/"))
    PageViewRestriction.objects.create(page=altai, restriction_type=PageViewRestriction.LOGIN)
    saxaul_is_on = "Saxaul for the Aral Sea" in words(map_on(client, "/en/region/"))
    assert "Altai" not in client.get("/en/region/").content.decode()
    assert saxaul_is_on


def test_a_new_outline_is_on_the_map_when_it_is_published(client):
    page = HotspotPage.objects.get(slug="ustyurt")

    def threads():
        return map_on(client, "/en/region/").find(id="map-threads-ustyurt")["d"]

    before = threads()
    page.outline = polygon(*SEA)
    revision = page.save_revision()
    assert threads() == before
    revision.publish()
    assert threads() != before


def test_the_map_in_another_language_has_that_language_s_names_and_relations(client):
    russian, _ = Locale.objects.get_or_create(language_code="ru")
    for model, slug, title in [(HotspotPage, "ustyurt", "Плато Устюрт"), (InitiativePage, "saxaul", "Саксаул")]:
        copy = model.objects.get(slug=slug).copy_for_translation(russian, copy_parents=True)
        copy.title = title
        copy.save_revision().publish()
    found = map_on(client, "/ru/region/")
    assert "Узбекистан" in names(found)
    assert names(found)["Плато Устюрт"] == "/ru/region/ustyurt/"
    assert found.find("a", string="Саксаул")["href"] == "/ru/initiatives/saxaul/"
    # And so have the pages of its places: relations are entered on the English record.
    hotspot = read(client, "/ru/region/ustyurt/").main
    assert hotspot.select_one(".term-chart a", string="Саксаул")["href"] == "/ru/initiatives/saxaul/"
    assert not hotspot.find("a", string="Saxaul for the Aral Sea")


def many_hotspots(number):
    hotspots = many_like(HotspotPage.objects.get(slug="ustyurt"), number)
    for step, hotspot in enumerate(hotspots):
        west, south = 50 + step % 25 * 1.2, 38 + step // 25 % 20 * 0.8
        hotspot.title = f"Hotspot {step}"
        hotspot.outline = polygon((west, south), (west + 1, south), (west + 1, south + 0.7), (west, south))
    HotspotPage.objects.bulk_update(hotspots, ["title", "outline"])


def test_five_hundred_hotspots_cost_as_many_queries_and_no_larger_map(client):
    paths = ["/en/region/", USTYURT, UZBEKISTAN, "/en/species/saiga/"]

    def measured():
        client.get(paths[0])
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(path)
            found.append(len(captured))
            drawn = "".join(map(str, read(client, path).main.select(".region-map__frame svg")))
            assert len(drawn) <= MOST_BYTES
            assert len(brotli.compress(drawn.encode(), quality=5)) <= MOST_COMPRESSED
            assert answer.status_code == 200
        return found

    with transaction.atomic():
        many_hotspots(3)
        few = measured()
        many_hotspots(495)
        assert measured() == few
        assert max(few) <= MOST_QUERIES
        found = map_on(client, "/en/region/")
        assert "All 500 hotspots" in words(found.find(class_="region-map__list"))
        assert "hotspots are drawn on the map" in words(found)
        transaction.set_rollback(True)


# The map beneath the field


@pytest.fixture(scope="module")
def publisher(office):
    return a_member_of("Publishers")


def preview(client, outline):
    return client.post("/admin/regions/outline/", {"outline": outline})


def test_the_form_shows_the_outline_as_it_is_typed(publisher):
    region = RegionPage.objects.get(locale__language_code="en")
    box = Form.open(publisher, f"/admin/pages/add/regions/hotspotpage/{region.pk}/").box("outline")
    assert box["data-outline-preview"] == "/admin/regions/outline/"
    shown = preview(publisher, json.dumps(json.loads(SQUARE), indent=1)).content.decode()
    assert 'id="map-threads-outline"' in shown
    assert preview(publisher, " ").content.decode().strip() == ""


@pytest.mark.parametrize(("outline", "sentence"), BROKEN_OUTLINES[14:-1], ids=lambda value: value[:30])
def test_a_broken_outline_is_answered_with_the_sentence_of_the_form(publisher, outline, sentence):
    shown = preview(publisher, outline).content.decode()
    assert sentence in shown
    assert "<svg" not in shown


def test_only_staff_see_the_preview(client, publisher):
    assert preview(client, SQUARE).status_code in (302, 403)
    assert publisher.get("/admin/regions/outline/").status_code == 405
