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
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

import brotli
from django.conf import settings
from django.core.cache import caches
from django.core.files import locks
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.http.request import split_domain_port, validate_host
from django.utils.cache import get_conditional_response, patch_vary_headers
from wagtail.models import get_page_models

from . import generation
from .generation import tolerantly
from .kept import HALF_AN_HOUR
from .middleware import is_readable

LANGUAGES = "|".join(code for code, _ in settings.LANGUAGES)
ADDRESSES = re.compile(rf"/(?:{LANGUAGES})/(?:[\w-]+/)*|/sitemap[\w-]*\.xml")
OF_SOMEBODY = {settings.SESSION_COOKIE_NAME, "messages"}
POLICY = repr(settings.CONTENT_SECURITY_POLICY).encode()
# All that the pages and the search understand; another parameter changes nothing that is shown.
PARAMETERS = {"q", "page"}.union(*(getattr(model, "query_parameters", ()) for model in get_page_models()))
MOST_VALUES, LONGEST_VALUE = 20, 80
LOCKS = 64
MOST_AT_HAND = 200  # in each process, of some 30 KB
MOST_ADDRESSES = 1000  # of some 800 bytes, 12,000 at most


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
            headers[encoding] = dict(response.items())
        return cls(state, time.time(), expires_at, headers, bodies)

    def is_fresh(self, state):
        return self.state == state and time.time() < min(self.expires_at, self.made_at + HALF_AN_HOUR)

    def is_still_public(self):
        """However old it is; not if anything was withdrawn since."""
        return self.state[0] >= generation.withdrawn() and time.time() < self.expires_at

    def answer(self, request):
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "").replace(" ", "").split(",")
        encoding = next((name for name in self.bodies if name in accepted), "plain")
        response = HttpResponse(self.bodies.get(encoding) or gzip.decompress(self.bodies["gzip"]))
        # One for all answers, and a plain one: to check and to copy them takes longer than all else here, and nobody
        # behind this middleware changes them.
        response.headers = self.headers[encoding]
        return get_conditional_response(request, etag=response["ETag"], response=response)


class Place(NamedTuple):
    """Where the copy of an answer lies. Those with parameters lie apart: they push out only their like."""

    store: str
    key: str
    query: QueryDict

    @classmethod
    def of(cls, request):
        """None where nothing is ever kept: files, forms, whoever is logged in, what is redirected, refused or beyond
        measure."""
        query_string = request.META.get("QUERY_STRING", "")
        if (
            request.method not in ("GET", "HEAD")
            or not ADDRESSES.fullmatch(request.path_info)
            or not OF_SOMEBODY.isdisjoint(request.COOKIES)
            or (settings.SECURE_SSL_REDIRECT and not request.is_secure())
            or (query_string and not is_readable(request))
        ):
            return None
        return cls.at(request.META.get("HTTP_HOST", request.META["SERVER_NAME"]), request.path_info, query_string)

    @classmethod
    @lru_cache(maxsize=MOST_ADDRESSES)
    def at(cls, host, path, query_string):
        given = QueryDict(query_string.encode("latin-1"))
        pairs = [(name, value) for name in sorted(PARAMETERS & given.keys()) for value in given.getlist(name)]
        too_much = len(pairs) > MOST_VALUES or any(len(value) > LONGEST_VALUE for _, value in pairs)
        if too_much or not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
            return None
        query = QueryDict(urlencode(pairs))  # which nobody can change: it is for all who ask alike
        key = hashlib.sha256(f"{path}?{query.urlencode()}".encode()).hexdigest()
        return cls("queries" if query else "pages", key, query)

    @contextmanager
    def alone(self):
        """One at a time, of all threads and processes of this machine; what a killed one held is free at once."""
        lock = settings.PAGE_LOCKS / str(zlib.crc32(self.key.encode()) % LOCKS)
        with ExitStack() as stack:
            if file := tolerantly(lock.open, "wb"):
                locks.lock(stack.enter_context(file), locks.LOCK_EX)
            yield


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

    def known(self, place, is_away=False):
        """A fresh copy; while the database is away the last good one."""
        state = tolerantly(generation.current)
        if (copy := self.at_hand.get(place.key)) and copy.is_fresh(state):
            return copy
        copy = tolerantly(caches[place.store].get, place.key)
        if not (copy and copy.is_fresh(state)):
            is_away = is_away or getattr(connection, "is_away", False)
            return copy if copy and is_away and tolerantly(copy.is_still_public) else None
        if len(self.at_hand) >= MOST_AT_HAND:
            self.at_hand.clear()
        self.at_hand[place.key] = copy
        return copy

    def made(self, request, place):
        # As of before: a change in between, or a page that goes, makes this copy an old one.
        state, started = tolerantly(generation.current), time.time()
        request.GET = place.query
        response = self.get_response(request)
        if response.status_code == 503 and (copy := self.known(place, is_away=True)):
            return copy.answer(request)
        if not state or response.status_code != 200 or response.cookies or getattr(request, "is_private", False):
            return response
        # It asks the database, which may be gone since.
        if (expires_at := tolerantly(generation.next_expiry, state[0], started)) is None:
            return response
        copy = Copy.of(response, state, expires_at)
        tolerantly(caches[place.store].set, place.key, copy, None)
        return copy.answer(request)
