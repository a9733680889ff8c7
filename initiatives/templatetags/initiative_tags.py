from django import template
from django.db.models import CharField, Count, Value, Window
from django.utils.formats import number_format

from initiatives.models import InitiativePage
from regions.models import CountryPage, HotspotPage
from species.models import SpeciesPage

register = template.Library()
MOST_SHOWN = 24


def _section(context, heading, relate=lambda initiatives: initiatives):
    """Titles with their terms, at most MOST_SHOWN; `total` says how many there are."""
    initiatives = relate(InitiativePage.objects.published(context["page"].locale_id))
    shown = initiatives.in_office_order().defer("body").annotate(total=Window(Count("pk")))[:MOST_SHOWN]
    return {"heading": heading, "initiatives": list(shown)}


@register.inclusion_tag("components/initiative_terms.html", takes_context=True)
def all_initiatives(context, heading):
    return _section(context, heading)


@register.inclusion_tag("components/initiative_terms.html", takes_context=True)
def initiatives_at(context, hotspot, heading):
    return _section(context, heading, lambda found: found.at_hotspot(hotspot))


@register.inclusion_tag("components/initiative_terms.html", takes_context=True)
def initiatives_in(context, country, heading):
    return _section(context, heading, lambda found: found.in_country(country))


@register.inclusion_tag("components/initiative_terms.html", takes_context=True)
def initiatives_on(context, species, heading):
    return _section(context, heading, lambda found: found.on_species(species))


@register.simple_tag(takes_context=True)
def counted_figures(context):
    """How many public pages there are of each kind, by the name that the home page's figures use."""
    kinds = {
        "countries": CountryPage,
        "hotspots": HotspotPage,
        "species": SpeciesPage,
        "initiatives": InitiativePage,
    }
    counts = [
        model.objects.published(context["page"].locale_id)
        .order_by()
        .values(kind=Value(name, output_field=CharField()))
        .annotate(number=Count("pk"))
        .values_list("kind", "number")
        for name, model in kinds.items()
    ]
    return list(counts[0].union(*counts[1:]))


@register.simple_tag
def figure(number):
    """“1,000,000” without needless decimals."""
    return number_format(number.normalize(), force_grouping=True)
