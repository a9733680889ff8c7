"""The page cache: the answer to a public address is kept until anything changes that the public may see.

One number stands for all that is published. What was made under another number, on another day or more than
half an hour ago is made anew; the last good copy stays, for as long as the database is away.
"""

import gzip
import hashlib
import logging
import os
import re
import time
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache, wraps
from threading import Thread

import brotli
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.core.files import locks
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import cached_property
from wagtail.models import Page, PageViewRestriction, get_page_models
from wagtail.signals import page_unpublished, post_page_move, unpublished

from .indexing import UNSEEN_FIELDS
from .middleware import is_readable
from .models import BasePage

logger = logging.getLogger(__name__)

PUBLISHED, WITHDRAWN = "published", "withdrawn"
LANGUAGES = "|".join(code for code, _ in settings.LANGUAGES)
ADDRESSES = re.compile(rf"/(?:{LANGUAGES})/(?:[\w-]+/)*|/sitemap[\w-]*\.xml")
POLICY = repr(settings.CONTENT_SECURITY_POLICY).encode()
HALF_AN_HOUR = 1800  # an hour in all: what a process keeps goes into copies
MOST_VALUES, LONGEST_VALUE = 20, 80
TRY_AGAIN = 1  # seconds in which others get the last good copy without asking a database that is away
LONGEST_TRY = 6  # seconds; somewhat longer than a request waits for a connection
LOCKS = 64
MOST_AT_HAND = 200  # in each process, of some 30 KB
MOST_RESULTS = 100

# What no visitor sees. Anything that is not named here counts as a change: rather once too often.
UNSEEN_APPS = {"account", "admin", "auth", "axes", "mfa", "sessions", "wagtail_localize", "wagtailadmin"}
UNSEEN_APPS |= {"wagtailsearch", "wagtailusers"}
UNSEEN_MODELS = {"comment", "commentreply", "modellogentry", "pagelogentry", "pagesubscription", "referenceindex"}
UNSEEN_MODELS |= {"revision", "taskstate", "uploadedfile", "user", "workflowstate"}


def published(*, and_withdrawn=False):
    """Everything is made anew: from now on, and again from when others find in the database what was written."""
    if not _told(and_withdrawn):
        _untold.add(and_withdrawn)
        _tell_later(os.getpid())


def _told(and_withdrawn):
    number = time.time_ns()
    names = [WITHDRAWN, PUBLISHED] if and_withdrawn else [PUBLISHED]
    for name in names:
        _tolerantly(_set_number, name, number)
    # A file that cannot be written is no reason to go on trying: every page is made anew within the hour.
    return settings.PAGE_NUMBERS is not None or all(_tolerantly(_number, name) == number for name in names)


_untold = set()


@cache
def _tell_later(process):
    """A cache that was away and is back may still have the number from before."""
    Thread(target=_tell, daemon=True).start()


def _tell():
    while True:
        time.sleep(TRY_AGAIN)
        if _untold:
            and_withdrawn = any(_untold)
            _untold.clear()
            if not _told(and_withdrawn):
                _untold.add(and_withdrawn)


def started():
    """The site may have other templates than before; what was withdrawn stays so."""
    _number(WITHDRAWN)
    published()


def _changed(and_withdrawn=False):
    published(and_withdrawn=and_withdrawn)
    transaction.on_commit(lambda: published(and_withdrawn=and_withdrawn), robust=True)


def _is_seen(model, update_fields):
    if model._meta.app_label in UNSEEN_APPS or model._meta.model_name in UNSEEN_MODELS:
        return False
    return not update_fields or not UNSEEN_FIELDS.issuperset(update_fields)


def _saved(sender, update_fields=None, **kwargs):
    if _is_seen(sender, update_fields):
        _changed(and_withdrawn=sender is PageViewRestriction)


def _deleted(sender, **kwargs):
    if _is_seen(sender, None):
        _changed(and_withdrawn=True)


def _withdrawn(**kwargs):
    """Of what is public no longer no earlier copy is shown, not even while the database is away."""
    _changed(and_withdrawn=True)


