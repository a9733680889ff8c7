"""A hotspot as woven threads: upright, in bundles that slip past each other."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor
from zlib import crc32

from django.core.exceptions import ValidationError
from shapely import Polygon

from regions.outlines import parse_outline

from .paths import svg_path
from .projection import projected

# In units of the map, half a pixel each.
PITCH, FEATHER, BUNDLE = 8, 22, 6
# An outline that crosses a column more often is no schematic outline.
MOST_IN_A_COLUMN = 4


@dataclass(frozen=True)
class Woven:
    threads: str
    area: str
    bounds: tuple
    middle: tuple


@lru_cache(maxsize=1024)  # a country page asks of each of its hotspots where it lies
def woven(outline, seed):
    """What stands for this outline on a map, or nothing; once for each text that staff enter."""
    try:
        rings = parse_outline(outline)
    except ValidationError:
        return None
    polygon = projected(Polygon(rings[0], rings[1:]))
    middle = polygon.representative_point()
    area = svg_path([polygon.simplify(PITCH)])
    return Woven(_threads(polygon, seed), area, polygon.bounds, (middle.x, middle.y))


def _threads(polygon, seed):
    left, top, right, bottom = polygon.bounds
    feather = min(FEATHER, (bottom - top) / 4)
    drawn = []
    for column in range(ceil(left / PITCH), floor(right / PITCH) + 1):
        x = column * PITCH
        for start, end in _inside(polygon, x)[:MOST_IN_A_COLUMN]:
            start -= feather * _slip(seed, column, "upper")
            end += feather * _slip(seed, column, "lower")
            if end - start >= 1:
                drawn.append(f"M{x} {start:.0f}V{end:.0f}")
    # What is smaller than a thread is one.
    x, y = (left + right) / 2, (top + bottom) / 2
    return "".join(drawn) or f"M{x:.0f} {y - PITCH:.0f}V{y + PITCH:.0f}"


def _inside(polygon, x):
    """The parts of a column that lie within the polygon, as (upper, lower)."""
    edges = [edge for ring in (polygon.exterior, *polygon.interiors) for edge in pairwise(ring.coords)]
    crossed = sorted(ay + (by - ay) * (x - ax) / (bx - ax) for (ax, ay), (bx, by) in edges if (ax <= x) != (bx <= x))
    return list(zip(crossed[::2], crossed[1::2], strict=True))


def _slip(seed, column, end):
    """How far this end of a thread reaches out (1) or stays behind (-1)."""
    bundle, step = divmod(column, BUNDLE)
    lift = 0.3 + 1.2 * _chance(seed, bundle, end)
    wave = 1 - abs(2 * step / BUNDLE - 1)
    return max(-1.0, min(1.0, wave * lift - 0.35 + 0.5 * (_chance(seed, column, end + "thread") - 0.5)))


def _chance(*what):
    """The same number between 0 and 1 each time."""
    return crc32(repr(what).encode()) / 2**32
