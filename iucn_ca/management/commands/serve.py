import os
import signal
from importlib import import_module

import gunicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string
from gunicorn.app.base import BaseApplication

gunicorn.SERVER = "website"  # there is no setting that hides name and version


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
            # Nothing that a visitor sends may rewrite the address that the site sees.
            "forwarder_headers": "",
            # It would lie in somebody's home.
            "control_socket_disable": True,
            "when_ready": when_ready,
        }.items():
            self.cfg.set(name, value)

    def load(self):
        # Before the processes part, so that none of them makes its first visitor wait.
        import_module(settings.ROOT_URLCONF)
        return import_string(settings.WSGI_APPLICATION)


def when_ready(server):
    print(f"The site: {settings.SITE_URL}/   Staff: {settings.SITE_URL}/admin/   Stop: Ctrl-C", flush=True)


class Command(BaseCommand):
    help = "Prepare the site and serve it, in one process: loading the site twice would double the time of a start."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("address", help="where to listen, for example 127.0.0.1:8000")

    def handle(self, *, address, **options):
        self.pid = os.getpid()
        call_command("prepare")
        # Beside the workers and once, however many they are; parted here it needs no loading of its own.
        schedule = os.fork()
        if not schedule:
            call_command("schedule")
            os._exit(0)
        try:
            Server(address).run()
        finally:
            if self.pid == os.getpid():  # not in a worker, which ends here too
                os.kill(schedule, signal.SIGTERM)
