import re
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language

from iucn_ca.frame import frame
from iucn_ca.kept import kept_in_process
from iucn_ca.shown import Shown
from regions.querysets import pages_by_relation
from species.models import SpeciesIndexPage, SpeciesPage
from species.terms import touched

register = template.Library()
MOST_SHOWN = 24
MOST_OTHERS = 5


def _section(heading, species, more_url=""):
    """With a way on to the index where not all of them are shown."""
    found = list(species.for_listing()[: MOST_SHOWN + 1])
    more_url = more_url if len(found) > MOST_SHOWN else ""
    return {"heading": heading, "species": found[:MOST_SHOWN], "more_url": more_url}


@kept_in_process
def _first_species(locale_id):
    """In the order of the page tree."""
    return list(SpeciesPage.objects.published(locale_id).for_listing()[:MOST_SHOWN])


def _index_with(context, **choice):
    """The address of the species index with this filter, or nothing while it is not public."""
    pages = frame(context["request"])["pages"]
    index_url = next((page.url for page in pages if page.model is SpeciesIndexPage), "")
    return index_url and f"{index_url}?{urlencode(choice)}"


LOOKS = ("url", "title", "scientific_name", "red_list_category", "red_list_taxon", "red_list_year", "red_list_words")


@register.simple_tag
def species_row(species):
    looks = tuple(getattr(species, name) for name in LOOKS)
    return _row(Shown(species, (*looks, species.picture and species.picture.as_shown)), get_language())


@lru_cache(maxsize=500)
def _row(species, language):
    """The same row stands on the pages of its hotspots, countries and other species."""
    return render_to_string("components/species_row.html", {"species": species.record})


@register.inclusion_tag("components/species_lead.html", takes_context=True)
def lead_species(context, heading):
    return {"heading": heading, "species": _first_species(context["page"].locale_id)}


@register.inclusion_tag("components/species_section.html", takes_context=True)
def species_at(context, hotspot, heading):
    published = SpeciesPage.objects.published(context["page"].locale_id)
    return _section(heading, published.at_hotspot(hotspot), _index_with(context, hotspot=hotspot.slug))


@register.inclusion_tag("components/species_section.html", takes_context=True)
def other_species(context, species, heading):
    others = [other for other in _first_species(context["page"].locale_id) if other.pk != species.pk]
    return {"heading": heading, "species": others[:MOST_OTHERS]}


@register.simple_tag(takes_context=True)
def species_in(context, country):
    """Those of a country, for its key facts and for the section of them."""
    published = SpeciesPage.objects.published(context["page"].locale_id)
    more_url = _index_with(context, country=country.slug) if country.live else ""
    return _section("", published.in_country(country), more_url)


@register.simple_tag(takes_context=True)
def terms_and_what_they_touch(context):
    ecosystems, threats = touched(context["page"].locale_id)
    return {"ecosystems": ecosystems, "threats": threats}


@register.simple_tag(takes_context=True)
def species_by_place(context):
    """(title, address, translation keys of hotspots and range countries) of each, for the map of the region."""
    index = next((page for page in frame(context["request"])["pages"] if page.model is SpeciesIndexPage), None)
    return _by_place(context["page"].locale_id, index.url) if index else []


@kept_in_process
def _by_place(locale_id, index_url):
    published = SpeciesPage.objects.published(locale_id)
    species = {}
    at_hotspots, in_countries = pages_by_relation(published, {"hotspots": {}, "range_countries": {}}, "title", "slug")
    for _relation, key, title, slug in at_hotspots.union(in_countries, all=True):
        species.setdefault((title, f"{index_url}{slug}/"), []).append(key)
    return [(title, url, frozenset(keys)) for (title, url), keys in sorted(species.items())[:MOST_SHOWN]]


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
