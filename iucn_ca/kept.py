"""What many pages ask alike is asked once in a process, until anything is published."""

import time
from functools import wraps

from django.db import connection

from .generation import current, next_expiry, tolerantly

HALF_AN_HOUR = 1800  # an hour in all: what a process keeps goes into copies of pages
MOST_RESULTS = 100


def kept_in_process(function):
    """Arguments are hashable; nobody changes the result."""
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
