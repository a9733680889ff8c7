from django.conf import settings
from django.db.models import BooleanField, CharField, Exists, Func, IntegerField, OuterRef, Q, Value
from django.db.models.lookups import Exact
from django.db.models.query import ModelIterable
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page, PageManager, Site
from wagtail.query import PageQuerySet

from .images import CreditedImage


class IsRestricted(Func):
    """Whether the page at this path or one above it is private.

    Wagtail lists the restrictions first: a query more for every public list. This stands in nearly all of them, and
    as Exists() with a queryset it would take as long to put together as the rest of the query.
    """

    template = (
        # CROSS: else SQLite goes through all pages for every page, in search of a restriction.
        "EXISTS (SELECT 1 FROM wagtailcore_pageviewrestriction restriction CROSS JOIN wagtailcore_page above"
        " WHERE above.id = restriction.page_id AND substr(%(expressions)s, 1, length(above.path)) = above.path)"
    )
    output_field = BooleanField()


class Unindexed(Func):
    """A column for whose values SQLite is not to take an index: of a hundred pages ninety or more are in one language.

    Else it starts there, reads all of them and sorts, where an index has the first fifty in order.
    """

    arity = 1
    template = "%(expressions)s"
    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class PagesWithRoots(ModelIterable):
    """Pages with what their addresses begin with, for which Wagtail would read the cache once for each page."""

    def __iter__(self):
        roots = Site.get_site_root_paths()
        for page in super().__iter__():
            page._wagtail_cached_site_root_paths = roots
            yield page


class SitePageQuerySet(PageQuerySet):
    """What the public may see is asked here and nowhere else: `.live().public()`."""

    def live_q(self):
        # An expired page is gone from its minute on, also before a scheduler unpublishes it.
        return super().live_q() & (Q(expire_at=None) | Q(expire_at__gt=timezone.now()))

    def private_q(self):
        return Q(IsRestricted("path"))

    def published(self, locale_id):
        """Pages that a visitor may read, in one language."""
        return self.filter(self.live_q(), ~self.private_q(), Exact(Unindexed("locale"), locale_id))

    def standing_for(self, english_pages):
        """These pages for the given English records: relations always point to the English one."""
        # In a preview the relation is a list in memory, otherwise a sub-query.
        keys = english_pages.values_list("translation_key", flat=True)
        return self.filter(translation_key__in=keys)

    def related(self, **lookup):
        """Those related so: relations are entered on the English record, whose translation key leads to this one."""
        if get_language() == settings.LANGUAGE_CODE:
            # Not a join: who ticks a place in two languages relates it twice.
            return self.filter(Exists(self.model.objects.filter(pk=OuterRef("pk"), **lookup)))
        return self.standing_for(self.model.objects.live().public().filter(**lookup))

    def with_pictures(self):
        names = [f.name for f in self.model._meta.fields if f.related_model is CreditedImage]
        return self.select_related(*names)

    def listed(self, *fields, pictures=()):
        """Titles with addresses, and these fields: the many others of a page would take most of a list's time."""
        shown = [f"{picture}__{field}" for picture in pictures for field in CreditedImage.SHOWN_IN_LISTS]
        found = self.only("title", "url_path", *fields, *shown)
        if pictures:  # without a name, select_related() would follow every relation
            found = found.select_related(*pictures)
        found._iterable_class = PagesWithRoots
        return found


def text(words):
    """A constant column of a union, for example the kind of its rows."""
    return Value(words, output_field=CharField())


def site_pages():
    """Pages of every type, by what they have in common."""
    return SitePageQuerySet(Page)


SitePageManager = PageManager.from_queryset(SitePageQuerySet)
