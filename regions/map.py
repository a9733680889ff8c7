"""What is on a map: the places that staff publish, the part that is shown, and what is lit up."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from shapely.geometry import box

from .geo.labels import MARKER, Label, Layout, View, stored
from .geo.paths import countries, features, land
from .geo.threads import woven

# The width and height in CSS pixels for which the labels of a map are laid out, by what the map is for.
FRAMES = {
    "region": {"wide": (768, 620), "narrow": (360, 288)},
    "country": {"wide": (768, 352), "narrow": (360, 200)},
    "inset": {"wide": (700, 440), "narrow": (320, 213)},
}
MARGIN = 1.03, 1.35  # around the region, around what is lit
KINDS = ("hotspot", "country")
CLOSEST = 770  # units that a map shows at least: nearer, its lines would be coarse
# Hotspots are drawn in the order of the staff as long as their threads are not more than this (characters, number);
# the list beside the map has so many too, and of each so many initiatives.
MOST_THREADS, MOST_HOTSPOTS, MOST_LISTED = 24_000, 24, 8
# The five hotspots that have a colour of their own; others take turns.
ALSO = {"office": _("IUCN office"), "desert": _("Deserts"), "river": _("Rivers"), "sea": _("Sea")}
DYES = ["ustyurt-plateau", "aral-sea-basin-wetlands", "ili-balkhash", "tien-shan", "pamir"]


@dataclass(frozen=True)
class Place:
    """A hotspot with its outline, or a country that has a page."""

    kind: str
    key: str  # its slug, of a country its ISO code
    title: str
    url: str
    outline: str = ""
    slug: str = ""  # of its page
    path: str = ""  # of its page in the tree
    translation_key: UUID | None = None  # of the hotspot, or of the country and not of its page

    def __hash__(self):
        return hash(self.key)  # on every map all of them are compared with those that were drawn

    @property
    def woven(self):
        return woven(self.outline, self.key) if self.outline else None

    @property
    def bounds(self):
        if self.kind == "country":
            return countries()[self.key].bounds if self.key in countries() else None
        return self.woven.bounds if self.woven else None


@dataclass(frozen=True)
class Thread:
    place: Place
    dye: int
    lit: bool


def is_drawn(places, lit):
    """The hotspots that are drawn: those that are lit before the others, in the order of the staff."""
    drawn, length = set(), 0
    for place in sorted(places, key=lambda place: place.key not in lit):
        if place.kind == "hotspot" and place.woven:
            length += len(place.woven.threads)
            if len(drawn) == MOST_HOTSPOTS or length > MOST_THREADS:
                break
            drawn.add(place.key)
    return drawn


@lru_cache(maxsize=128)
def drawing(shape, places, lit, name, language):
    """The map as SVG: made anew when a place, a name or an outline changes, not for each visit."""
    drawn = is_drawn(places, lit)
    hotspots = [place for place in places if place.key in drawn]
    threads = [
        Thread(place, (DYES.index(place.key) if place.key in DYES else number % len(DYES)) + 1, place.key in lit)
        for number, place in enumerate(hotspots)
    ]
    known = {place.key: place for place in places if place.kind == "country"}
    views = [_laid_out(view, hotspots, known, lit, language) for view in _views(shape, places, lit)]
    return render_to_string(
        "components/map_drawing.html",
        {
            "name": name,
            "land": land(),
            "countries": [(iso, known.get(iso), iso in lit) for iso in countries()],
            "threads": threads,
            "views": views,
            "lit": lit,
        },
    )


def _views(shape, places, lit):
    bounds = {kind: [p.bounds for p in places if p.key in lit and p.kind == kind and p.bounds] for kind in KINDS}
    shown = bounds["country"] if shape == "country" else bounds["hotspot"] or bounds["country"]
    margin = MARGIN[bool(shown)]
    if not shown:
        shown = [country.bounds for country in countries().values()]
    left, top = (min(bounds[n] for bounds in shown) for n in (0, 1))
    right, bottom = (max(bounds[n] for bounds in shown) for n in (2, 3))
    for name, (width, height) in FRAMES[shape].items():
        unit = max((right - left) * margin / width, (bottom - top) * margin / height, CLOSEST / width)
        wide, high = width * unit, height * unit
        yield View(name, (left + right - wide) / 2, (top + bottom - high) / 2, wide, high, unit)


def _laid_out(view, hotspots, known, lit, language):
    layout = Layout(view)
    [(office, point)] = features("office")
    city = _named(office, language)
    words = city if view.name == "narrow" else gettext("%(city)s, IUCN office") % {"city": city}
    layout.add_office(point.x, point.y, Label("office", "office", words))
    for place in sorted(hotspots, key=lambda place: place.key not in lit):
        layout.add(Label("hotspot", place.key, place.title, place), place.woven.middle)
    frame = box(view.left, view.top, view.left + view.width, view.top + view.height)
    for properties, _geometry in sorted(features("country"), key=lambda found: found[0]["iso"] not in lit):
        iso = properties["iso"]
        seen = countries()[iso].intersection(frame)
        if not seen.is_empty:
            place = known.get(iso)
            words = place.title if place else _named(properties, language)
            middle = seen.representative_point()
            inside = (middle.x, middle.y)
            layout.add(Label("country", iso, words, place), inside if iso in lit else None, inside)
    for kind in ("river", "desert", "sea")[: None if view.name == "wide" else 2]:
        for name, words in _names(kind, language).items():
            layout.add(Label(kind, name, words))
    size = MARKER * view.unit
    marker = {"x": f"{point.x - size / 2:.0f}", "y": f"{point.y - size / 2:.0f}", "size": f"{size:.0f}"}
    return view, layout.labels, marker


def also_on_the_map(language):
    """What else has a name on it, for the list beside the map: (kind, names)."""
    return [(heading, list(_names(kind, language).values())) for kind, heading in ALSO.items()]


def _names(kind, language):
    """By English name. A river without a course for its name has none on the map."""
    names = {p["name"]["en"]: _named(p, language) for p, _geometry in features(kind) if "name" in p}
    return {name: words for name, words in names.items() if kind == "office" or name in stored()}


def _named(properties, language):
    return properties["name"].get(language) or properties["name"]["en"]
