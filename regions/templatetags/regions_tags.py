from django import template
from django.utils.formats import number_format

from iucn_ca.frame import frame
from regions.choices import Measure
from regions.models import HotspotPage, RegionPage
from regions.querysets import all_hotspots

register = template.Library()
MOST_ON_HOME = 12


@register.simple_tag(takes_context=True)
def public_hotspots(context):
    """Those that the home page has room for."""
    return all_hotspots(HotspotPage, context["page"].locale_id)[:MOST_ON_HOME]


@register.simple_tag(takes_context=True)
def region_address(context):
    """The address of the region page, or nothing while it is not public."""
    pages = frame(context["request"])["pages"]
    return next((page.url for page in pages if page.model is RegionPage), "")


@register.simple_tag
def measure(value):
    """A figure of a hotspot: what it measures, and the number with its unit."""
    kind = Measure(value["measure"])
    number = number_format(value["value"].normalize(), force_grouping=True)
    shown = {"label": kind.label, "value": f"{number}\N{NO-BREAK SPACE}{kind.unit}"}
    return shown | {name: value[name] for name in ("scope", "source", "source_url")}
