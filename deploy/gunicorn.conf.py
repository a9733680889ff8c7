"""gunicorn under `make run` and in the container alike; the address to listen at is given by each."""

import os

import gunicorn

gunicorn.SERVER = "website"  # there is no setting that hides the name and version

wsgi_app = "iucn_ca.wsgi"
worker_class = "gthread"
workers = 2
threads = 4
# The site is loaded once and shared; a site that cannot be loaded ends the server at once.
preload_app = True
timeout = graceful_timeout = 30
loglevel = "warning"
control_socket_disable = True


def when_ready(server):
    from django.conf import settings

    print(f"The site: {settings.SITE_URL}/   Staff: {settings.SITE_URL}/admin/   Stop: Ctrl-C", flush=True)
