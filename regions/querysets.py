from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery, Value
from django.utils.translation import get_language
from wagtail.models import Page

from iucn_ca.kept import kept_in_process
from iucn_ca.links import home_in
from iucn_ca.querysets import SitePageManager, SitePageQuerySet, site_pages, text

from .map import Place


class ShownTerm(NamedTuple):
    """A country, theme or ecosystem as pages and files show it."""

    relation: str
    translation_key: UUID
    name: str
    slug: str
    code: str
    in_region: bool
    page_slug: str = ""  # of a country's page

    def __str__(self):
        return self.name


def shown_terms(countries, **terms):
    """ShownTerms by relation, countries of the region first, else by name. One query for all of them.

    `terms` are the querysets of other lists or of pages, by relation.
    """
    by_kind = {"countries": [], **{relation: [] for relation in terms}}
    of_countries = countries.order_by().values_list(
        text("countries"), "translation_key", "name", "slug", "code", "in_region"
    )
    others = [
        queryset.order_by().values_list(
            *(text(relation), "translation_key", "title" if issubclass(queryset.model, Page) else "name", "slug"),
            *(text(""), Value(False)),
        )
        for relation, queryset in terms.items()
    ]
    for row in of_countries.union(*others):
        by_kind[row[0]].append(ShownTerm(*row))
    return {kind: sorted(rows, key=lambda row: (not row.in_region, row.name)) for kind, rows in by_kind.items()}


def with_pages(countries, places):
    """The same, each with the slug of its page if that is public."""
    slugs = {place.translation_key: place.slug for place in places if place.kind == "country"}
    return [country._replace(page_slug=slugs.get(country.translation_key, "")) for country in countries]


def all_places(request, locale_id):
    """Asked once in a request."""
    if not hasattr(request, "all_places"):
        request.all_places = _places(locale_id, get_language())
    return request.all_places


@kept_in_process
def _places(locale_id, language):
    """The public hotspots and country pages, in the order of the staff (west to east), in one query."""
    home = home_in(language)
    found = (
        site_pages()
        .published(locale_id)
        .filter(Q(hotspotpage__isnull=False) | Q(countrypage__isnull=False))
        .order_by("path")
        .values_list(
            *("title", "slug", "url_path", "path", "translation_key", "hotspotpage__outline"),
            *("countrypage__country__code", "countrypage__country__translation_key"),
        )
    )
    places = []
    for title, slug, url_path, path, key, outline, code, country_key in found if home else []:
        url = f"/{language}/{url_path.removeprefix(home.root_path)}"
        if code:
            places.append(Place("country", code, title, url, "", slug, path, country_key))
        else:
            places.append(Place("hotspot", slug, title, url, outline, slug, path, key))
    return tuple(places)


def pages_by_relation(published, relations, *fields):
    """(relation, translation key of what it leads to, *fields) of each page, for a union.

    `relations` has by relation what narrows it, or nothing.
    """
    pages, shown = published, fields
    if get_language() != settings.LANGUAGE_CODE:
        # Relations are entered on the English record; the fields are those of this language.
        own = published.filter(translation_key=OuterRef("translation_key"))
        english = published.model.objects.live().public().filter(locale__language_code=settings.LANGUAGE_CODE)
        shown = [f"own_{name}" for name in fields]
        pages = english.annotate(
            **{name: Subquery(own.values(field)[:1]) for name, field in zip(shown, fields, strict=True)}
        ).filter(**{f"{shown[0]}__isnull": False})
    return [
        pages.order_by()
        .filter(**(narrowed or {f"{relation}__isnull": False}))
        .values_list(text(relation), f"{relation}__translation_key", *shown)
        for relation, narrowed in relations.items()
    ]


class HotspotPageQuerySet(SitePageQuerySet):
    def keys_in_country(self, country):
        """The translation keys of those in a country: relations are entered on the English record."""
        english = self.live().public().filter(countries__translation_key=country.translation_key)
        return set(english.values_list("translation_key", flat=True))

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
