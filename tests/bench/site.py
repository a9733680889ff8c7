"""The site that is measured, and the SQL queries of its pages."""

import os
import secrets
import sys
from contextlib import redirect_stdout
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def prepare(room):
    """Make a site with the start content in this folder, or take the one that VAR_DIR names; say with what database."""
    if not os.environ.get("VAR_DIR"):
        os.environ["VAR_DIR"] = room
        for name in ("MEDIA_ROOT", "MEDIA_URL", "MEDIA_S3_BUCKET", "REDIS_URL", "FRONTEND_CACHE_URL"):
            os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bench.uncached",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": "http://127.0.0.1:8000",
    }
    django.setup()
    with redirect_stdout(sys.stderr):
        call_command("prepare")
    return f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}"


def largest_pages():
    """(label, queries, queries after a publication, path) of the page with most HTML of each type.

    Asked for by a visitor without cookies.
    """
    from wagtail.models import get_page_models

    from iucn_ca.models import BasePage

    for model in get_page_models():
        if issubclass(model, BasePage):
            pages = model.objects.live().public()
            yield model._meta.verbose_name, *max(asked(page.url) for page in pages)[1:]
    yield "search", *asked(reverse("search") + "?q=nature")[1:]
    connection.close()


def asked(path):
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(path)  # the process keeps some answers from its first request on
    counts = []
    for prepare in (lambda: None, publish):
        prepare()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
        counts.append(len(queries))
    return len(answer.content), *counts, path


def publish(var=None):
    """What a publication tells all processes of a site: whatever they keep is old."""
    os.utime(Path(var or os.environ["VAR_DIR"], "cache/numbers/published"))
