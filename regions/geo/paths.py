"""The land that every map shows: read, projected and written as SVG paths once in a process."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path

import shapely
from shapely.geometry import LineString, shape

from .projection import project, projected

HERE = Path(__file__).parent
# How much finer than a line its course may be, in units; coarser where nobody looks closely.
FINE, COARSE = 2, 6
# As far as the widest screen shows.
SEEN = (-3000, -1500, 3000, 1500)
MERIDIANS, PARALLELS = range(25, 111, 5), range(25, 66, 5)


@cache
def features(kind):
    """(properties, projected geometry) of each feature of this kind."""
    source = "contours" if kind == "contour" else "central-asia"
    read = json.loads((HERE / f"{source}.geojson").read_text())["features"]
    ours = [feature for feature in read if feature["properties"]["kind"] == kind]
    return [(f["properties"], projected(shape(f["geometry"]))) for f in ours]


@cache
def countries():
    """The five by ISO code; what two of them share stays one line."""
    found = features("country")
    simple = shapely.coverage_simplify([geometry for _, geometry in found], FINE)
    return {properties["iso"]: geometry for (properties, _), geometry in zip(found, simple, strict=True)}


@cache
def land():
    """Paths by what they show; `countries` is a list of (ISO code, path)."""
    (_, neighbours), *_ = features("neighbours")
    around = shapely.clip_by_rect(neighbours, *SEEN).simplify(COARSE)
    graticule = [
        *[LineString([project(lon, lat) for lat in (PARALLELS[0], PARALLELS[-1])]) for lon in MERIDIANS],
        *[LineString([project(lon, lat) for lon in MERIDIANS]) for lat in PARALLELS],
    ]
    return {
        "neighbours": svg_path([around]),
        "graticule": svg_path(graticule),
        "sea": svg_path([geometry.simplify(FINE) for _, geometry in features("sea")]),
        "countries": [(iso, svg_path([geometry])) for iso, geometry in countries().items()],
        "contours": svg_path([geometry for _, geometry in features("contour")]),
        "rivers": svg_path([geometry.simplify(FINE) for _, geometry in features("river")]),
        "lakes": svg_path([geometry.simplify(FINE) for _, geometry in features("lake")]),
    }


def svg_path(geometries):
    """Whole units, each step from the point before: a third of the bytes of absolute coordinates."""
    return "".join(_line(line) for geometry in geometries for line in _lines(geometry))


def _lines(geometry):
    if hasattr(geometry, "geoms"):
        return [line for part in geometry.geoms for line in _lines(part)]
    if geometry.geom_type == "Polygon":
        return [geometry.exterior, *geometry.interiors]
    return [geometry]


def _line(line):
    points = [(round(x), round(y)) for x, y, *_ in line.coords]
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points) if (ax, ay) != (bx, by)]
    if not steps:
        return ""
    end = "z" if points[0] == points[-1] else ""
    drawn = " ".join(f"{dx} {dy}" for dx, dy in (steps[:-1] if end else steps))
    return f"M{points[0][0]} {points[0][1]}l{drawn}{end}".replace(" -", "-")
