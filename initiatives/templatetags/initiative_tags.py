from collections import defaultdict
from heapq import nsmallest

from django import template
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from initiatives.choices import Group, Role
from initiatives.directory import FILE
from initiatives.exports.writers import FORMATS
from initiatives.models import InitiativeIndexPage, InitiativePage, OrganisationPage
from initiatives.money import Totals, in_words, sum_in_cents
from initiatives.querysets import in_order
from initiatives.timeline import Chart
from iucn_ca.frame import frame
from iucn_ca.kept import kept_in_process
from iucn_ca.querysets import site_pages
from regions.map import MOST_LISTED
from regions.models import CountryPage, HotspotPage
from regions.querysets import pages_by_relation
from species.models import SpeciesPage

register = template.Library()
MOST_SHOWN = 24


def _chart(heading, initiatives, axis, total):
    """At most MOST_SHOWN rows of them."""
    return {"heading": heading, "chart": Chart.of(initiatives, axis), "total": total, "shown": min(total, MOST_SHOWN)}


def _chart_of(context, heading, relation, record):
    """Of those that share this record, a place or a species; without one of all."""
    order = in_order(InitiativePage, context["page"].locale_id)
    ids = order.sharing.get((relation, record.translation_key), []) if record else order.ids
    first = InitiativePage.objects.filter(pk__in=ids[:MOST_SHOWN]).for_chart()
    return _chart(heading, sorted(first, key=lambda page: order.numbers[page.pk]), order.axis, len(ids))


def _directory_url(context):
    """The address of the directory, or nothing while it is not public."""
    pages = frame(context["request"])["pages"]
    return next((page.url for page in pages if page.model is InitiativeIndexPage), "")


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def all_initiatives(context, heading):
    """With a link to the directory while it is public."""
    chart = _chart_of(context, heading, "", None)
    return chart | {"more_url": _directory_url(context), "more_words": _("All initiatives")}


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def initiatives_at(context, hotspot, heading):
    return _chart_of(context, heading, "hotspots", hotspot)


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def initiatives_in(context, country, heading):
    directory = _directory_url(context)
    # The filter knows only what is public.
    more_url = f"{directory}?country={country.slug}" if directory and country.live else ""
    return _chart_of(context, heading, "countries", country) | {
        "more_url": more_url,
        "more_words": _("In the directory"),
    }


@register.inclusion_tag("components/term_chart.html", takes_context=True)
def initiatives_on(context, species, heading):
    return _chart_of(context, heading, "species", species)


@register.simple_tag(takes_context=True)
def organisations_in(context, country):
    published = OrganisationPage.objects.published(context["page"].locale_id)
    return list(published.in_country(country).order_by("title").listed())


@register.simple_tag(takes_context=True)
def initiatives_by_place(context):
    """For the map, by the translation key of a hotspot or country: the first (title, address) and their number."""
    directory = _directory_url(context)
    return _by_place(context["page"].locale_id, directory) if directory else {}


@kept_in_process
def _by_place(locale_id, directory):
    published = InitiativePage.objects.published(locale_id)
    by_place = defaultdict(list)
    fields = ("title", "slug", "group", "start_year", "end_year")
    at_hotspots, in_countries = pages_by_relation(published, {"hotspots": {}, "countries": {}}, *fields)
    for _relation, key, *initiative in at_hotspots.union(in_countries, all=True):
        by_place[key].append(initiative)
    return {
        key: (
            [(title, f"{directory}{slug}/") for title, slug, *_ in nsmallest(MOST_LISTED, found, _office_order)],
            len(found),
        )
        for key, found in by_place.items()
    }


def _office_order(initiative):
    title, _slug, group, start_year, end_year = initiative
    return group != Group.CURRENT, -start_year, -end_year, title


@register.simple_tag(takes_context=True)
def initiatives_by_role(context, organisation):
    """What to show of each role in which the organisation takes part: its term chart, totals and way on."""
    key, locale_id = organisation.translation_key, context["page"].locale_id
    groups = _added_up_by_role(key, locale_id)
    directory = _directory_url(context)
    axis = in_order(InitiativePage, locale_id).axis
    shown = []
    for role in Role:
        groups_of_role = [group for group in groups if group[role]]
        if groups_of_role:
            names = ("budget_currency", "budget_basis", "cents", "number")
            totals = Totals.from_groups(tuple(group[name] for name in names) for group in groups_of_role)
            chart = _chart_of_role(key, role, locale_id, axis, totals.initiatives)
            more = f"{directory}?{role}={organisation.slug}" if directory else ""
            shown.append(chart | {"totals": totals, "more_url": more, "more_words": _("In the directory")})
    return shown


@kept_in_process
def _chart_of_role(key, role, locale_id, axis, total):
    initiatives = InitiativePage.objects.published(locale_id).with_organisation(key, role)
    return _chart(role.heading, initiatives.in_office_order().for_chart()[:MOST_SHOWN], axis, total)


@kept_in_process
def _added_up_by_role(key, locale_id):
    published = InitiativePage.objects.published(locale_id)
    roles = {role: Exists(published.filter(pk=OuterRef("pk")).with_organisation(key, role)) for role in Role}
    grouped = published.annotate(**roles).values("budget_currency", "budget_basis", *roles).order_by()
    return list(grouped.annotate(cents=sum_in_cents(), number=Count("pk")))


@register.simple_tag(takes_context=True)
def organisation_files(context, organisation):
    """(format, address) of the organisation's initiatives, in whatever role."""
    directory = _directory_url(context)
    files = [(name.upper(), f"{directory}{FILE}{name}?organisation={organisation.slug}") for name in FORMATS]
    return files if directory else []


@register.simple_tag(takes_context=True)
def counted_figures(context):
    """How many public pages there are of each kind, by the name that the home page's figures use."""
    return _numbers(context["page"].locale_id)


@kept_in_process
def _numbers(locale_id):
    models = {
        CountryPage: "countries",
        HotspotPage: "hotspots",
        SpeciesPage: "species",
        InitiativePage: "initiatives",
    }
    kinds = {kind.pk: models[model] for model, kind in ContentType.objects.get_for_models(*models).items()}
    pages = site_pages().published(locale_id).filter(content_type__in=kinds).order_by()
    counts = pages.values_list("content_type").annotate(Count("pk"))
    return [(kinds[kind], number) for kind, number in counts]


@register.simple_tag
def figure(number):
    """“1 million”, “50,000”."""
    return in_words(number)
