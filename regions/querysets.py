from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from iucn_ca.caching import kept_in_process
from iucn_ca.querysets import SitePageManager, SitePageQuerySet, site_pages, text


class ShownTerm(NamedTuple):
    """A country, theme or ecosystem as pages and files show it. `page_slug` is that of a country's page, or nothing."""

    relation: str
    translation_key: UUID
    name: str
    slug: str
    code: str
    in_region: bool
    page_slug: str

    def __str__(self):
        return self.name


def shown_terms(countries, **terms):
    """ShownTerms by relation, countries of the region first, else by name. One query for all of them.

    `terms` are the querysets of other lists, by relation.
    """
    by_kind = {"countries": [], **{relation: [] for relation in terms}}
    of_countries = countries.order_by().values_list(
        text("countries"), "translation_key", "name", "slug", "code", "in_region", Coalesce("page_slug", text(""))
    )
    others = [
        queryset.order_by().values_list(
            text(relation), "translation_key", "name", "slug", text(""), Value(False), text("")
        )
        for relation, queryset in terms.items()
    ]
    for row in of_countries.union(*others):
        by_kind[row[0]].append(ShownTerm(*row))
    return {kind: sorted(rows, key=lambda row: (not row.in_region, row.name)) for kind, rows in by_kind.items()}


def places_beneath(region_path, locale_id):
    """Hotspots and country pages in one query, in the order of the staff, with what a map shows of them."""
    places = Q(hotspotpage__isnull=False) | Q(countrypage__isnull=False)
    return (
        site_pages()
        .published(locale_id)
        .filter(places, path__startswith=region_path)
        .order_by("path")
        .values_list(
            "title",
            "slug",
            "translation_key",
            "hotspotpage__outline",
            "countrypage__country__code",
            "countrypage__country__translation_key",
        )
    )


def pages_by_place(published, hotspots, countries, *fields):
    """(translation key of a place, title, slug, *fields) of each page at each of its places, in one query.

    `hotspots` and `countries` name the page's relations.
    """
    pages, title = published, "title"
    if get_language() != settings.LANGUAGE_CODE:
        # Relations are entered on the English record; the title is this language's.
        shown = published.filter(translation_key=OuterRef("translation_key")).values("title")[:1]
        english = published.model.objects.live().public().filter(locale__language_code=settings.LANGUAGE_CODE)
        pages, title = english.annotate(shown=Subquery(shown)).filter(shown__isnull=False), "shown"
    pairs = [
        pages.order_by()
        .filter(**{f"{relation}__isnull": False})
        .values_list(f"{relation}__translation_key", title, "slug", *fields)
        for relation in (hotspots, countries)
    ]
    return pairs[0].union(pairs[1], all=True)


class HotspotPageQuerySet(SitePageQuerySet):
    def in_country(self, country):
        english = self.model.objects.live().public()
        return self.standing_for(english.filter(countries__translation_key=country.translation_key))

    def for_listing(self):
        """With their pictures, in the order that staff gave them (west to east)."""
        return self.order_by("path").listed(
            "slug", "path", "summary", "in_a_phrase", pictures=["picture", "tall_picture"]
        )


@kept_in_process
def all_hotspots(model, locale_id):
    """The public ones, with their pictures, west to east."""
    return list(model.objects.published(locale_id).for_listing())


HotspotPageManager = SitePageManager.from_queryset(HotspotPageQuerySet)


class CountryPageQuerySet(SitePageQuerySet):
    def with_pictures(self):
        return super().with_pictures().select_related("country")


CountryPageManager = SitePageManager.from_queryset(CountryPageQuerySet)
