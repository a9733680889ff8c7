"""Requests that no client library would send, over the wire to the site as it is served in earnest."""

import re
import shutil
import socket
import sqlite3
import time
from contextlib import closing

import pytest

from tests.serving import Visitor, a_var, on_sqlite, started

pytestmark = on_sqlite

HOST = b"Host: 127.0.0.1\r\n"
# What is sent, and the statuses that may be the answer; none at all is one too, where the connection is closed.
SENT = {
    "nothing": b"\r\n\r\n",
    "no request": b"hello\r\n\r\n",
    "noise": bytes(range(256)) * 4 + b"\r\n\r\n",
    "a greeting for TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "an old version": b"GET /en/\r\n\r\n",
    "a version of the future": b"GET /en/ HTTP/9.9\r\n" + HOST + b"\r\n",
    "HTTP/2 unasked": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": b"GET /en/ HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /en/ HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "a host that is none": b"GET /en/ HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "a null in the path": b"GET /en/\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "bare bytes in the path": b"GET /en/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "bare bytes in the query": b"GET /en/search/?q=\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "broken encoding": b"GET /en/%zz%ff%00/?q=%zz%ff HTTP/1.1\r\n" + HOST + b"\r\n",
    "the address of another site": b"GET http://evil.example/en/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "an address that is none": b"GET http://[ HTTP/1.1\r\n" + HOST + b"\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "a connection to somewhere": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a way out of the folder": b"GET /media/images/../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "a way out, encoded": b"GET /static/%2e%2e/%2e%2e/env HTTP/1.1\r\n" + HOST + b"\r\n",
    "a way out with backslashes": b"GET /static/..%5c..%5cenv HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long header": b"GET /en/ HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET /en/ HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(5_000)) + b"\r\n",
    "a null in a header": b"GET /en/ HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "a header without a name": b"GET /en/ HTTP/1.1\r\n" + HOST + b": a\r\n\r\n",
    "a header over two lines": b"GET /en/ HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "line ends of another kind": b"GET /en/ HTTP/1.1\nHost: 127.0.0.1\n\n",
    "a header with an underscore": b"GET /en/ HTTP/1.1\r\n" + HOST + b"X_Forwarded_Proto: https\r\n\r\n",
    "cookies of noise": b"GET /admin/ HTTP/1.1\r\n" + HOST + b"Cookie: sessionid=\xff\x01; =; ;;\r\n\r\n",
    "a body of no length": b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\na",
    "a body of a length below nothing": b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\na",
    "a body of two lengths": (
        b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\naa"
    ),
    "a body larger than the world": b"POST /admin/login/ HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 9"
    + b"9" * 30
    + b"\r\n\r\n",
    "a length and chunks": (
        b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /admin/ HTTP/1.1\r\n" + HOST + b"\r\n"
    ),
    "chunks that are none": b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a chunk below nothing": b"POST /admin/login/ HTTP/1.1\r\n"
    + HOST
    + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a chunk larger than the world": (
        b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n\r\n"
    ),
    "chunks in disguise": b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks twice": b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "a broken form": (
        b"POST /admin/login/ HTTP/1.1\r\n" + HOST + b"Content-Type: multipart/form-data; boundary=\r\n"
        b"Content-Length: 9\r\n\r\n--\r\n\r\nabc"
    ),
}
# Not built, and no version that it knows: the server's own words for what it will not read.
HARMLESS = {"501", "505"}


@pytest.fixture(scope="module")
def site(first_start, tmp_path_factory):
    var = a_var(shutil.copytree(first_start.var, tmp_path_factory.mktemp("wire") / "var"))
    with started(var) as site:
        site.var = var
        yield site


def test_who_sends_slowly_what_is_to_be_written_keeps_no_other_from_writing(site):
    """SQLite has one writer; as if somebody edited a page, with as little as a stranger has."""
    head = b"POST /admin/pages/1/edit/ HTTP/1.1\r\n" + HOST + b"Cookie: csrftoken=" + b"a" * 32
    head += b"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntitle="
    with socket.create_connection(("127.0.0.1", int(site.address.rpartition(":")[2]))) as slow:
        slow.sendall(head)
        time.sleep(2)  # until the site waits for the rest
        with closing(sqlite3.connect(site.var / "db.sqlite3", timeout=1, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")


def answer_to(site, sent):
    """All that comes back until the site closes the connection, or has said all that it says."""
    received = b""
    with socket.create_connection(("127.0.0.1", int(site.address.rpartition(":")[2])), timeout=5) as wire:
        try:
            wire.sendall(sent)
            wire.shutdown(socket.SHUT_WR)
            while piece := wire.recv(65_536):
                received += piece
        except OSError:
            pass  # It closes the connection on whoever sends too much.
    return received.decode("latin-1")


def test_a_request_in_order_is_answered_in_the_same_way(site):
    assert answer_to(site, b"GET /en/about/ HTTP/1.1\r\n" + HOST + b"\r\n").startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize("name", SENT)
def test_a_request_that_is_none_is_refused_and_the_site_goes_on(site, name):
    before = len(site.output)
    answer = answer_to(site, SENT[name])
    statuses = re.findall(r"^HTTP/1\.[01] (\d{3})", answer, re.MULTILINE)
    assert not [status for status in statuses if status >= "500" and status not in HARMLESS], answer
    assert not re.search(r"Traceback|gunicorn|/site-packages/", answer), answer
    assert "Internal Server Error" not in site.output[before:]
    # Nothing of an environment or a list of users, and no second answer to what was hidden in a body.
    assert not re.search(r"SECRET_KEY|root:x:", answer)
    assert len(statuses) <= 1 or "400" in statuses
    assert Visitor(site.address).get("/-/ready")[0] == 200


def test_after_many_requests_that_were_never_ended_the_site_goes_on(site):
    port = int(site.address.rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(40)]
    for wire in idle:
        wire.sendall(b"GET /en/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
    for wire in idle:
        wire.close()
    assert Visitor(site.address).get("/en/about/")[0] == 200
    assert "Internal Server Error" not in site.output
