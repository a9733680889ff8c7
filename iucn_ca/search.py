"""Site search: one behaviour on SQLite and PostgreSQL.

Neither database's own stemming is used (SQLite has none, PostgreSQL's depends on the language):
every indexed text carries the stems of its words, and a query is turned into the same stems.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

import snowballstemmer
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.html import format_html, format_html_join, strip_tags
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index

if connection.vendor == "postgresql":
    from .postgresql import search as search_index
else:
    from . import sqlite_search as search_index

MAX_WORDS = 12
MOST_NAMED = 50
MOST_RANKED = 200
MOST_FOUND = 500
SHORTEST_FIRST = (Length("title").asc(), "path")  # of pages, in the order of an index (`indexing.py`)

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile("['‘’ʻʼ`´]")


def words(text):
    """The words of a text without case, accents and apostrophes (oʻ, o’ and o' are one letter)."""
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    return _WORD.findall("".join(c for c in text if not unicodedata.combining(c)))


# Nobody looks for these, and PostgreSQL leaves most of them out.
FILLERS = frozenset(words("a an and at by for from in of on or the to with в для и к на о по с у va"))


@lru_cache(maxsize=20_000)
def stem(word):
    # A stemmer holds the word that it is at: requests in several threads may not share one.
    language = "russian" if "а" <= word[0] <= "я" else "english"
    return snowballstemmer.stemmer(language).stemWord(word)


@lru_cache(maxsize=20_000)
def stems(part):
    return frozenset(map(stem, words(part)))


def mark(text, query):
    """The text as HTML, with every word that the query found in <mark>."""
    wanted = set(map(stem, words(query)))

    def is_wanted(part):
        return not wanted.isdisjoint(stems(part))

    runs = [(found, "".join(parts)) for found, parts in groupby(re.split(r"(\w+)", text), is_wanted)]
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", run) if found else run,) for found, run in runs))


def with_stems(text):
    found = words(text)
    return " ".join([text, *dict.fromkeys([*found, *map(stem, found)])])


class StemmedField(index.SearchField):
    """A search field that also holds the stems of its words.

    Each text of the index asks for all fields; what they ask the database they keep with the page, which is read
    anew whenever it is indexed (`iucn_ca/indexing.py`).
    """

    def get_value(self, obj):
        kept = obj.__dict__.setdefault("_search_values", {})
        if self.field_name not in kept:
            value = super().get_value(obj)
            kept[self.field_name] = with_stems(
                strip_tags(" ".join(value) if isinstance(value, list) else str(value or ""))
            )
        return kept[self.field_name]


class NamesField(StemmedField):
    """The title together with every other name the page is looked for by."""

    def get_value(self, obj):
        names = StemmedField("search_names").get_value(obj)
        return f"{super().get_value(obj)} {names}"


class NamesCompletionField(index.AutocompleteField):
    """The same names in an index of their own, where the last word may still be growing."""

    def get_value(self, obj):
        return NamesField(self.field_name).get_value(obj)


class Results:
    """Pages that bear the name first, then the others, of which the number is known; sliced like a queryset.

    `has_more`: there are others that are not shown.
    """

    def __init__(self, named, others, number, has_more=False):
        self.named = named
        self.others = others
        self.number = number
        self.has_more = has_more

    def count(self):
        return len(self.named) + self.number

    def __getitem__(self, part):
        start, stop = part.start or 0, part.stop
        beyond = len(self.named)
        found = self.named[part]
        if stop is None or stop > beyond:
            found = [*found, *self.others[max(start - beyond, 0) : None if stop is None else stop - beyond]]
        return found


def wanted_stems(text):
    typed = words(text)[:MAX_WORDS]
    return " ".join(map(stem, [word for word in typed if word not in FILLERS] or typed))


class Chosen:
    """Pages by their ids, sliced like a queryset: of many only those that are looked at are read."""

    def __init__(self, pages, ids):
        self.pages = pages
        self.ids = ids

    def __getitem__(self, part):
        return self.pages.filter(pk__in=self.ids[part])


def hidden_pages():
    """The paths of private branches, and the ids of pages that have expired and are still to be taken down."""
    paths = PageViewRestriction.objects.values_list("page__path", flat=True)
    expired = Page.objects.filter(live=True, expire_at__lte=timezone.now()).order_by()
    return list(paths), list(expired.values_list("pk", flat=True))


def with_words(pages, text, *, one_by_one=False):
    """The condition that one of these pages has every word; whether it is public must be asked too.

    `one_by_one` is for many of which the first are wanted; PostgreSQL sees that by itself.
    """
    stems = wanted_stems(text)
    if not stems:
        return Q(pk=0)
    if one_by_one and connection.vendor == "sqlite":
        return Q(search_index.has_words(stems.split()))
    found = pages.search(stems, operator="and", order_by_relevance=False)
    return Q(pk__in=found.get_queryset().order_by().values("pk"))


def with_names(pages, locale, stems):
    """The first that bear the name: by the length of the title, since the scores of the databases don't compare."""
    if search_index.more_have_names(MOST_FOUND, locale, stems.split()):
        found = pages.filter(search_index.has_names(stems.split()))
    else:
        found = pages.autocomplete(stems, operator="and", order_by_relevance=False).get_queryset()
    return list(found.order_by(*SHORTEST_FIRST)[:MOST_NAMED])


def search_pages(text, locale, hidden=None):
    """Public pages in one locale, best first: those with every word, or else those with any."""
    stems = wanted_stems(text)
    # What is shown of the pages is read for those of one page of results.
    pages = Page.objects.live().filter(locale=locale).only("path")
    # The search backends know neither dates nor conditions of our own: exceptions are named one by one, and are few.
    paths, expired = hidden or hidden_pages()
    for path in paths:
        pages = pages.exclude(path__startswith=path)
    if expired:
        pages = pages.exclude(pk__in=expired)
    if not stems:
        return Results([], pages.none(), 0)
    named = with_names(pages, locale, stems)
    by_length = pages.order_by(*SHORTEST_FIRST)
    others, number, has_more = ranked(by_length.exclude(pk__in=[page.pk for page in named]), stems, "and")
    if named or number:
        return Results(named, others, number, has_more)
    return Results([], *ranked(by_length, stems, "or"))


def ranked(by_length, stems, operator):
    """The best first, how many, and whether there are more.

    Of very many the shortest titles come first, since SQLite weighs each against all; of even more it is some.
    """
    found = search_index.first_with_words(by_length, stems.split(), operator, MOST_FOUND + 1)
    rows = list(found.order_by().values_list(Length("title"), "path", "pk"))
    if len(rows) <= min(MOST_RANKED, MOST_FOUND):
        return by_length.search(stems, operator=operator), len(rows), False
    shown = [pk for _, _, pk in sorted(rows[:MOST_FOUND])]
    return Chosen(by_length, shown), len(shown), len(rows) > MOST_FOUND
