"""nginx in front of two machines, as compose.yaml has it."""

import os
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import requests

from tests import nginx
from tests.machines.conftest import Machine, rename

pytestmark = pytest.mark.django_db
KEPT = "public, max-age=0, must-revalidate"
VISITORS = 4


@pytest.fixture(scope="module")
def front(machines, tmp_path_factory):
    with in_front_of(tmp_path_factory.mktemp("nginx"), machines.a.address, machines.b.address) as address:
        yield Machine(None, address)


def in_front_of(folder, a, b):
    if not nginx.program():
        # Whoever has no nginx may test the rest, CI may not.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(nginx.MISSING)
    sites = {"SITE_A": urlsplit(a).netloc, "SITE_B": urlsplit(b).netloc}
    return nginx.running(folder, SITE_HOST="127.0.0.1", **sites)


def get(front, path, **headers):
    return requests.get(front.address + path, headers=headers, timeout=60, allow_redirects=False)


def test_a_publication_shows_at_once(machines, front, staff):
    for machine, title in [(machines.a, "First autumn"), (machines.b, "Second autumn")]:
        assert title not in get(front, "/en/autumn/").text
        rename(machines, staff, machine, "autumn", title)
        assert all(title in get(front, "/en/autumn/").text for _ in range(4))


def test_a_copy_that_still_holds_is_not_sent_again(front):
    page = get(front, "/en/autumn/", **{"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert page.headers["Content-Encoding"] == "br"
    assert page.headers["Cache-Control"] == KEPT
    again = get(front, "/en/autumn/", **{"Accept-Encoding": "br", "If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_staff_come_through_and_nobody_else_sees_what_they_are_shown(machines, front):
    browser = requests.Session()
    browser.headers["Origin"] = "https://127.0.0.1"  # TLS ended before nginx
    form = browser.get(f"{front.address}/admin/login/", timeout=60)
    token = form.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    data = {"csrfmiddlewaretoken": token, "login": "admin", "password": machines.password}
    answer = browser.post(f"{front.address}/admin/login/?next=/admin/", data=data, timeout=60)
    assert answer.url == f"{front.address}/admin/"
    assert "Log out" in browser.get(f"{front.address}/admin/", timeout=60).text
    assert browser.get(f"{front.address}/en/about/", timeout=60).headers.get("Cache-Control") != KEPT
    assert get(front, "/en/about/").headers["Cache-Control"] == KEPT


def test_a_page_made_private_is_gone_at_once(machines, front, staff):
    assert get(front, "/en/winter/").status_code == 200
    [(pk,)] = machines.rows("SELECT id FROM wagtailcore_page WHERE slug = 'winter'")
    form = staff.ask(machines.a, f"/admin/pages/{pk}/privacy/").json()["html"]
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    staff.ask(machines.a, f"/admin/pages/{pk}/privacy/", csrfmiddlewaretoken=token, restriction_type="login")
    for _ in range(4):
        answer = get(front, "/en/winter/")
        assert answer.status_code == 302 and "/admin/login/" in answer.headers["Location"]


class Recorder(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        self.send_response(getattr(self.server, "status", 200))
        self.send_header("Cache-Control", getattr(self.server, "keep", KEPT))
        self.send_header("Content-Length", "0")
        self.send_header("X-Request-ID", "of another")
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *args):
        pass


@contextmanager
def before_a_recorder(folder):
    """nginx in front of a server that notes what it is asked; both of them."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        behind = f"http://127.0.0.1:{server.server_port}"
        with in_front_of(folder, behind, behind) as address:
            yield server, address
            server.shutdown()


def test_nobody_dictates_what_the_site_is_told_of_a_request(tmp_path):
    with before_a_recorder(tmp_path) as (server, address):
        lies = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
        requests.get(f"{address}/en/", headers=lies | {"X-Forwarded-For": "203.0.113.9"}, timeout=60)
        requests.get(f"{address}/admin/", headers=lies, timeout=60)
        for path, size, status in [("/en/", 65_000, 200), ("/en/", 66_000, 413), ("/admin/", 20 * 2**20, 200)]:
            assert requests.post(address + path, data=b"x" * size, timeout=60).status_code == status
        connection = HTTPConnection(urlsplit(address).netloc)
        connection.request("GET", "/en/", headers={"Host": "evil.example"})
        with pytest.raises(RemoteDisconnected):
            connection.getresponse()
    for _, headers in server.asked:
        assert headers["Host"] == "127.0.0.1"
        assert headers["X-Forwarded-Proto"] == "https"
        assert not {"X-Forwarded-Host", "Forwarded"} & headers.keys()
    # From the loopback the visitor's address is believed: there the proxy that ends TLS says it.
    assert [headers["X-Forwarded-For"] for _, headers in server.asked[:2]] == ["203.0.113.9", "127.0.0.1"]


def test_each_request_has_an_id_of_its_own_on_the_line_of_the_site_and_with_the_visitor(tmp_path):
    with before_a_recorder(tmp_path) as (server, address):
        ids, server.keep = [], "public, max-age=60"
        for path in ("/en/", "/static/site.css", "/static/site.css", "/admin/"):
            answer = requests.get(address + path, headers={"X-Request-ID": "of the visitor"}, timeout=60)
            ids.append(answer.headers["X-Request-ID"])
        asked = [(path, headers["X-Request-ID"]) for path, headers in server.asked]
        server.shutdown()
        server.server_close()
        ids.append(requests.get(f"{address}/en/nothing/", timeout=60).headers["X-Request-ID"])
    assert len(set(ids)) == 5 and all(re.fullmatch("[0-9a-f]{32}", given) for given in ids)
    # The file was kept with the answer to the first who asked for it.
    assert asked == [("/en/", ids[0]), ("/static/site.css", ids[1]), ("/admin/", ids[3])]


def test_what_the_site_answers_itself_is_replaced_by_no_copy(tmp_path):
    """A page that was withdrawn, while the database is away: the site says 503 and knows why."""
    with before_a_recorder(tmp_path) as (server, address):
        for status in (200, 503, 500, 404):
            server.status = status
            assert requests.get(f"{address}/en/", timeout=60).status_code == status
        server.shutdown()
        server.server_close()
        assert requests.get(f"{address}/en/", timeout=60).status_code == 200


def test_a_machine_that_dies_costs_no_later_visitor_a_page_and_without_any_the_last_good_copy_is_shown(machines, front):
    good = {path: get(front, path) for path in ("/en/", "/en/autumn/", "/en/species/", "/en/initiatives/?page=1")}
    assert {answer.status_code for answer in good.values()} == {200}
    with ThreadPoolExecutor(VISITORS) as visitors:
        answers = [visitors.submit(get, front, path) for path in list(good) * 10]
        os.killpg(machines.a.site.process.pid, signal.SIGKILL)
    # Nobody can take back what has been sent: an answer that was on its way at that moment may end in its middle.
    cut = [answer for answer in answers if isinstance(answer.exception(), requests.exceptions.ChunkedEncodingError)]
    assert len(cut) <= VISITORS
    assert {answer.result().status_code for answer in answers if answer not in cut} == {200}
    assert {get(front, path).status_code for path in good} == {200}
    os.killpg(machines.b.site.process.pid, signal.SIGKILL)
    for path, answer in good.items():
        last = get(front, path)
        assert (last.status_code, last.content) == (200, answer.content)
    unseen = get(front, "/en/privacy/")
    assert (unseen.status_code, unseen.headers["Retry-After"]) == (503, "60")
    assert unseen.text == "The site cannot be reached at the moment. Please try again in a minute.\n"
    assert requests.post(f"{front.address}/en/", data={"a": "b"}, timeout=60).status_code == 503
    # The price of it, said in docs/operations.md: its public copy is older than its privacy.
    assert get(front, "/en/winter/").status_code == 200
