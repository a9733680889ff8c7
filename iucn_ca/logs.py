"""What the site writes down while it runs: which request a line belongs to, and the mail that tells of an error."""

import logging
import os
import re
import time
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from queue import Full, Queue
from threading import Thread
from traceback import format_tb, walk_tb
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)

TEN_MINUTES = 600
MOST_WAITING = 20
# As deploy/nginx.conf.template makes them; other proxies write them with hyphens.
SANE = re.compile(r"[0-9A-Za-z-]{16,64}")

_current = ContextVar("request_id", default=None)


class RequestIdMiddleware:
    """Stands behind the page cache and the static files: what is kept has no request of its own, and costs no more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Behind https a proxy writes this header; without one a visitor would.
        given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.HTTPS else ""
        request.id = given if SANE.fullmatch(given) else uuid4().hex
        token = _current.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-ID"] = request.id
        return response


class RequestId(logging.Filter):
    def filter(self, record):
        # What Django says of an answer (404, 403) it says when all middleware is through.
        record.request_id = getattr(getattr(record, "request", None), "id", None) or _current.get()
        return True


class ErrorMail(logging.Handler):
    """The first error of a kind in ten minutes, from each process. No visitor waits for the mail server.

    Where it happened and nothing that was sent: the words of an exception may repeat what somebody typed, and stay in
    the log.
    """

    def __init__(self, server, to):
        super().__init__(logging.ERROR)
        self.server, self.to, self.quiet_until = server, to, {}

    def emit(self, record):
        if record.name.startswith("django.security"):
            return  # what strangers try
        try:
            kind, now = kind_of(record), time.monotonic()
            if now >= self.quiet_until.get(kind, 0):
                self.quiet_until[kind] = now + TEN_MINUTES
                with suppress(Full):  # it is in the log
                    outbox(os.getpid()).put_nowait(self.mail(record))
        except Exception:  # of a line that cannot be put together; whoever logs it goes on
            self.handleError(record)

    def mail(self, record):
        lines = [
            f"{record.levelname} {record.name}: {record.getMessage()}",
            f"Request: {record.request_id}, process: {record.process}. The log has all of it, and what follows.",
        ]
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            lines += ["", *format_tb(trace), kind.__name__]
        subject = f"{settings.SITE_URL}: {' '.join(record.getMessage().split())[:100]}"
        # Mail servers take the office's own address; one of the site's would be refused.
        return EmailMessage(subject, "\n".join(lines), self.to[0], self.to, connection=get_connection(**self.server))


def kind_of(record):
    """Where it was said and where it happened, whatever was asked for."""
    kind, _, trace = record.exc_info or (None, None, None)
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(trace)]
    return record.pathname, record.lineno, kind, tuple(frames[-1:])


@cache
def outbox(process):
    """A process that parted from another has no thread of that one."""
    mails = Queue(MOST_WAITING)
    Thread(target=send, args=[mails], daemon=True).start()
    return mails


def send(mails):
    while True:
        try:
            mails.get().send()
        except Exception as error:  # whatever a mail server can do; it is no error of the site
            logger.warning("An error mail could not be sent: %r", error)
