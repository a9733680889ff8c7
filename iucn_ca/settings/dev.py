"""Production loosened for writing code: `manage.py runserver --settings=iucn_ca.settings.dev`, after one `make run`."""

from iucn_ca.settings.production import *

DEBUG = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
