"""What initiatives are related to, as a visitor may see it: public records only, in the language at hand."""

from collections import defaultdict

from django.db.models import OuterRef, Subquery

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


def with_organisations(initiatives, locale_id, *fields, pictures=()):
    """These initiatives as a list, each with the participations whose organisation is public."""
    entered_with = [(initiative, list(initiative.participations.all())) for initiative in initiatives]
    entered = {part.organisation_id for _, parts in entered_with for part in parts}
    english = site_pages().filter(pk__in=entered)
    entered_id = english.filter(translation_key=OuterRef("translation_key")).values("pk")[:1]
    public = OrganisationPage.objects.published(locale_id).standing_for(english)
    public = public.listed("slug", "acronym", "translation_key", *fields, pictures=pictures)
    shown = {page.entered_id: page for page in public.annotate(entered_id=Subquery(entered_id))}
    for initiative, parts in entered_with:
        initiative.shown_participations = [part for part in parts if part.organisation_id in shown]
        for part in initiative.shown_participations:
            part.shown_organisation = shown[part.organisation_id]
    return [initiative for initiative, _ in entered_with]


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
