"""Connections to a PostgreSQL that may hang: a server that is stopped takes what it is sent and never answers."""

import psycopg
from psycopg.pq import TransactionStatus

CHECK = 2  # seconds


class Connection(psycopg.Connection):
    """Nobody waits for ever. One that is given up is closed: its late answer would be taken for another's."""

    longest_wait = None  # of a command that takes its time; iucn_ca/wsgi.py says how long a visitor's request may wait

    def wait(self, gen, interval=0.1, timeout=None):
        try:
            return super().wait(gen, interval, timeout or self.longest_wait)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()
            raise

    def execute(self, *args, **options):
        """The pool asks in this way whether a connection still works, before anybody gets it."""
        self.longest_wait = CHECK
        try:
            return super().execute(*args, **options)
        finally:
            del self.longest_wait
