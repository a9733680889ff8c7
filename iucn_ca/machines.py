"""What only one of several machines does at a time; they share a PostgreSQL."""

import logging
from contextlib import contextmanager

from django.db import connection

logger = logging.getLogger(__name__)


@contextmanager
def alone(task, *, wait):
    """Whether this is the one that may do the task. A machine that goes away frees it with its connection."""
    if connection.vendor != "postgresql":
        yield True  # SQLite is one machine's
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [task])
        [is_mine] = cursor.fetchone()
        if wait and not is_mine:
            logger.warning("Another machine does this at the moment (%s); this one waits for it.", task)
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [task])
            is_mine = True
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [task])
