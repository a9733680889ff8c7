import logging
import os
import signal
from importlib import import_module

import gunicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from iucn_ca import generation

logger = logging.getLogger(__name__)
gunicorn.SERVER = "website"  # there is no setting that hides name and version


class Supervisor(Arbiter):
    """Beside the workers one process for the schedule, however many they are; whichever is killed is started anew."""

    schedule = None

    def manage_workers(self):
        super().manage_workers()
        generation.tell()
        if not self.schedule or is_gone(self.schedule):
            # One that was killed may have published what it told nobody; the same holds for a worker below.
            generation.tell(generation.PUBLISHED)
            self.schedule = self.start_schedule()

    def start_schedule(self):
        if process := os.fork():
            return process
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        for listener in self.LISTENERS:
            listener.close()
        try:
            call_command("schedule")
        except BaseException:
            logger.exception("The schedule has ended.")
        finally:
            # Never back into the server's own loop, which would take the workers for its own and end them.
            os._exit(1)

    def stop(self, graceful=True):
        if self.schedule and not is_gone(self.schedule):
            os.kill(self.schedule, signal.SIGTERM)
        super().stop(graceful)


def is_gone(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


class Server(BaseApplication):
    def __init__(self, address):
        self.address = address
        super().__init__()

    def load_config(self):
        for name, value in {
            "bind": self.address,
            "worker_class": "gthread",
            "workers": 2,
            "threads": 4,
            "preload_app": True,
            "timeout": 30,
            "graceful_timeout": 30,
            "loglevel": "warning",
            "logconfig_dict": settings.LOGGING,
            # Nothing that a visitor sends may rewrite the address that the site sees.
            "forwarder_headers": "",
            # It would lie in somebody's home.
            "control_socket_disable": True,
            "when_ready": when_ready,
            "child_exit": worker_gone,
        }.items():
            self.cfg.set(name, value)

    def run(self):
        Supervisor(self).run()

    def load(self):
        # Before the processes part, so that none of them makes its first visitor wait.
        import_module(settings.ROOT_URLCONF)
        return import_string(settings.WSGI_APPLICATION)


def when_ready(server):
    print(f"The site: {settings.SITE_URL}/   Staff: {settings.SITE_URL}/admin/   Stop: Ctrl-C", flush=True)


def worker_gone(server, worker):
    generation.tell(generation.PUBLISHED)


class Command(BaseCommand):
    help = "Prepare the site and serve it, in one process: loading the site twice would double the time of a start."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("address", help="where to listen, for example 127.0.0.1:8000")

    def handle(self, *, address, **options):
        call_command("prepare")
        Server(address).run()
