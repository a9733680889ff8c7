"""The site's settings without static files: to collect and compress them twice would take longer than these tests."""

from iucn_ca.settings.production import *

STATICFILES_FINDERS = []
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
