"""Production loosened for the tests. Nothing of the developer's own environment or `var/` reaches them."""

import os
import shutil
import tempfile

_room = tempfile.TemporaryDirectory(prefix="iucn-ca-tests-")
for _name in ("MEDIA_ROOT", "MEDIA_URL", "MEDIA_S3_BUCKET", "REDIS_URL", "FRONTEND_CACHE_URL", "ERROR_MAIL_TO"):
    os.environ.pop(_name, None)
os.environ |= {
    "OPENPYXL_LXML": "False",  # the site has no lxml, only what the tests need brings it
    "SECRET_KEY": "only the tests know this",
    "SITE_URL": "http://127.0.0.1:8000",
    "VAR_DIR": _room.name,
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_room.name}/db.sqlite3",
}

from iucn_ca.settings.production import *

# A file, as on the site: SQLite in memory knows neither WAL nor two connections.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": f"{_room.name}/test.sqlite3"}
    if _migrated := os.environ.pop("MIGRATED_SQLITE", ""):
        shutil.copy(_migrated, DATABASES["default"]["TEST"]["NAME"])
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "numbers": TIMES,
    # What a test changes is rolled back; those of the page cache itself bring their own.
    **{name: {"BACKEND": "django.core.cache.backends.dummy.DummyCache"} for name in ("pages", "queries", "renditions")},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
