"""The page cache: the answer to a public address is kept until anything changes that the public may see.

What was made before that (`generation.py`) or more than half an hour ago is made anew; the last good copy stays, for as
long as the database is away.
"""

import gzip
import hashlib
import re
import time
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache

import brotli
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.core.files import locks
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import cached_property
from wagtail.models import get_page_models

from . import generation
from .generation import HALF_AN_HOUR, tolerantly
from .middleware import is_readable
from .models import BasePage

LANGUAGES = "|".join(code for code, _ in settings.LANGUAGES)
ADDRESSES = re.compile(rf"/(?:{LANGUAGES})/(?:[\w-]+/)*|/sitemap[\w-]*\.xml")
POLICY = repr(settings.CONTENT_SECURITY_POLICY).encode()
MOST_VALUES, LONGEST_VALUE = 20, 80
LOCKS = 64
MOST_AT_HAND = 200  # in each process, of some 30 KB
MOST_QUERIES = 1000  # of some 100 bytes, 4,000 at most


@dataclass
class Copy:
    """An answer as it was made, under which number and on which day; ready to be sent in each encoding."""

    state: tuple
    made_at: float
    expires_at: float
    headers: dict
    bodies: dict

    @classmethod
    def of(cls, response, state, expires_at):
        body = response.content
        bodies = {"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body, compresslevel=4, mtime=0)}
        patch_vary_headers(response, ["Accept-Encoding"])
        response["Cache-Control"] = settings.KEPT_CACHE_CONTROL
        del response["X-Request-ID"]  # of one request, and a copy is for many
        # Under another policy it is another answer, even with the same body.
        tag = hashlib.sha256(POLICY + body).hexdigest()[:24]
        headers = {}
        for encoding, sent in ({"plain": body} | bodies).items():
            response["ETag"], response["Content-Length"] = f'"{tag}-{encoding}"', str(len(sent))
            if encoding in bodies:
                response["Content-Encoding"] = encoding
            headers[encoding] = ResponseHeaders(dict(response.items()))
        return cls(state, time.time(), expires_at, headers, bodies)

    def is_fresh(self, state):
        return self.state == state and time.time() < min(self.expires_at, self.made_at + HALF_AN_HOUR)

    def is_still_public(self):
        return self.state[0] >= generation.withdrawn() and time.time() < self.expires_at

    def answer(self, request):
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "").replace(" ", "").split(",")
        encoding = next((name for name in self.bodies if name in accepted), "plain")
        response = HttpResponse(self.bodies.get(encoding) or gzip.decompress(self.bodies["gzip"]))
        # One for all answers: to check them again takes longer than all else here, and nobody behind this middleware
        # changes them.
        response.headers = self.headers[encoding]
        return get_conditional_response(request, etag=response["ETag"], response=response)


@cache
def parameters():
    """All that the pages and the search understand; another parameter changes nothing that is shown."""
    pages = [model for model in get_page_models() if issubclass(model, BasePage)]
    return {"q", "page"}.union(*(model.query_parameters for model in pages))


@lru_cache(maxsize=MOST_QUERIES)
def understood(query_string):
    """What a page can show of it, in one order; None where that is beyond measure."""
    given = QueryDict(query_string.encode("latin-1"))
    query = QueryDict(mutable=True)
    for name in sorted(parameters() & given.keys()):
        query.setlist(name, given.getlist(name))
    values = [value for _, found in query.lists() for value in found]
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values):
        return None
    return QueryDict(query.urlencode())  # which nobody can change: it is for all who ask alike


@dataclass
class Place:
    """Where the copy of an answer lies. Those with parameters lie apart: they push out only their like."""

    path: str
    query: QueryDict

    @classmethod
    def of(cls, request):
        """None where nothing is ever kept: files, forms, whoever is logged in, what is redirected or beyond measure."""
        if request.method not in ("GET", "HEAD") or not ADDRESSES.fullmatch(request.path_info):
            return None
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
            return None
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return None
        query_string = request.META.get("QUERY_STRING", "")
        if query_string and not is_readable(request):
            return None
        try:
            request.get_host()
        except DisallowedHost:
            return None
        query = understood(query_string)
        return None if query is None else cls(request.path_info, query)

    @cached_property
    def key(self):
        address = f"{self.path}?{self.query.urlencode()}"
        return hashlib.sha256(address.encode()).hexdigest()

    @property
    def store(self):
        return caches["queries" if self.query else "pages"]

    def copy(self):
        return tolerantly(self.store.get, self.key)

    @contextmanager
    def alone(self):
        """One at a time, of all threads and processes of this machine; what a killed one held is free at once."""
        lock = settings.PAGE_LOCKS / str(zlib.crc32(self.key.encode()) % LOCKS)
        with ExitStack() as stack:
            if file := tolerantly(lock.open, "wb"):
                locks.lock(stack.enter_context(file), locks.LOCK_EX)
            yield


def good(copy):
    """However old it is; not if anything was withdrawn since."""
    return copy if copy and tolerantly(copy.is_still_public) else None


class PageCacheMiddleware:
    """Stands before all others: a page that is kept asks nothing of the database."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.at_hand = {}  # the copies that this process has just used
        settings.PAGE_LOCKS.mkdir(parents=True, exist_ok=True)

    def __call__(self, request):
        generation.tell()
        place = Place.of(request)
        if place is None:
            return self.get_response(request)
        if copy := self.known(place):
            return copy.answer(request)
        with place.alone():
            # Another may have made it meanwhile.
            copy = self.known(place)
            return copy.answer(request) if copy else self.made(request, place)

    def known(self, place):
        """A fresh copy; while the database is known to be away the last good one."""
        state = tolerantly(generation.current)
        if (copy := self.at_hand.get(place.key)) and copy.is_fresh(state):
            return copy
        copy = place.copy()
        if not (copy and copy.is_fresh(state)):
            return good(copy) if getattr(connection, "is_away", False) else None
        if len(self.at_hand) >= MOST_AT_HAND:
            self.at_hand.clear()
        self.at_hand[place.key] = copy
        return copy

    def made(self, request, place):
        # As of before: a change in between, or a page that goes, makes this copy an old one.
        state, started = tolerantly(generation.current), time.time()
        # Who asks for the head makes the page for the others; it is compressed once, and here.
        asked = request.method, request.META.pop("HTTP_ACCEPT_ENCODING", "")
        request.GET, request.method = place.query, "GET"
        response = self.get_response(request)
        request.method, request.META["HTTP_ACCEPT_ENCODING"] = asked
        if response.status_code == 503 and (copy := good(place.copy())):
            return copy.answer(request)
        if not state or response.status_code != 200 or response.cookies or getattr(request, "is_private", False):
            return response
        copy = Copy.of(response, state, generation.next_expiry(state[0], started))
        tolerantly(place.store.set, place.key, copy, None)
        return copy.answer(request)
