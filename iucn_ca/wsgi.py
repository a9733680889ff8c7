import os

from django.core.wsgi import get_wsgi_application

from iucn_ca.middleware import with_readable_content_type

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iucn_ca.settings.production")
# A visitor's question to PostgreSQL ends after ten seconds, so that a slow one cannot take the site with it.
# Migrations, the seed and backups run through manage.py and may take the time that they need.
os.environ.setdefault(
    "PGOPTIONS", "-c statement_timeout=10000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000"
)

application = with_readable_content_type(get_wsgi_application())
