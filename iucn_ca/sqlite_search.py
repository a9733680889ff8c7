"""Where SQLite's search index is asked in another way than the search library does: for words of very many pages.

As a sub-query SQLite gathers all that the index finds before it looks at the first page. Here entry after entry is
asked for its page, or in the order of another index page after page for its entry, until enough fit.
"""

from django.db import connection
from django.db.models import CharField, Exists, Func, IntegerField, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.search.models import IndexEntry


class FirstOf(PageQuerySet):
    """The search library asks for pages whose ids are in a sub-query; here it is about these pages, and has an end."""

    def filter(self, *args, **conditions):
        entries = conditions.get("pk__in")
        if not isinstance(entries, QuerySet):
            return super().filter(*args, **conditions)
        wanted = self.order_by().filter(pk=OuterRef("index_entry__object_id"))
        return Page.objects.filter(pk__in=entries.filter(Exists(wanted))[: self.number])


def first_with_words(pages, stems, operator, number):
    """As many of these pages with these words in title or text as the index finds first."""
    searched = FirstOf(Page, pages.query.chain())
    searched.number = number
    return searched.search(" ".join(stems), operator=operator, order_by_relevance=False).get_queryset()


class Matching(Func):
    template = (
        "(SELECT rowid FROM wagtailsearch_indexentry_fts WHERE wagtailsearch_indexentry_fts MATCH %(expressions)s)"
    )
    output_field = IntegerField()


def _all_of(stems):
    return " AND ".join(f'"{stem}"' for stem in stems)


def _entries():
    """Of the page that is asked about."""
    page = {"content_type": OuterRef("content_type"), "object_id": Cast(OuterRef("pk"), CharField())}
    return IndexEntry.objects.filter(**page)


def has_words(stems):
    """The condition that a page has all these in title or text."""
    return Exists(_entries().filter(pk__in=Matching(Value(f"{{title body}} : ({_all_of(stems)})"))))


def has_names(stems):
    """The condition that a page has all these in its names (`NamesCompletionField`); the last may still be growing."""
    *whole, growing = stems
    entries = _entries().annotate(names=Concat("autocomplete", Value(" "), output_field=TextField()))
    for part in [f" {growing}", *(f" {stem} " for stem in whole)]:
        entries = entries.filter(names__contains=part)
    return Exists(entries)


def more_have_names(number, locale, stems):
    """Whether more pages than that have all these in their names."""
    found = (
        "SELECT 1 FROM wagtailsearch_indexentry_fts found"
        " JOIN wagtailsearch_indexentry entry ON entry.id = found.rowid"
        " JOIN wagtailcore_page page ON page.id = entry.object_id AND page.content_type_id = entry.content_type_id"
        " WHERE wagtailsearch_indexentry_fts MATCH %s AND page.locale_id = %s LIMIT 1 OFFSET %s"
    )
    # A word as it stands is counted first, in a tenth of the time of all that it begins.
    names, rest = f"autocomplete : ({_all_of(stems)}", (locale.pk, number)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({found}) OR EXISTS ({found})", [f"{names})", *rest, f"{names}*)", *rest])
        return bool(cursor.fetchone()[0])
