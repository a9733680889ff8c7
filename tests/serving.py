"""Start the site as it is started in earnest, and talk to it over HTTP."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import contextmanager
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.conf import settings
from django.db import connection

from tests.postgresql import free_port

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="the site of the first start has SQLite")

# An empty environment but for the path; no home, no locale, nobody's variables.
EMPTY = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


class Site:
    def __init__(self, process):
        self.process, self.output, self.started = process, "", time.monotonic()
        self.seconds = None
        self.listening = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.output += line
            if line.startswith("The site: "):
                self.seconds = time.monotonic() - self.started
                self.listening.set()
        self.listening.set()

    @property
    def password(self):
        return re.search(r"as admin with the password (\S+)", self.output)[1]

    def stop(self, sign):
        self.process.send_signal(sign)
        return self.process.wait(timeout=40)


@contextmanager
def serving(command, **options):
    """Give the site once it listens; a start that fails shows what it said."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    site = Site(process)
    try:
        site.listening.wait(timeout=400)
        assert site.seconds, site.output
        yield site
    finally:
        if process.poll() is None:
            site.stop(signal.SIGTERM)


def a_var(folder):
    """A var/ whose virtual environment has the packages already: those that the tests run on."""
    python = folder / "venv/bin/python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    pins = hashlib.sha256((settings.BASE_DIR / "requirements/runtime.txt").read_bytes()).hexdigest()
    (folder / "venv/runtime.stamp").write_text(f"{pins} {python}\n")
    return folder


@contextmanager
def started(var):
    """The site as `make run` starts it in an empty environment; the address is the site's."""
    port = free_port()
    command = [sys.executable, "deploy/bootstrap.py", "run"]
    with serving(command, cwd=settings.BASE_DIR, env={**EMPTY, "VAR_DIR": str(var), "PORT": str(port)}) as site:
        site.address = f"http://127.0.0.1:{port}"
        yield site


class Visitor:
    def __init__(self, address):
        self.address = address
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path, data=None):
        """The status, the address in the end, and the text."""
        try:
            answer = self.opener.open(Request(self.address + path, data and urlencode(data).encode()), timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.url.removeprefix(self.address), answer.read().decode()

    def log_in(self, username, password):
        _, _, form = self.get("/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        data = {"csrfmiddlewaretoken": token, "login": username, "password": password}
        return self.get("/admin/login/?next=/admin/", data)


def ordinary_user():
    """For subprocess, as root: the user who may do least, so that the site writes only where it is meant to."""
    if os.geteuid() != 0:
        return {}
    nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    try:
        subprocess.run([sys.executable, "-c", ""], check=True, **nobody)
    except OSError:
        warnings.warn("nobody may not run this Python: the container's commands are run as root", stacklevel=2)
        return {}
    return nobody
