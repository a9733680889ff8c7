"""Where names stand on a map: at their stored places, beside them where two would touch, or not at all."""

import json
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import dist
from pathlib import Path

from .projection import project

# CSS pixels at the size for which a view is laid out, and how wide and high letters are on average.
SIZES = {"wide": 12.5, "narrow": 11}
LARGER = {"hotspot": 1.1, "desert": 1.1, "sea": 1.05, "river": 1.05}
NARROW, WIDE = set("fijlrtI-.,' "), set("mwMWжмфшщыюЖМФШЩЫЮ")
LINE = 1.2
# Longer names of hotspots stand in two lines.
ONE_LINE = {"wide": 14, "narrow": 11}
MARKER = 8
# Units from the middle of an outline, from where on a stored place is not its own.
FAR = 450
# Where else a name is tried, in widths and heights of itself.
NEARBY = [(0, 0), (0, -1), (0, 1), (-0.35, 0), (0.35, 0), (-0.35, 1), (0.35, 1), (-0.35, -1), (0.35, -1)]


@dataclass(frozen=True)
class View:
    """A part of the map, laid out for a size in CSS pixels: a wide and a narrow one, each with labels of its own."""

    name: str
    left: float
    top: float
    width: float
    height: float
    unit: float  # units of the map to a pixel

    @property
    def box(self):
        return f"{self.left:.0f} {self.top:.0f} {self.width:.0f} {self.height:.0f}"

    @property
    def size(self):
        return SIZES[self.name] * self.unit

    @property
    def font_size(self):
        return f"{self.size:.1f}"


@dataclass(frozen=True)
class Label:
    kind: str
    key: str
    words: str
    place: object = None
    lines: tuple = ()
    x: int = 0
    anchor: str = "middle"
    course: str = ""
    leader: str = ""

    @property
    def rows(self):
        """(line, x, y), as SVG takes them."""
        return [(line, str(self.x), str(y)) for line, y in self.lines]


def _letters(words):
    """The width of these words in ems, rather too wide than too narrow; deserts and rivers are set wider."""
    return 1.08 * sum(0.32 if letter in NARROW else 0.82 if letter in WIDE else 0.56 for letter in words)


@cache
def stored():
    return json.loads((Path(__file__).parent / "labels.json").read_text())


class Layout:
    """Takes the names of a view one after the other; what has a place keeps it."""

    def __init__(self, view):
        self.view, self.labels, self.taken = view, [], []

    def mark(self, x, y):
        """The square of the office: no name stands on it."""
        half = MARKER * self.view.unit / 2
        self.taken.append((x - half, y - half, x + half, y + half))

    def add(self, label, default=None, inside=None):
        """`default` is where the name stands if no place is stored; `inside` where a line to it would end."""
        places = stored().get(label.key, {})
        if "course" in places:
            course = places.get(f"{self.view.name}_course", places["course"])
            self._along([project(*point) for point in course], label)
            return
        outside = self.view.name == "narrow" and places.get("outside")
        anchors = [project(*places[name]) for name in (self.view.name, "wide") if name in places]
        if label.kind == "hotspot":  # Staff may have moved its outline.
            anchors = [anchor for anchor in anchors if dist(anchor, default) < FAR]
        label = replace(label, lines=self._lines(label))
        tries = [(anchor, inside if outside and not n else None) for n, anchor in enumerate(anchors)]
        any(self._beside(anchor, label, end) for anchor, end in [*tries, *([(default, None)] if default else [])])

    def add_office(self, x, y, label):
        self.mark(x, y)
        gap = 1.2 * MARKER * self.view.unit
        label = replace(label, lines=(label.words,))
        sides = [("end", -gap, 0), ("start", gap, 0), ("middle", 0, -1.6 * gap), ("middle", 0, 1.6 * gap)]
        any(self._put(replace(label, anchor=anchor), x + dx, y + dy) for anchor, dx, dy in sides)

    def _lines(self, label):
        words = label.words.split()
        if label.kind != "hotspot" or len(label.words) <= ONE_LINE[self.view.name] or len(words) == 1:
            return (label.words,)
        cuts = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
        return min(cuts, key=lambda cut: max(map(len, cut)))

    def _size(self, label):
        return self.view.size * LARGER.get(label.kind, 1)

    def _beside(self, anchor, label, inside):
        size = self._size(label)
        width = max(map(_letters, label.lines)) * size
        x, y = anchor
        view = self.view
        if not (view.left < x < view.left + view.width and view.top < y < view.top + view.height):
            return False
        return any(self._put(label, x + dx * width, y + dy * LINE * size, inside) for dx, dy in NEARBY)

    def _put(self, label, x, y, inside=None):
        size = self._size(label)
        width = max(map(_letters, label.lines)) * size
        half = len(label.lines) * LINE * size / 2
        left = x - width * {"start": 0, "middle": 0.5, "end": 1}[label.anchor]
        box = (left, y - half, left + width, y + half)
        if not self._is_free(box):
            return False
        self.taken.append(box)
        leader = ""
        if inside:
            end_x = min(max(inside[0], box[0]), box[2])
            end_y = min(max(inside[1], box[1]), box[3])
            leader = f"M{inside[0]:.0f} {inside[1]:.0f}L{end_x:.0f} {end_y:.0f}"
        first = y - (len(label.lines) - 1) * LINE * size / 2 + 0.34 * size
        lines = tuple((line, round(first + n * LINE * size)) for n, line in enumerate(label.lines))
        self.labels.append(replace(label, lines=lines, x=round(x), leader=leader))
        return True

    def _along(self, course, label):
        """On a curve that bends toward the middle of three points, the name in its middle."""
        (ax, ay), (mx, my), (bx, by) = course
        cx, cy = 2 * mx - (ax + bx) / 2, 2 * my - (ay + by) / 2
        weights = [((1 - t) ** 2, 2 * t * (1 - t), t * t) for t in (n / 40 for n in range(41))]
        curve = [(a * ax + c * cx + b * bx, a * ay + c * cy + b * by) for a, c, b in weights]
        size = self._size(label)
        long = _letters(label.words) * size
        lengths = [dist(*pair) for pair in pairwise(curve)]
        start, end, walked, boxes = (sum(lengths) - long) / 2, (sum(lengths) + long) / 2, 0, []
        for (x, y), length in zip(curve, [*lengths, 0], strict=True):
            if start <= walked <= end:
                boxes.append((x - 0.45 * size, y - 0.8 * size, x + 0.45 * size, y + 0.3 * size))
            walked += length
        if start >= 0 and all(map(self._is_free, boxes)):
            self.taken += boxes
            course = f"M{ax:.0f} {ay:.0f}Q{cx:.0f} {cy:.0f} {bx:.0f} {by:.0f}"
            self.labels.append(replace(label, course=course))

    def _is_free(self, box):
        view, gap = self.view, 2 * self.view.unit
        left, top, right, bottom = box
        return (
            view.left + gap <= left
            and right <= view.left + view.width - gap
            and view.top + gap <= top
            and bottom <= view.top + view.height - gap
            and all(
                right + gap <= other[0] or other[2] + gap <= left or bottom <= other[1] or other[3] <= top
                for other in self.taken
            )
        )
