"""One number stands for all that is published: whatever changes what the public may see raises it.

What was made under another number or on another day is made anew, in a process as in the page cache.
"""

import logging
import os
import time
from datetime import datetime, timedelta
from functools import cache, lru_cache, wraps

from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_unpublished, post_page_move, unpublished

from .indexing import UNSEEN_FIELDS

logger = logging.getLogger(__name__)

PUBLISHED, WITHDRAWN = "published", "withdrawn"
HALF_AN_HOUR = 1800  # an hour in all: what a process keeps goes into copies
MOST_RESULTS = 100

# What no visitor sees. Anything that is not named here counts as a change: rather once too often.
UNSEEN_APPS = {"account", "admin", "auth", "axes", "mfa", "sessions", "wagtail_localize", "wagtailadmin"}
UNSEEN_APPS |= {"wagtailsearch", "wagtailusers"}
UNSEEN_MODELS = {"comment", "commentreply", "modellogentry", "pagelogentry", "pagesubscription", "referenceindex"}
UNSEEN_MODELS |= {"revision", "taskstate", "uploadedfile", "user", "workflowstate"}


def published(*, and_withdrawn=False):
    """Everything is made anew: from now on, and again from when others find in the database what was written."""
    _tell(_untold | {WITHDRAWN, PUBLISHED} if and_withdrawn else _untold | {PUBLISHED})


def tell():
    """What a cache that was away has not heard: once it is back it may still have the number from before."""
    if _untold:
        _tell(_untold.copy())


_untold = set()


def _tell(names):
    number = time.time_ns()
    names = [name for name in (WITHDRAWN, PUBLISHED) if name in names]
    _untold.difference_update(names)
    for name in names:
        tolerantly(_set_number, name, number)
    # A file that cannot be written is no reason to go on trying: every page is made anew within the hour.
    if settings.PAGE_NUMBERS is None and not all(tolerantly(_number, name) == number for name in names):
        _untold.update(names)


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


def current():
    """The number and the day that whatever is made now belongs to."""
    return _number(PUBLISHED), today()


def today():
    """Of the site, whatever time zone somebody who edits has chosen; `localdate` takes ten times as long."""
    return datetime.now(timezone.get_default_timezone()).date()


def withdrawn():
    """The number under which something was last taken from the public."""
    return _number(WITHDRAWN)


def _number(name):
    """One that was lost is as of now: nothing that was made before counts."""
    if settings.PAGE_NUMBERS is None:
        return caches["default"].get_or_set(name, time.time_ns, None)
    file = _file(settings.PAGE_NUMBERS, name)
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        _set_number(name, time.time_ns())
        return file.stat().st_mtime_ns


@cache
def _file(folder, name):
    return folder / name


def _set_number(name, number):
    """On one machine it is the time of an empty file: read five times as fast, and written on a full disk too."""
    if settings.PAGE_NUMBERS is None:
        caches["default"].set(name, number, None)
    else:
        settings.PAGE_NUMBERS.mkdir(parents=True, exist_ok=True)
        file = _file(settings.PAGE_NUMBERS, name)
        file.touch()
        os.utime(file, ns=(number, number))


def next_expiry(number, after):
    """When the next page goes after this moment, in seconds of the epoch; the database is asked once for a number."""
    return next((at for at in _expiries(number) if at > after), float("inf"))


@lru_cache(maxsize=1)
def _expiries(number):
    to_come = Page.objects.filter(live=True, expire_at__gt=timezone.now() - timedelta(minutes=1)).order_by("expire_at")
    return [at.timestamp() for at in to_come.values_list("expire_at", flat=True)]


def tolerantly(function, *args):
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
        state = None if connection.in_atomic_block else tolerantly(current)
        if state is None:
            return function(*args)
        known_in, until, result = kept.get(args, (None, 0, None))
        if known_in != state or time.time() >= until:
            if len(kept) >= MOST_RESULTS:
                kept.clear()
            # As of before: a page may go while the result is put together.
            now = time.time()
            until = min(now + HALF_AN_HOUR, next_expiry(state[0], now))
            result = function(*args)
            kept[args] = state, until, result
        return result

    return asked_once
