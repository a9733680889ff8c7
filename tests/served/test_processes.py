"""The processes of a site share what they keep: whatever another one publishes shows at the next request of each."""

import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.serving import EMPTY, Visitor, a_var, started

PAGE, REQUESTS = "/en/initiatives/folur/", 16
PUBLISH = """
import django
django.setup()
from initiatives.models import InitiativePage
page = InitiativePage.objects.get(slug="folur")
page.title = "Renamed elsewhere"
page.save_revision().publish()
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the site of the first start has SQLite")
def test_what_another_process_publishes_shows_at_the_next_request_of_every_worker(first_start, tmp_path):
    var = a_var(shutil.copytree(first_start.var, tmp_path / "var"))
    variables = dict(line.split("=", 1) for line in (var / "env").read_text().splitlines()[1:])
    environment = {**EMPTY, **variables, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "iucn_ca.settings.production"}
    with started(var) as site:

        def shown():
            """Each on a connection of its own, so that every worker has its turn."""
            return {Visitor(site.address).get(PAGE)[2].count("Renamed elsewhere") > 0 for _ in range(REQUESTS)}

        assert shown() == {False}
        assert list((var / "cache" / "pages").glob("*.djcache"))
        subprocess.run([sys.executable, "-c", PUBLISH], cwd=settings.BASE_DIR, env=environment, check=True)
        assert shown() == {True}
