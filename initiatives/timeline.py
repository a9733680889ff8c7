"""Geometry of the term chart: years as entered, both whole, in per cent of the axis."""

from calendar import isleap
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import format_html_join

from iucn_ca import generation

from .choices import Basis, Group

MOST_LABELS = 14
# A bar that ends beyond this leaves no room for its years behind it: they stand before it.
LABEL_BEHIND_UNTIL = 84


def per_cent(number):
    return f"{number:.2f}%"


@dataclass(frozen=True)
class Axis:
    first: int
    last: int

    @classmethod
    def over(cls, years):
        return cls(min(years), max(years)) if years else None

    @classmethod
    def of(cls, initiative, common):
        """The axis that all have in common, longer where this one is not public yet and needs it."""
        start, end = initiative.start_year, initiative.end_year
        if common is None:
            return cls(start, end)
        if common.first <= start and end <= common.last:
            return common
        return cls(min(start, common.first), max(end, common.last))

    def position(self, moment):
        return 100 * (moment - self.first) / (self.last + 1 - self.first)

    @cached_property
    def years(self):
        """(year, position) of every hairline, the years in between left without a label where they are many."""
        step = -(-(self.last + 1 - self.first) // MOST_LABELS)
        return [(year, per_cent(self.position(year))) for year in range(self.first, self.last + 1, step)]

    @cached_property
    def hairlines(self):
        """The years' lines are the same in every bar: they are drawn once."""
        line = '<line class="term-bar__year" x1="{}" x2="{}" y1="0" y2="100%"/>'
        return format_html_join("", line, ((x, x) for _, x in self.years))

    @cached_property
    def today(self):
        """Where today's line stands, or nothing when the axis does not reach it."""
        day = generation.today()
        moment = day.year + (day.timetuple().tm_yday - 1) / (366 if isleap(day.year) else 365)
        return per_cent(self.position(moment)) if self.first <= day.year <= self.last else ""


@dataclass(frozen=True)
class Bar:
    start: str
    width: str
    end: str
    look: str
    label_before: bool
    share: bool

    @classmethod
    def of(cls, initiative, axis):
        start, end = axis.position(initiative.start_year), axis.position(initiative.end_year + 1)
        return cls(
            start=per_cent(start),
            width=per_cent(end - start),
            end=per_cent(end),
            look="active" if initiative.group == Group.CURRENT else "closed",
            label_before=end > LABEL_BEHIND_UNTIL,
            share=initiative.budget_basis == Basis.IUCN_SHARE,
        )


@dataclass(frozen=True)
class Chart:
    """Initiatives on one axis."""

    axis: Axis
    rows: list
    in_groups: bool

    @classmethod
    def of(cls, initiatives, axis, in_groups=True):
        rows = [(initiative, Bar.of(initiative, axis)) for initiative in initiatives]
        return cls(axis, rows, in_groups) if rows else None

    @cached_property
    def groups(self):
        """(heading, rows) as the office groups them, without empty groups; or all rows in the order at hand."""
        if not self.in_groups:
            return [("", self.rows)]
        groups = [(group.label, [row for row in self.rows if row[0].group == group]) for group in Group]
        return [(heading, rows) for heading, rows in groups if rows]

    @property
    def has_share(self):
        return any(bar.share for _, bar in self.rows)
