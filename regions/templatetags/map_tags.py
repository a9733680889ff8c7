from django import template
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from iucn_ca.caching import kept_in_process
from iucn_ca.frame import frame
from regions.map import MOST_HOTSPOTS, Place, also_on_the_map, drawing, is_drawn
from regions.models import RegionPage
from regions.querysets import places_beneath

register = template.Library()


def _places(context):
    """(place, translation key) of each hotspot and country of the region, or nothing while it is not public."""
    around = frame(context["request"])
    region = next((page for page in around["pages"] if page.model is RegionPage), None)
    return _places_beneath(region, context["page"].locale_id) if region else []


@kept_in_process
def _places_beneath(region, locale_id):
    return [
        (Place("country", code, title, f"{region.url}{slug}/"), country_key)
        if code
        else (Place("hotspot", slug, title, f"{region.url}{slug}/", outline), key)
        for title, slug, key, outline, code, country_key in places_beneath(region.path, locale_id)
    ]


def _map(context, shape, name, places, lit=()):
    svg = drawing(shape, tuple(places), tuple(lit), str(name), get_language())
    return {"shape": shape, "drawing": svg, "note": frame(context["request"])["map_note"]}


@register.inclusion_tag("components/region_map.html", takes_context=True)
def region_map(context, initiatives, species):
    """The whole region.

    Initiatives come by the translation key of a place, as the first (title, address) and their number; species as
    (title, address, translation keys of their places).
    """
    keyed = _places(context)
    places = [place for place, key in keyed]
    drawn = is_drawn(places, ())
    hotspots = [key for place, key in keyed if place.kind == "hotspot"]
    unlisted = set(hotspots[MOST_HOTSPOTS:])
    listed = [(place, key) for place, key in keyed if key not in unlisted]
    groups = [
        (heading, [(place, *initiatives.get(key, ([], 0))) for place, key in listed if place.kind == kind])
        for kind, heading in [("hotspot", _("Hotspots")), ("country", _("Countries"))]
    ]
    lights = [
        (title, url, " ".join(place.key for place, key in listed if key in found)) for title, url, found in species
    ]
    return _map(context, "region", gettext("Map of Central Asia"), places) | {
        "groups": [group for group in groups if group[1]],
        "species": lights,
        "choices": drawn | {place.key for place in places if place.kind == "country"},
        "also": also_on_the_map(get_language()),
        "left_out": len(hotspots) - len(drawn) if len(hotspots) > len(drawn) > 0 else 0,
        "drawn": len(drawn),
        "unlisted": len(unlisted),
        "total": len(hotspots),
    }


@register.inclusion_tag("components/region_map.html", takes_context=True)
def map_of(context, shape, hotspots=(), countries=(), hotspot=None, country=None):
    """The part of the map round these places of a page, lit up."""
    hotspots = [hotspot] if hotspot else hotspots
    countries = [country] if country else countries
    lit = [*(country.code for country in countries), *(hotspot.slug for hotspot in hotspots)]
    places = [place for place, key in _places(context)]
    shown = [place.title for place in places if place.key in lit and place.bounds]
    if not shown:
        return {}
    name = gettext("Map: %(places)s") % {"places": ", ".join(shown)}
    return _map(context, shape, name, places, lit) | {"lit": shown}
