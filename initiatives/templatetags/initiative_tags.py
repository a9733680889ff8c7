from django import template
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Window
from django.utils.translation import gettext_lazy as _

from initiatives.choices import Role
from initiatives.models import InitiativeIndexPage, InitiativePage, with_organisations
from initiatives.money import in_words
from initiatives.timeline import Chart
from iucn_ca.frame import frame
from iucn_ca.querysets import site_pages
from regions.models import CountryPage, HotspotPage
from species.models import SpeciesPage

register = template.Library()
MOST_SHOWN = 24


def _chart(context, heading, relate=None):
    """At most MOST_SHOWN rows; `total` says how many there are."""
    locale_id = context["page"].locale_id
    everything = InitiativePage.objects.published(locale_id)
    initiatives = relate(everything).on_common_axis(locale_id) if relate else everything.on_own_axis()
    initiatives = initiatives.for_chart().annotate(total=Window(Count("pk")))
    chart = Chart.of(initiatives[:MOST_SHOWN])
    total = chart.rows[0][0].total if chart else 0
    return {"heading": heading, "chart": chart, "total": total, "shown": min(total, MOST_SHOWN)}


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def all_initiatives(context, heading):
    """With a link to the directory while it is public."""
    pages = frame(context["request"])["pages"]
    directory = next((page.url for page in pages if page.model is InitiativeIndexPage), "")
    return _chart(context, heading) | {"more_url": directory, "more_words": _("All initiatives")}


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def initiatives_at(context, hotspot, heading):
    return _chart(context, heading, lambda found: found.at_hotspot(hotspot))


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def initiatives_in(context, country, heading):
    return _chart(context, heading, lambda found: found.in_country(country))


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def initiatives_on(context, species, heading):
    return _chart(context, heading, lambda found: found.on_species(species))


@register.simple_tag(takes_context=True)
def initiatives_by_role(context, organisation):
    """(role, chart) for every role in which the organisation takes part."""
    locale_id = context["page"].locale_id
    initiatives = InitiativePage.objects.published(locale_id).with_organisation(organisation)
    initiatives = with_organisations(initiatives.for_listing().on_common_axis(locale_id), locale_id)
    by_role = [(role, [i for i in initiatives if i.has_in_role(organisation, role)]) for role in Role]
    return [(role, Chart.of(found)) for role, found in by_role if found]


@register.simple_tag(takes_context=True)
def counted_figures(context):
    """How many public pages there are of each kind, by the name that the home page's figures use."""
    models = {
        CountryPage: "countries",
        HotspotPage: "hotspots",
        SpeciesPage: "species",
        InitiativePage: "initiatives",
    }
    kinds = {kind.pk: models[model] for model, kind in ContentType.objects.get_for_models(*models).items()}
    pages = site_pages().published(context["page"].locale_id).filter(content_type__in=kinds).order_by()
    counts = pages.values_list("content_type").annotate(Count("pk"))
    return [(kinds[kind], number) for kind, number in counts]


@register.simple_tag
def figure(number):
    """“1 million”, “50,000”."""
    return in_words(number)
