"""A site on a PostgreSQL of its own, both of which come to harm; and visitors who count what they get."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.factories import a_small_office
from tests.forms import Form
from tests.machines.conftest import away
from tests.postgresql import free_port
from tests.serving import EMPTY, serving

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="about a PostgreSQL that comes to harm")


class Database:
    def __init__(self, server):
        self.server = server
        self.url = server.url

    def fill(self):
        """With the tables of the tests' own database, and a small office in them."""
        away()
        usual, folder = dict(connection.settings_dict), self.server.folder
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{usual['NAME']}").geturl()
        self.ask("CREATE DATABASE iucn_ca", dbname="postgres")
        dump = [folder / "pg_dump", "--no-owner", address]
        tables = subprocess.run(dump, check=True, capture_output=True).stdout
        psql = [folder / "psql", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", self.url]
        subprocess.run(psql, input=tables, check=True)
        connection.settings_dict |= {
            "HOST": "127.0.0.1",
            "PORT": self.server.port,
            "NAME": "iucn_ca",
            "USER": "postgres",
        }
        try:
            a_small_office()
        finally:
            away()
            connection.settings_dict |= usual

    def ask(self, query, *values, **where):
        with psycopg.connect(self.url, autocommit=True, **where) as database:
            answer = database.execute(query, values)
            return answer.fetchall() if answer.description else None

    def processes(self):
        return [self.server.process.pid, *children(self.server.process.pid)]

    @contextmanager
    def stopped(self):
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    @contextmanager
    def hung(self):
        """It takes connections and whatever is sent, and answers nothing."""
        for process in self.processes():
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in self.processes():
                os.kill(process, signal.SIGCONT)

    @contextmanager
    def read_only(self):
        self.ask("ALTER SYSTEM SET default_transaction_read_only = on")
        self.ask("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            # Who asks for it may write all the same.
            self.ask("ALTER SYSTEM RESET default_transaction_read_only", options="-c default_transaction_read_only=off")
            self.ask("SELECT pg_reload_conf()")

    @contextmanager
    def full(self):
        """Others hold all of its connections, the site's own are cut."""
        held = [psycopg.connect(self.url, autocommit=True)]
        others = "backend_type = 'client backend' AND pid <> ALL(%s)"
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
        try:
            # The site connects anew at once, and may be quicker than this once or twice.
            theirs = True
            while theirs:
                with suppress(psycopg.OperationalError):
                    while True:
                        held.append(psycopg.connect(self.url))
                theirs = held[0].execute(cut, [[one.info.backend_pid for one in held]]).fetchall()
            yield
        finally:
            for one in held:
                one.close()


class Disk:
    """Of two megabytes where the tests may mount one; else a limit to every file is taken for a full one."""

    def __init__(self, folder):
        self.folder = folder
        mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]
        self.is_mounted = not subprocess.run(mount, stderr=subprocess.DEVNULL).returncode

    @contextmanager
    def full(self, site):
        filler = self.folder / "filler"
        try:
            if self.is_mounted:
                with suppress(OSError), filler.open("wb", buffering=0) as file:
                    while True:
                        file.write(b"x" * 4096)
            else:
                self.limit(site, 4096)
            yield
        finally:
            filler.unlink(missing_ok=True)
            if not self.is_mounted:
                self.limit(site, resource.RLIM_INFINITY)

    def limit(self, site, size):
        for worker in workers(site):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@contextmanager
def a_disk(folder):
    disk = Disk(folder)
    try:
        yield disk
    finally:
        if disk.is_mounted:
            subprocess.run(["umount", folder], check=True)


def children(process):
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def listens(process):
    """A worker waits for events, the schedule for the next minute."""
    try:
        return any("eventpoll" in str(file.readlink()) for file in Path(f"/proc/{process}/fd").iterdir())
    except FileNotFoundError:  # gone by now
        return False


def workers(site):
    return [process for process in children(site.process.pid) if listens(process)]


def schedules(site):
    return [process for process in children(site.process.pid) if not listens(process)]


@contextmanager
def a_site(database, var, **variables):
    """As it is started in earnest."""
    address = f"127.0.0.1:{free_port()}"
    environment = {
        **EMPTY,
        "DJANGO_SETTINGS_MODULE": "tests.machines.settings",
        "SECRET_KEY": "of the sites that come to harm",
        "SITE_URL": "http://127.0.0.1",
        "DATABASE_URL": database.url,
        "VAR_DIR": str(var),
        **variables,
    }
    command = [sys.executable, "manage.py", "serve", address]
    with serving(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True) as site:
        site.address = f"http://{address}"
        site.rows = database.ask
        yield site


def a_publication(site, staff, slug, **typed):
    """What an editor's browser is about to send."""
    [(pk,)] = site.rows("SELECT id FROM wagtailcore_page WHERE slug = %s", slug)
    path = f"/admin/pages/{pk}/edit/"
    values = Form(staff, staff.ask(site, path)).values | typed | {"action-publish": "action-publish"}
    return {
        "url": site.address + path,
        "data": {name: value for name, value in values.items() if value is not None},
    }


@dataclass
class Answer:
    path: str
    at: float
    seconds: float
    status: int = 0
    headers: dict = field(default_factory=dict)
    text: str = ""
    error: str = ""


def is_branded(answer):
    return "Back in a moment" in answer.text and 'class="site-header"' in answer.text and "site.css" in answer.text


def eventually(question, longest=40):
    """The seconds until it is so; long ones on a machine that is busy with other tests."""
    began = time.monotonic()
    while not question():
        assert time.monotonic() - began < longest
        time.sleep(0.1)
    return time.monotonic() - began


def ask(site, path, method="GET", body=None, **headers):
    started, address = time.monotonic(), urlsplit(site.address).netloc
    visitor = HTTPConnection(address, timeout=60)
    try:
        visitor.request(method, path, body, headers={"Host": "127.0.0.1", "Connection": "close", **headers})
        answer = visitor.getresponse()
        text = answer.read().decode(errors="replace")
        return Answer(path, started, time.monotonic() - started, answer.status, dict(answer.headers), text)
    except (OSError, HTTPException) as error:
        return Answer(path, started, time.monotonic() - started, error=repr(error))
    finally:
        visitor.close()


class Visitors:
    """So many requests a second, each on a connection of its own, until they are called off."""

    def __init__(self, site, paths, a_second=20):
        self.site, self.paths, self.pause = site, paths, 1 / a_second
        self.asked, self.over = [], threading.Event()

    def __enter__(self):
        self.pool = ThreadPoolExecutor(64)
        self.thread = threading.Thread(target=self.come)
        self.thread.start()
        return self

    def come(self):
        number, began = 0, time.monotonic()
        while not self.over.wait(max(0, began + number * self.pause - time.monotonic())):
            self.asked.append(self.pool.submit(ask, self.site, self.paths[number % len(self.paths)]))
            number += 1

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()
        self.pool.shutdown()
        self.answers = [asked.result() for asked in self.asked]

    @property
    def counted(self):
        return Counter(answer.status or answer.error for answer in self.answers)
