"""Where PostgreSQL's search index is asked in another way than the search library does: for words of very many pages.

The library joins pages and index, and PostgreSQL reads and joins all that fit before it gives the first.
"""

from django.contrib.postgres.search import SearchQuery, SearchVectorExact, SearchVectorField
from django.db import connection
from django.db.models import BooleanField, CharField, Exists, F, IntegerField, OuterRef, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from wagtail.models import Page
from wagtail.search.models import IndexEntry

# As in the index of both (`iucn_ca/migrations/0004_words_of_pages.py`).
WORDS = CombinedExpression(F("title"), "||", F("body"), output_field=SearchVectorField())


def _query(stems, sign=" & ", end=""):
    return sign.join(f"'{stem}'" for stem in stems) + end


def _lexemes(query):
    return SearchQuery(query, config="simple", search_type="raw")


def first_with_words(pages, stems, operator, number):
    """As many of these pages with these words in title or text as the index finds first."""
    page = {"pk": Cast(OuterRef("object_id"), IntegerField()), "content_type": OuterRef("content_type")}
    query = _lexemes(_query(stems, " & " if operator == "and" else " | "))
    found = IndexEntry.objects.filter(SearchVectorExact(WORDS, query), Exists(pages.order_by().filter(**page)))
    return Page.objects.filter(pk__in=found.values(key=Cast("object_id", IntegerField()))[:number])


def has_names(stems):
    """The condition that a page has all these in its names; the last may still be growing."""
    page = {"content_type": OuterRef("content_type"), "object_id": Cast(OuterRef("pk"), CharField(max_length=50))}
    is_named = SearchVectorExact(F("autocomplete"), _lexemes(_query(stems, end=":*")))
    # With EXISTS PostgreSQL would read all that are named so: it takes every beginning of a word for rare.
    return Subquery(IndexEntry.objects.filter(**page).values(is_named=is_named), output_field=BooleanField())


def more_have_names(number, locale, stems):
    """Whether more pages than that have all these in their names."""
    found = (
        "SELECT 1 FROM wagtailsearch_indexentry entry"
        " JOIN wagtailcore_page page"
        " ON page.id = entry.object_id::integer AND page.content_type_id = entry.content_type_id"
        " WHERE entry.autocomplete @@ to_tsquery('simple', %s) AND page.locale_id = %s LIMIT 1 OFFSET %s"
    )
    rest = (locale.pk, number)
    with connection.cursor() as cursor:
        asked = [_query(stems), *rest, _query(stems, end=":*"), *rest]
        cursor.execute(f"SELECT EXISTS ({found}) OR EXISTS ({found})", asked)
        return cursor.fetchone()[0]
