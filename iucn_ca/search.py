"""Site search: one behaviour on SQLite and PostgreSQL.

Neither database's own stemming is used (SQLite has none, PostgreSQL's depends on the language):
every indexed text carries the stems of its words, and a query is turned into the same stems.
"""

import re
import unicodedata

import snowballstemmer
from django.utils.html import strip_tags
from wagtail.models import Page
from wagtail.search import index
from wagtail.search.query import And, Or, PlainText

MAX_WORDS = 12

_WORD = re.compile(r"\w+")
_APOSTROPHES = re.compile("['‘’ʻʼ`´]")
_english = snowballstemmer.stemmer("english")
_russian = snowballstemmer.stemmer("russian")


def words(text):
    """The words of a text without case, accents and apostrophes (oʻ, o’ and o' are one letter)."""
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold())
    return _WORD.findall("".join(c for c in text if not unicodedata.combining(c)))


def stem(word):
    stemmer = _russian if "а" <= word[0] <= "я" else _english
    return stemmer.stemWord(word)


class StemmedField(index.SearchField):
    """A search field that also holds the stems of its words."""

    def get_value(self, obj):
        value = super().get_value(obj)
        text = strip_tags(" ".join(value) if isinstance(value, list) else str(value or ""))
        found = words(text)
        return " ".join([text, *dict.fromkeys([*found, *map(stem, found)])])


class NamesField(StemmedField):
    """The title together with every other name the page is looked for by."""

    def get_value(self, obj):
        names = StemmedField("search_names").get_value(obj)
        return f"{super().get_value(obj)} {names}"


def search_pages(text, locale):
    """Public pages in one locale, best first: those with every word, or else those with any."""
    stems = [PlainText(stem(word)) for word in words(text)[:MAX_WORDS]]
    pages = Page.objects.live().public().filter(locale=locale)
    if not stems:
        return pages.none()
    found = pages.search(And(stems) if len(stems) > 1 else stems[0])
    return found if found.count() else pages.search(Or(stems) if len(stems) > 1 else stems[0])
