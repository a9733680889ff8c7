from django import template

from species.models import SpeciesPage

register = template.Library()
MOST_SHOWN = 24


def _section(context, heading, species):
    return {"heading": heading, "species": list(species.for_listing()[:MOST_SHOWN])}


@register.inclusion_tag("components/species_lead.html", takes_context=True)
def lead_species(context, heading):
    return _section(context, heading, SpeciesPage.objects.published(context["page"].locale_id))


@register.inclusion_tag("components/species_section.html", takes_context=True)
def species_at(context, hotspot, heading):
    published = SpeciesPage.objects.published(context["page"].locale_id)
    return _section(context, heading, published.at_hotspot(hotspot))


@register.inclusion_tag("components/species_section.html", takes_context=True)
def species_in(context, country, heading):
    published = SpeciesPage.objects.published(context["page"].locale_id)
    return _section(context, heading, published.in_country(country))
