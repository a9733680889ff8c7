"""What a map is made of: the projection, the threads of a hotspot, and the places of names."""

import json
import math

import pytest
from shapely import Polygon, segmentize

from regions.geo.paths import countries, land
from regions.geo.projection import EARTH_RADIUS, projected
from regions.geo.threads import woven
from regions.map import MOST_HOTSPOTS, MOST_THREADS, Place, drawing, is_drawn
from tests.factories import SQUARE


def polygon(*points):
    return json.dumps({"type": "Polygon", "coordinates": [[*points, points[0]]]})


@pytest.mark.parametrize(("lon", "lat"), [(47, 38), (66, 44), (86, 50)])
def test_equal_areas_on_earth_are_equal_on_the_map(lon, lat):
    square = segmentize(Polygon([(lon, lat), (lon + 1, lat), (lon + 1, lat + 1), (lon, lat + 1)]), 0.02)
    on_earth = math.radians(1) * (math.sin(math.radians(lat + 1)) - math.sin(math.radians(lat))) * EARTH_RADIUS**2
    assert projected(square).area == pytest.approx(on_earth, rel=1e-4)


def test_the_five_countries_fit_together():
    """Their lines are made simpler together, so that none overlaps another."""
    shapes = list(countries().values())
    assert sorted(countries()) == ["KG", "KZ", "TJ", "TM", "UZ"]
    for number, one in enumerate(shapes):
        assert all(one.intersection(other).area < 20 for other in shapes[number + 1 :])
    assert sum(len(part) for part in land().values() if isinstance(part, str)) < 40_000


def test_an_outline_is_woven_the_same_way_each_time_and_anew_when_it_changes():
    first = woven(SQUARE, "ustyurt")
    assert woven.__wrapped__(SQUARE, "ustyurt") == first
    assert woven(SQUARE, "pamir").threads != first.threads
    assert woven(SQUARE.replace("62", "63"), "ustyurt").area != first.area
    assert woven('{"type": "Polygon"', "ustyurt") is None


@pytest.mark.parametrize("width", [0.02, 0.5])
def test_a_small_outline_is_drawn_too(width):
    assert woven(polygon((60, 40), (60 + width, 40), (60, 40 + width)), "spring").threads


def test_threads_have_a_bound_however_an_outline_is_drawn():
    """A comb as long as the field takes it, and more hotspots than a map can name."""
    teeth = [(45 + n / 40, 34 if n % 2 else 56) for n in range(1600)]
    comb = woven(polygon(*teeth, (85, 33.5), (45, 33.5)), "comb")
    assert comb is None or len(comb.threads) < MOST_THREADS
    places = [Place("hotspot", f"number-{n}", f"Hotspot {n}", "/x/", SQUARE) for n in range(500)]
    drawn = is_drawn(places, ("number-499",))
    assert "number-499" in drawn, "what is lit goes first"
    assert 5 < len(drawn) <= MOST_HOTSPOTS


@pytest.mark.parametrize("language", ["en", "ru", "uz", "kk"])
def test_names_stand_in_the_language_of_the_page_or_else_in_english(language):
    svg = drawing("region", (), (), "Map", language)
    shown = {"en": "Kyzylkum", "ru": "Кызылкум", "uz": "Qizilqum", "kk": "Kyzylkum"}
    assert f">{shown[language]}</tspan>" in svg
