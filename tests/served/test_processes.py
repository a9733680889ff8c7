"""The processes of a site share what they keep: whatever another one publishes shows at the next request of each."""

import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from django.conf import settings

from tests.serving import EMPTY, Visitor, a_var, on_sqlite, started

PAGE, DIRECTORY, REQUESTS = "/en/initiatives/folur/", "/en/initiatives/?status=current", 16
PUBLISH = """
import django
django.setup()
from initiatives.models import InitiativePage
page = InitiativePage.objects.get(slug="folur")
page.title = "Renamed elsewhere"
page.save_revision().publish()
"""


CACHE_CONTROL = """
from django.test import Client
print(Client(SERVER_NAME="127.0.0.1").get("/en/")["Cache-Control"])
"""

pytestmark = on_sqlite


def a_copy(first_start, folder):
    """Of the site's `var`, and the environment in which a program works on it."""
    var = a_var(shutil.copytree(first_start.var, folder))
    variables = dict(line.split("=", 1) for line in (var / "env").read_text().splitlines()[1:])
    return var, {**EMPTY, **variables, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "iucn_ca.settings.production"}


def run(program, environment):
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_what_another_process_publishes_shows_at_the_next_request_of_every_worker(first_start, tmp_path):
    var, environment = a_copy(first_start, tmp_path / "var")
    with started(var) as site:

        def shown():
            """Each on a connection of its own, so that every worker has its turn."""
            visits = [Visitor(site.address).get(page)[2] for page in (PAGE, DIRECTORY, "/en/") for _ in range(REQUESTS)]
            return {"Renamed elsewhere" in text for text in visits}

        assert shown() == {False}
        assert list((var / "cache" / "pages").glob("*.djcache"))
        run(PUBLISH, environment)
        assert shown() == {True}


class Front(BaseHTTPRequestHandler):
    """A cache in front of the site, as far as it is told to forget something."""

    def do_PURGE(self):
        self.server.purged.append(self.path)
        self.send_response(200)
        self.end_headers()


def test_a_cache_in_front_is_told_of_a_publication_and_may_keep_pages_for_a_minute(first_start, tmp_path):
    _, environment = a_copy(first_start, tmp_path / "var")
    with HTTPServer(("127.0.0.1", 0), Front) as front:
        front.purged = []
        threading.Thread(target=front.serve_forever, daemon=True).start()
        said = run(
            PUBLISH + CACHE_CONTROL, environment | {"FRONTEND_CACHE_URL": f"http://127.0.0.1:{front.server_port}"}
        )
        front.shutdown()
    assert PAGE in front.purged
    assert said.strip() == "public, max-age=0, s-maxage=60, stale-if-error=86400"
