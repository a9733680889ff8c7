from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language

from iucn_ca.generation import today
from iucn_ca.shown import Shown

register = template.Library()
LOOKS = ("url", "title", "start_year", "end_year", "budget")


@register.simple_tag
def term_row(initiative, bar, axis):
    looks = tuple(getattr(initiative, name) for name in LOOKS)
    return _row(Shown(initiative, looks), bar, axis, today(), get_language())


@lru_cache(maxsize=500)
def _row(initiative, bar, axis, today, language):
    """The same row stands in the charts of the places, species and organisations of an initiative."""
    return render_to_string("components/term_row.html", {"initiative": initiative.record, "bar": bar, "axis": axis})


@register.simple_tag
def initiative_row(initiative, bar, axis):
    looks = tuple(getattr(initiative, name) for name in (*LOOKS, "summary", "group"))
    picture = initiative.picture or initiative.scene
    parts = [(part.role, part.short_name, part.wording, part.programme) for part in initiative.shown_participations]
    shown = Shown(initiative, (*looks, picture and picture.as_shown, *parts))
    return _whole_row(shown, bar, axis, today(), get_language())


@lru_cache(maxsize=500)
def _whole_row(initiative, bar, axis, today, language):
    """The same row stands in the directory under many filters and orders."""
    return render_to_string(
        "components/initiative_row.html", {"initiative": initiative.record, "bar": bar, "axis": axis}
    )


@register.simple_tag
def term_axis(axis):
    return _axis(axis, today(), get_language())


@lru_cache(maxsize=100)
def _axis(axis, today, language):
    return render_to_string("components/term_axis.html", {"axis": axis})
