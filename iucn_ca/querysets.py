from functools import cache

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from .images import CreditedImage


class SitePageQuerySet(PageQuerySet):
    """What the public may see is asked here and nowhere else: `.live().public()`."""

    def live_q(self):
        # An expired page is gone from its minute on, also before a scheduler unpublishes it.
        return super().live_q() & (Q(expire_at=None) | Q(expire_at__gt=timezone.now()))

    def private_q(self):
        # Wagtail lists the restrictions first and costs every public listing a query more.
        return Q(restricted())

    def published(self, locale_id):
        """Pages that a visitor may read, in one language."""
        return self.filter(self.live_q(), ~self.private_q(), locale_id=locale_id)

    def standing_for(self, english_pages):
        """These pages for the given English records: relations always point to the English one."""
        # In a preview the relation is a list in memory, otherwise a sub-query.
        keys = english_pages.values_list("translation_key", flat=True)
        return self.filter(translation_key__in=keys)

    def with_pictures(self):
        names = [f.name for f in self.model._meta.fields if f.related_model is CreditedImage]
        return self.select_related(*names)

    def listed(self, *fields, pictures=()):
        """Titles with addresses, and these fields: the many others of a page would take most of a list's time."""
        shown = [f"{picture}__{field}" for picture in pictures for field in CreditedImage.SHOWN_IN_LISTS]
        return self.select_related(*pictures).only("title", "url_path", *fields, *shown)


@cache
def restricted():
    """The condition that a page or one above it is private; it is part of nearly every query, and slow to make."""
    path = ExpressionWrapper(OuterRef("path"), CharField())
    return Exists(PageViewRestriction.objects.alias(path=path).filter(path__startswith=F("page__path")))


def site_pages():
    """Pages of every type, by what they have in common."""
    return SitePageQuerySet(Page)


SitePageManager = PageManager.from_queryset(SitePageQuerySet)
