"""One number stands for all that is published: whatever changes what the public may see raises it.

What was made under another number or on another day is made anew. A second number says when something was last taken
from the public: no copy from before that is shown, not even while the database is away.
"""

import logging
import time
from datetime import datetime, timedelta
from functools import lru_cache

from django.core.cache import caches
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_unpublished, post_page_move, unpublished

from .indexing import UNSEEN_FIELDS

logger = logging.getLogger(__name__)

PUBLISHED, WITHDRAWN = "published", "withdrawn"

# What no visitor sees. Anything that is not named here counts as a change: rather once too often.
UNSEEN_APPS = {"account", "admin", "auth", "axes", "mfa", "sessions", "wagtail_localize", "wagtailadmin"}
UNSEEN_APPS |= {"wagtailsearch", "wagtailusers"}
UNSEEN_MODELS = {"comment", "commentreply", "modellogentry", "pagelogentry", "pagesubscription", "referenceindex"}
UNSEEN_MODELS |= {"revision", "taskstate", "uploadedfile", "user", "workflowstate"}

_untold = set()


def connect():
    for signal in (post_save, post_delete, page_unpublished, unpublished, post_page_move):
        signal.connect(_changed)


def _changed(signal, sender, update_fields=None, **kwargs):
    if sender._meta.app_label in UNSEEN_APPS or sender._meta.model_name in UNSEEN_MODELS:
        return
    if update_fields and UNSEEN_FIELDS.issuperset(update_fields):
        return
    names = {PUBLISHED} if signal is post_save and sender is not PageViewRestriction else {PUBLISHED, WITHDRAWN}
    tell(*names)
    # And again from when others find in the database what was written.
    transaction.on_commit(lambda: tell(*names), robust=True)


def tell(*names):
    """Also what a cache that was away has not heard: it may still have the number from before."""
    if not (names := _untold.union(names)):
        return
    _untold.difference_update(names)
    # After the last one, also of a machine whose clock is ahead.
    number = max(time.time_ns(), (tolerantly(_number, PUBLISHED) or 0) + 1)
    # The withdrawal first: no copy under this number is from before it.
    for name in sorted(names, reverse=True):
        tolerantly(_set_number, name, number)


def started():
    """The site may have other templates than before; what was withdrawn stays so."""
    _number(WITHDRAWN)
    tell(PUBLISHED)


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
    return caches["numbers"].get_or_set(name, time.time_ns, None)


def _set_number(name, number):
    # A file that cannot be written raises an error, and nobody tries again: all pages are made anew within the hour.
    # A Redis that is away says no.
    if not caches["numbers"].set(name, number, None):
        # PUBLISHED too: what is made until then would be from before the withdrawal, and never a last good copy.
        _untold.update({name, PUBLISHED})


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
