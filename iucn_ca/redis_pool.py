"""Connections to Redis that lose no time on a server that is away: one request in a while tries, the others go on."""

import logging
import time

from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError as NotThere
from redis.exceptions import TimeoutError as TooSlow

logger = logging.getLogger(__name__)

LEFT_ALONE = 2  # seconds


class Pool(ConnectionPool):
    away_until = 0

    def get_connection(self, *args, **options):
        now = time.monotonic()
        if now < self.away_until:
            raise NotThere("It was away a moment ago.")
        if self.away_until:
            self.away_until = now + LEFT_ALONE
        try:
            connection = super().get_connection(*args, **options)
        except (NotThere, TooSlow) as error:
            self.away_until = time.monotonic() + LEFT_ALONE
            logger.warning("The site goes on without Redis: %s", error)
            raise
        self.away_until = 0
        return connection
