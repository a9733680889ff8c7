import logging
import os
import signal
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from iucn_ca import generation
from iucn_ca.machines import alone

logger = logging.getLogger(__name__)

MINUTE = 60


class Command(BaseCommand):
    help = "Publish and take down what is scheduled, every minute until the process that started this one is gone."
    requires_system_checks = []

    def handle(self, **options):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: os._exit(0))
        server, due = os.getppid(), 0
        while os.getppid() == server:
            if time.monotonic() >= due:
                due = time.monotonic() + MINUTE
                publish()
            generation.tell()
            time.sleep(1)


def publish():
    try:
        with alone("schedule", wait=False) as is_mine:
            if is_mine:
                call_command("publish_scheduled", verbosity=0)
    except DatabaseError as error:
        # What is due stays due: the next round takes it along.
        logger.error("The schedule waits for the database: %s", error)
    except Exception:
        # A full disk, for example.
        logger.exception("The schedule tries again in a minute.")
    finally:
        connection.close()
