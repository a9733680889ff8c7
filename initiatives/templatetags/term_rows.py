from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from initiatives.money import Money

register = template.Library()


class Facts(NamedTuple):
    """All that a row of the term chart says of an initiative, and on which day in which language."""

    url: str
    title: str
    start_year: int
    end_year: int
    term: str
    budget: Money | None
    today: date
    language: str


@register.simple_tag
def term_row(initiative, bar, axis):
    facts = (getattr(initiative, name) for name in Facts._fields[:-2])
    return _row(Facts(*facts, timezone.localdate(), get_language()), bar, axis)


@register.simple_tag
def term_axis(axis):
    return _axis(axis, timezone.localdate(), get_language())


@lru_cache(maxsize=100)
def _axis(axis, today, language):
    return render_to_string("components/term_axis.html", {"axis": axis})


@lru_cache(maxsize=1000)
def _row(initiative, bar, axis):
    """The same row stands in the chart of each place, species and organisation of an initiative."""
    return render_to_string("components/term_row.html", {"initiative": initiative, "bar": bar, "axis": axis})
