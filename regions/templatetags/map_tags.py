from django import template
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from iucn_ca.frame import frame
from regions.map import MOST_HOTSPOTS, also_on_the_map, drawing, is_drawn
from regions.models import RegionPage
from regions.querysets import all_places

register = template.Library()


def _places(context):
    """Each hotspot and country of the region, or nothing while it is not public."""
    is_public = any(page.model is RegionPage for page in frame(context["request"])["pages"])
    return all_places(context["request"], context["page"].locale_id) if is_public else ()


def _map(context, shape, name, places, lit=()):
    svg = drawing(shape, places, tuple(lit), str(name), get_language())
    return {"shape": shape, "drawing": svg, "note": frame(context["request"])["map_note"]}


@register.inclusion_tag("components/region_map.html", takes_context=True)
def region_map(context, initiatives, species):
    """The whole region.

    Initiatives come by the translation key of a place, as the first (title, address) and their number; species as
    (title, address, translation keys of their places).
    """
    places = _places(context)
    drawn = is_drawn(places, ())
    hotspots = [place for place in places if place.kind == "hotspot"]
    countries = [place for place in places if place.kind == "country"]
    groups = [
        (heading, [(place, *initiatives.get(place.translation_key, ([], 0))) for place in listed])
        for heading, listed in [(_("Hotspots"), hotspots[:MOST_HOTSPOTS]), (_("Countries"), countries)]
    ]
    keys = {place.key for place in [*hotspots[:MOST_HOTSPOTS], *countries]}
    listed = [place for place in places if place.key in keys]
    lights = [
        (title, url, " ".join(place.key for place in listed if place.translation_key in found))
        for title, url, found in species
    ]
    return _map(context, "region", gettext("Map of Central Asia"), places) | {
        "groups": [group for group in groups if group[1]],
        "species": lights,
        "also": also_on_the_map(get_language()),
        "left_out": len(hotspots) - len(drawn) if len(hotspots) > len(drawn) > 0 else 0,
        "drawn": len(drawn),
        "unlisted": len(places) - len(listed),
        "total": len(hotspots),
    }


@register.inclusion_tag("components/region_map.html", takes_context=True)
def map_of(context, shape, hotspots=(), countries=(), hotspot=None, country=None):
    """The part of the map round these places of a page, lit up."""
    countries = [country] if country else countries
    # In an order, and of hundreds each is found at once.
    lit = dict.fromkeys([*(country.code for country in countries), *(place.key for place in hotspots)])
    if hotspot:
        lit[hotspot.slug] = None
    places = _places(context)
    drawn = is_drawn(places, lit) | {place.key for place in places if place.kind == "country" and place.bounds}
    shown = [place.title for place in places if place.key in lit and place.key in drawn]
    if not shown:
        return {}
    name = gettext("Map: %(places)s") % {"places": ", ".join(shown)}
    return _map(context, shape, name, places, lit) | {"lit": shown}
