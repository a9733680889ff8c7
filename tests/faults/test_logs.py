"""Whose id a request has; and an error is told by mail, where a server that is away or hangs changes no answer."""

import logging
import re
import socket
from contextlib import contextmanager
from queue import Empty
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from iucn_ca.logs import MOST_WAITING, ErrorMail, RequestId, RequestIdMiddleware
from tests import mail
from tests.postgresql import free_port

TYPED, COOKIE = "what somebody typed", "the secret of a session"
TO = ["webmaster@example.org", "second@example.org"]


def broken(request):
    raise ValueError(request.POST["word"])


def broken_elsewhere(request):
    raise KeyError(request.POST["word"])


def broken_in_another_way_each_time(request, number):
    raise type(f"Error{number}", (Exception,), {})


urlpatterns = [
    path("broken/", broken),
    path("broken/elsewhere/", broken_elsewhere),
    path("broken/<int:number>/", broken_in_another_way_each_time),
]
handler500 = "iucn_ca.views.server_error"


@contextmanager
def a_site_with(url):
    """Whose errors go to this mail server; what its visitors get must not differ."""
    address = urlsplit(url)
    handler = ErrorMail(
        {
            "backend": "django.core.mail.backends.smtp.EmailBackend",
            "host": address.hostname,
            "port": address.port,
            "timeout": 300,
        },
        TO,
    )
    handler.addFilter(RequestId())
    logging.getLogger().addHandler(handler)
    visitor = Client(raise_request_exception=False)
    visitor.cookies["session"] = COOKIE
    try:
        with override_settings(ROOT_URLCONF=__name__, DEBUG=False, MIDDLEWARE=["iucn_ca.logs.RequestIdMiddleware"]):
            yield lambda address: visitor.post(address, {"word": TYPED})
    finally:
        logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("7d1e5b8a-3f3c-4c58-9d5e-0d8c4b1f2a60", True),
        ("short", False),
        ("x" * 65, False),
        ('0123456789abcdef", "level": "ERROR', False),
        ("0123456789abcdef\n0123456789abcdef", False),
    ],
)
def test_the_id_of_a_proxy_is_taken_if_it_is_one(settings, given, is_taken):
    settings.HTTPS = True
    answer = RequestIdMiddleware(lambda request: HttpResponse())(RequestFactory().get("/", HTTP_X_REQUEST_ID=given))
    assert (answer["X-Request-ID"] == given) == is_taken
    assert is_taken or re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])


def test_the_first_error_of_a_kind_is_told_with_where_it_happened_and_nothing_that_was_sent():
    with mail.server() as (url, mails), a_site_with(url) as send:
        answers = [send("/broken/") for _ in range(50)]
        answers.append(send("/broken/elsewhere/"))
        told = [mails.get(timeout=60) for _ in range(2)]
        with pytest.raises(Empty):
            mails.get(timeout=0.5)
    assert {answer.status_code for answer in answers} == {500}
    text = told[0].get_content()
    assert "/broken/" in told[0]["Subject"] and (told[0]["From"], told[0]["To"]) == (TO[0], ", ".join(TO))
    assert "in broken\r\n" in text and "ValueError" in text and answers[0]["X-Request-ID"] in text
    assert "KeyError" in told[1].get_content()
    for mail_ in told:
        assert TYPED not in str(mail_) and COOKIE not in str(mail_) and "session" not in str(mail_)


def test_a_mail_server_that_is_away_changes_no_answer_and_the_next_one_is_told(caplog):
    with a_site_with(f"smtp://127.0.0.1:{free_port()}") as send:
        answers = [send("/broken/"), send("/broken/")]
    with mail.server() as (url, mails), a_site_with(url) as send:
        answers.append(send("/broken/"))
        assert mails.get(timeout=60)
    assert [(answer.status_code, answer.content) for answer in answers] == [(500, answers[2].content)] * 3
    [line] = [record for record in caplog.records if record.name == "iucn_ca.logs"]
    assert line.levelname == "WARNING" and "refused" in line.getMessage()


@pytest.mark.parametrize("said", [("%d pages", "x"), ("of no error",)])
def test_a_line_that_is_wrong_itself_stops_nobody(said):
    record = logging.LogRecord("iucn_ca", logging.ERROR, __file__, 1, said[0], said[1:], (None, None, None))
    record.request_id = None
    ErrorMail({}, ["webmaster@example.org"]).emit(record)


def test_what_strangers_try_is_no_mail():
    with mail.server() as (url, mails), a_site_with(url) as send:
        logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header")
        send("/broken/")
        assert "/broken/" in mails.get(timeout=60)["Subject"]


def test_a_mail_server_that_hangs_holds_no_visitor_however_many_errors_there_are():
    hung = socket.create_server(("127.0.0.1", 0))
    with hung, a_site_with(f"smtp://127.0.0.1:{hung.getsockname()[1]}") as send:
        assert send("/broken/").status_code == 500
        held, _ = hung.accept()  # the mail is on its way, and is told nothing for as long as this test likes
        with held:
            answers = [send(f"/broken/{number}/") for number in range(2 * MOST_WAITING)]
            assert {answer.status_code for answer in answers} == {500}
            held.setblocking(False)
            with pytest.raises(BlockingIOError):
                held.recv(1)  # it still waits for the greeting
