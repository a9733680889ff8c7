"""A cache in front of the site that is told of publications, and does not take it well."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from iucn_ca import front

pytestmark = pytest.mark.django_db
PAGE = "https://site.example/en/species/saiga/?page=2"


@pytest.fixture
def purge(monkeypatch, django_capture_on_commit_callbacks):
    """As the site does it once a page is published for good; told earlier, it would keep the page from before."""
    monkeypatch.setattr(front, "LONGEST_WAIT", 0.3)

    def purged(port, caplog):
        with django_capture_on_commit_callbacks(execute=True):
            front.PurgeBackend({"LOCATION": f"http://127.0.0.1:{port}"}).purge(PAGE)
            assert not caplog.messages

    return purged


class Front(BaseHTTPRequestHandler):
    def do_PURGE(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.mark.parametrize(
    ("status", "said"), [(200, ""), (405, f"{PAGE} was not purged: the cache in front answers 405")]
)
def test_it_is_told_the_address_and_a_refusal_is_noted(purge, caplog, status, said):
    with HTTPServer(("127.0.0.1", 0), Front) as server:
        server.asked, server.status = [], status
        threading.Thread(target=server.handle_request, daemon=True).start()
        purge(server.server_port, caplog)
    assert server.asked == [("/en/species/saiga/?page=2", "site.example")]
    assert caplog.messages == [said] * bool(said)


@pytest.mark.parametrize("listening", [True, False], ids=["hangs", "is gone"])
def test_one_that_hangs_or_is_gone_keeps_nobody_from_publishing(purge, caplog, listening):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listening:
            silent.listen()
        purge(silent.getsockname()[1], caplog)
    assert f"{PAGE} was not purged: " in caplog.text
