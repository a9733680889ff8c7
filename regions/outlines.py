"""Schematic outlines: GeoJSON polygons in WGS84, as editors paste them."""

import json
import math

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from shapely import Polygon
from shapely.validation import explain_validity

MAX_CHARACTERS = 100_000
# Central Asia with its neighbours: outlines elsewhere are slips, most often lon and lat swapped.
WEST, SOUTH, EAST, NORTH = 44, 33, 92, 57


def parse_outline(text):
    """The rings of a GeoJSON Polygon, [[(lon, lat), …], …]; ValidationError says what is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise ValidationError(
            _("The outline has more than %(most)s characters. Simplify it first."),
            params={"most": f"{MAX_CHARACTERS:,}"},
        )
    try:
        shape = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("This is not JSON. Paste the whole GeoJSON text.")) from error
    if isinstance(shape, dict) and shape.get("type") == "Feature":
        shape = shape.get("geometry")
    if not isinstance(shape, dict) or shape.get("type") != "Polygon":
        raise ValidationError(_("The outline must be a GeoJSON geometry of the type “Polygon”."))
    rings = [_ring(ring) for ring in _list(shape.get("coordinates"))]
    if not rings:
        raise ValidationError(_("The polygon has no coordinates."))
    polygon = Polygon(rings[0], rings[1:])
    if not polygon.is_valid:
        raise ValidationError(
            _("The outline crosses or touches itself: %(where)s."),
            params={"where": explain_validity(polygon)},
        )
    return rings


def _list(value):
    if not isinstance(value, list):
        raise ValidationError(_("The coordinates of a polygon are a list of rings of points."))
    return value


def _ring(ring):
    points = [_point(point) for point in _list(ring)]
    if len(points) < 4:
        raise ValidationError(_("A ring needs at least four points, the last one equal to the first."))
    if points[0] != points[-1]:
        raise ValidationError(_("The outline is not closed: its last point must equal its first."))
    return points


def _point(point):
    numbers = _list(point)[:2]
    if len(numbers) < 2 or not all(type(n) in (int, float) for n in numbers):
        raise ValidationError(_("A point is a pair of numbers: longitude, then latitude."))
    try:
        lon, lat = map(float, numbers)
    except OverflowError:  # more digits than any place on Earth has
        lon, lat = (math.inf if number > 0 else -math.inf for number in numbers)
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        if WEST <= lat <= EAST and SOUTH <= lon <= NORTH:
            raise ValidationError(
                _("The point %(point)s lies outside the region. Longitude comes first, then latitude."),
                params={"point": f"[{lon:g}, {lat:g}]"},
            )
        raise ValidationError(
            _("The point %(point)s lies outside the region."), params={"point": f"[{lon:g}, {lat:g}]"}
        )
    return lon, lat


def validate_outline(text):
    parse_outline(text)
