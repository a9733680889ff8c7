"""Django's PostgreSQL, for one that may be away: one request in a while tries, the others are told at once."""

import time

from django.db.backends.postgresql import base

LEFT_ALONE = 1  # seconds
LONGEST_TRY = 6  # somewhat longer than a request waits for the pool and for its check


class DatabaseWrapper(base.DatabaseWrapper):
    away_until = 0

    @property
    def is_away(self):
        return time.monotonic() < DatabaseWrapper.away_until

    def get_new_connection(self, parameters):
        shared = DatabaseWrapper
        if self.is_away:
            raise self.Database.OperationalError("The database was away a moment ago.")
        if shared.away_until:
            shared.away_until = time.monotonic() + LONGEST_TRY
        try:
            connection = super().get_new_connection(parameters)
        except self.Database.OperationalError:
            shared.away_until = time.monotonic() + LEFT_ALONE
            raise
        shared.away_until = 0
        return connection