def connect():
    post_save.connect(_saved)
    post_delete.connect(_deleted)
    page_unpublished.connect(_withdrawn)
    unpublished.connect(_withdrawn)
    post_page_move.connect(_withdrawn)


def _state():
    return _number(PUBLISHED), timezone.localdate()


def _number(name):
    """One that was lost is as of now: nothing that was made before counts."""
    if settings.PAGE_NUMBERS is None:
        return caches["default"].get_or_set(name, time.time_ns, None)
    file = settings.PAGE_NUMBERS / name
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        _set_number(name, time.time_ns())
        return file.stat().st_mtime_ns


def _set_number(name, number):
    """On one machine it is the time of an empty file: read five times as fast, and written on a full disk too."""
    if settings.PAGE_NUMBERS is None:
        caches["default"].set(name, number, None)
    else:
        settings.PAGE_NUMBERS.mkdir(parents=True, exist_ok=True)
        file = settings.PAGE_NUMBERS / name
        file.touch()
        os.utime(file, ns=(number, number))


def _next_expiry(number, after):
    """When the next page goes after this moment, in seconds of the epoch; the database is asked once for a number."""
    return next((at for at in _expiries(number) if at > after), float("inf"))


@lru_cache(maxsize=1)
def _expiries(number):
    to_come = Page.objects.filter(live=True, expire_at__gt=timezone.now() - timedelta(minutes=1)).order_by("expire_at")
    return [at.timestamp() for at in to_come.values_list("expire_at", flat=True)]


def _tolerantly(function, *args):
    """A cache that fails is an empty one."""
    try:
        return function(*args)
    except Exception as error:  # each backend has its own
        logger.warning("The page cache fails: %r", error)
        return None


def kept_in_process(function):
    """What many pages ask alike is asked once in a process, until anything is published.

    Arguments are hashable; nobody changes the result.
    """
    kept = {}

    @wraps(function)
    def asked_once(*args):
        # A transaction sees what may never be committed.
        state = None if connection.in_atomic_block else _tolerantly(_state)
        if state is None:
            return function(*args)
        known_in, until, result = kept.get(args, (None, 0, None))
        if known_in != state or time.time() >= until:
            if len(kept) >= MOST_RESULTS:
                kept.clear()
            # As of before: a page may go while the result is put together.
            now = time.time()
            until = min(now + HALF_AN_HOUR, _next_expiry(state[0], now))
            result = function(*args)
            kept[args] = state, until, result
        return result

    return asked_once


def may_be_kept(view):
    """What this view answers may be kept, unless it sets `is_private` on its request."""

    @wraps(view)
    def marked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.may_be_kept = not getattr(request, "is_private", False)
        return response

    return marked


@dataclass
class Copy:
    """An answer as it was made, under which number and on which day; with its body in each encoding."""

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
        # Under another policy it is another answer, even with the same body.
        response["ETag"] = hashlib.sha256(POLICY + body).hexdigest()[:24]
        del response["X-Request-ID"]  # of one request, and a copy is for many
        return cls(state, time.time(), expires_at, dict(response.items()), bodies)

    def is_fresh(self, state):
        return self.state == state and time.time() < min(self.expires_at, self.made_at + HALF_AN_HOUR)

    def is_still_public(self):
        return self.state[0] >= _number(WITHDRAWN) and time.time() < self.expires_at

    def answer(self, request):
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "").replace(" ", "").split(",")
        encoding = next((name for name in self.bodies if name in accepted), None)
        body = self.bodies[encoding] if encoding else gzip.decompress(self.bodies["gzip"])
        tag = f'"{self.headers["ETag"]}-{encoding or "plain"}"'
        encoded = {"Content-Encoding": encoding} if encoding else {}
        headers = self.headers | encoded | {"ETag": tag, "Content-Length": str(len(body))}
        return get_conditional_response(request, etag=tag, response=HttpResponse(body, headers=headers))


