import re

from django import template
from django.utils.html import format_html, format_html_join

from species.models import SpeciesPage

register = template.Library()
MOST_SHOWN = 24
MOST_OTHERS = 5


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
def other_species(context, species, heading):
    others = SpeciesPage.objects.published(context["page"].locale_id).exclude(pk=species.pk)
    return {"heading": heading, "species": list(others.for_listing()[:MOST_OTHERS])}


@register.simple_tag(takes_context=True)
def species_in(context, country):
    """Those of a country, for its key facts and for the list of them."""
    published = SpeciesPage.objects.published(context["page"].locale_id)
    return list(published.in_country(country).for_listing()[:MOST_SHOWN])


@register.filter
def as_sentence(text):
    text = str(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


@register.filter
def with_names_of(text, species):
    """The text as HTML, with the scientific names of this page in the italics of such names."""
    names = sorted({species.red_list_taxon, species.scientific_name} - {""}, key=len, reverse=True)
    if not names:
        return text
    # “Equus hemionus kulan” is also written “Equus hemionus ssp. kulan”.
    patterns = (r"\s(?:(?:ssp|subsp|var)\.\s)?".join(map(re.escape, name.split())) for name in names)
    parts = re.split(rf"\b({'|'.join(patterns)})\b", str(text))
    parts[1::2] = [format_html('<i lang="la">{}</i>', name) for name in parts[1::2]]
    return format_html_join("", "{}", ((part,) for part in parts))
