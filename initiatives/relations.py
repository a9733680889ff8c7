"""What initiatives are related to, as a visitor may see it: public records only, in the language at hand."""

from collections import defaultdict

from django.db.models import BooleanField, ExpressionWrapper, Q

from iucn_ca.kept import kept_in_process
from iucn_ca.querysets import site_pages, text
from regions.models import HotspotPage
from regions.querysets import shown_terms

from .organisations import OrganisationPage

RELATIONS = ("countries", "themes", "hotspots", "species")


def with_scenes(initiatives):
    """The same, each that has no picture with its first hotspot's as `scene`."""
    without = [initiative for initiative in initiatives if not initiative.picture_id]
    if without:
        rows = type(without[0]).hotspots.through.objects.filter(initiativepage__in=without)
        public = HotspotPage.objects.live().public().exclude(picture=None)
        rows = rows.filter(hotspotpage__in=public.values("pk")).order_by("-hotspotpage__path")
        first = {row.initiativepage_id: row.hotspotpage.picture for row in rows.select_related("hotspotpage__picture")}
        for initiative in without:
            initiative.scene = first.get(initiative.pk)
    return initiatives


@kept_in_process
def _organisations(locale_id):
    """The public one for the record of it in whichever language, by the id of that record."""
    published = OrganisationPage.objects.published(locale_id).values("pk")
    pages = OrganisationPage.objects.annotate(is_shown=ExpressionWrapper(Q(pk__in=published), BooleanField()))
    pages = list(pages.listed("slug", "acronym", "translation_key", "visibility_sentence", pictures=["logo"]))
    shown = {page.translation_key: page for page in pages if page.is_shown}
    return {page.pk: shown[page.translation_key] for page in pages if page.translation_key in shown}


def with_organisations(initiatives, locale_id):
    """These initiatives as a list, each with the participations whose organisation is public."""
    initiatives, shown = list(initiatives), _organisations(locale_id)
    for initiative in initiatives:
        parts = [part for part in initiative.participations.all() if part.organisation_id in shown]
        for part in parts:
            part.shown_organisation = shown[part.organisation_id]
        initiative.shown_participations = parts
    return initiatives


def with_relations(initiatives, locale_id):
    """The same, each also with `related`: terms and pages by the name of the relation, by name.

    As many queries for many initiatives as for one.
    """
    initiatives = with_organisations(initiatives, locale_id)
    if not initiatives:
        return []
    fields = [initiatives[0]._meta.get_field(name) for name in RELATIONS]
    found = list(_keys(fields, [initiative.pk for initiative in initiatives]))
    keys = {key for _, _, key in found}
    pages = site_pages().published(locale_id).filter(translation_key__in=keys).listed("slug", "translation_key")
    records = {page.translation_key: page for page in pages}
    countries, themes = (field.related_model.objects.published(locale_id) for field in fields[:2])
    countries = countries.filter(translation_key__in=keys)
    for rows in shown_terms(countries, themes=themes.filter(translation_key__in=keys)).values():
        records |= {row.translation_key: row for row in rows}
    related = defaultdict(list)
    for name, page_id, key in found:
        if key in records:
            related[page_id, name].append(records[key])
    for initiative in initiatives:
        initiative.related = {name: sorted(related[initiative.pk, name], key=str) for name in RELATIONS}
    return initiatives


def _keys(fields, page_ids):
    """(relation, id of the initiative, translation key) of all that these initiatives are related to."""
    rows = [
        field.remote_field.through.objects.filter(initiativepage__in=page_ids).values_list(
            text(field.name),
            "initiativepage_id",
            f"{field.m2m_reverse_field_name()}__translation_key",
        )
        for field in fields
    ]
    return rows[0].union(*rows[1:])
