import gc
import logging
import os

from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries
from django.utils.module_loading import import_string

from iucn_ca.postgresql import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iucn_ca.settings.production")
# A visitor's question to PostgreSQL ends after ten seconds, so that a slow one cannot take the site with it.
# Migrations, the seed and backups run through manage.py and may take the time that they need.
# To compile a query of the directory takes longer than to run it.
os.environ.setdefault(
    "PGOPTIONS",
    "-c statement_timeout=10000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000 -c jit=off",
)
# Nor can one that hangs: somewhat later the process no longer waits for it.
Connection.longest_wait = 12

application = get_wsgi_application()
logging.captureWarnings(True)
# By name, since their module needs the models, which are there only now.
for name in ("without_body_for_head", "with_readable_content_type"):
    application = import_string(f"iucn_ca.middleware.{name}")(application)

# Queries are noted with DEBUG alone, neither files nor django-redis have anything to close after a request, and the
# database's connections are looked at when it ends. To do all this as well would take 17 of the 48 µs that Django and
# the site then need for a kept page.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_caches)

# What a start leaves stays until the end: the collector of garbage need not go through it for every page.
gc.freeze()
gc.set_threshold(10_000, 20, 20)