@cache
def parameters():
    """All that the pages and the search understand; another parameter changes nothing that is shown."""
    pages = [model for model in get_page_models() if issubclass(model, BasePage)]
    return {"q", "page"}.union(*(model.query_parameters for model in pages))


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
        try:
            request.get_host()
        except DisallowedHost:
            return None
        query = QueryDict(mutable=True)
        if request.META.get("QUERY_STRING"):
            given = {name: request.GET.getlist(name) for name in sorted(parameters() & request.GET.keys())}
            values = [value for found in given.values() for value in found]
            if not is_readable(request) or len(values) > MOST_VALUES or any(len(v) > LONGEST_VALUE for v in values):
                return None
            for name, found in given.items():
                query.setlist(name, found)
        return cls(request.path_info, query)

    @cached_property
    def key(self):
        address = f"{self.path}?{self.query.urlencode()}"
        return hashlib.sha256(address.encode()).hexdigest()

    @property
    def language(self):
        return self.path.split("/")[1]

    @property
    def store(self):
        return caches["queries" if self.query else "pages"]

    def copy(self):
        return _tolerantly(self.store.get, self.key)

    @contextmanager
    def alone(self):
        """One at a time, of all threads and processes of this machine; what a killed one held is free at once."""
        lock = settings.PAGE_LOCKS / str(zlib.crc32(self.key.encode()) % LOCKS)
        with ExitStack() as stack:
            if file := _tolerantly(lock.open, "wb"):
                locks.lock(stack.enter_context(file), locks.LOCK_EX)
            yield


class PageCacheMiddleware:
    """Stands before all others: a page that is kept asks nothing of the database."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.away_until = 0
        self.sentences = {}  # that the database is away, if that is why, by language
        self.at_hand = {}  # the copies that this process has just used
        settings.PAGE_LOCKS.mkdir(parents=True, exist_ok=True)

    def __call__(self, request):
        place = Place.of(request)
        if place is None:
            return self.get_response(request)
        if response := self.known(request, place):
            return response
        with place.alone():
            # Another may have made it meanwhile.
            return self.known(request, place) or self.made(request, place)

    def known(self, request, place):
        """What needs nothing of the database: a copy, or that there is none while it is away."""
        if copy := self.found(place):
            return copy.answer(request)
        if (sentence := self.sentences.get(place.language)) and time.monotonic() < self.away_until:
            headers = {name: value for name, value in sentence.items() if name != "X-Request-ID"}
            return HttpResponse(sentence.content, status=503, headers=headers)
        return None

    def found(self, place):
        """A fresh copy, or while the database is away the last good one."""
        state = _tolerantly(_state)
        if (copy := self.at_hand.get(place.key)) and copy.is_fresh(state):
            return copy
        copy = place.copy()
        if copy and copy.is_fresh(state):
            if len(self.at_hand) >= MOST_AT_HAND:
                self.at_hand.clear()
            self.at_hand[place.key] = copy
            return copy
        return self.last_good(copy) if time.monotonic() < self.away_until else None

    def last_good(self, copy):
        return copy if copy and _tolerantly(copy.is_still_public) else None

    def made(self, request, place):
        # As of before: a change in between, or a page that goes, makes this copy an old one.
        state, started = _tolerantly(_state), time.time()
        request.GET = place.query
        encodings = request.META.pop("HTTP_ACCEPT_ENCODING", "")  # compressed once, and here
        method, request.method = request.method, "GET"  # who asks for the head makes the page for the others
        if self.away_until:
            # One asks whether it is back; so that the others do not wait with that one, they take it for away.
            self.away_until = time.monotonic() + LONGEST_TRY
        response = self.get_response(request)
        request.method = method
        request.META["HTTP_ACCEPT_ENCODING"] = encodings
        is_away = response.status_code == 503
        if getattr(response, "fault", None) == "database":
            self.sentences[place.language] = response
        else:
            self.sentences.clear()
        self.away_until = time.monotonic() + TRY_AGAIN if is_away else 0
        if is_away:
            copy = self.last_good(place.copy())
            return copy.answer(request) if copy else response
        if not (state and response.status_code == 200 and not response.cookies):
            return response
        if not getattr(response, "may_be_kept", False):
            return response
        copy = Copy.of(response, state, _next_expiry(state[0], started))
        _tolerantly(place.store.set, place.key, copy, None)
        return copy.answer(request)
