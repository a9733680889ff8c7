"""Two machines with one PostgreSQL, one Redis and one store like S3, started together as processes of their own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import boto3
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from requests import Session

from iucn_ca.models import StandardPage
from tests import nginx, redis
from tests.caching.conftest import MISSING
from tests.factories import a_text_page, an_empty_site, draft
from tests.forms import Form
from tests.html import parsed
from tests.postgresql import free_port
from tests.serving import EMPTY, Site, serving

HERE = Path(__file__).parent
BUCKET, KEY = "office", {"AWS_ACCESS_KEY_ID": "the-office", "AWS_SECRET_ACCESS_KEY": "a word of this test"}
DUE = ["spring", "summer", "autumn", "winter"]


def pytest_collection_modifyitems(config, items):
    """Several machines need PostgreSQL."""
    if connection.vendor != "postgresql":
        here = [item for item in items if HERE in item.path.parents]
        config.hook.pytest_deselected(items=here)
        items[:] = [item for item in items if item not in here]


def pytest_terminal_summary(terminalreporter):
    if connection.vendor == "postgresql" and not nginx.program():
        terminalreporter.write_line("!" * 100, red=True)
        terminalreporter.write_line(f"  NOT TESTED WITH NGINX: {nginx.MISSING}", red=True)
        terminalreporter.write_line("!" * 100, red=True)


class Browser(Session):
    """Somebody's browser, which may go from one machine to another: both have the same address for it."""

    def ask(self, machine, path, **typed):
        method = "POST" if typed else "GET"
        return self.request(method, machine.address + path, timeout=60, data=typed or None)

    def log_in(self, machine, password):
        token = field(self.ask(machine, "/admin/login/"), "csrfmiddlewaretoken")
        return self.ask(
            machine, "/admin/login/?next=/admin/", csrfmiddlewaretoken=token, login="admin", password=password
        )


def field(answer, name):
    return parsed(answer.text).find(attrs={"name": name})["value"]


@dataclass
class Machine:
    site: Site
    address: str


@dataclass
class Machines:
    a: Machine
    b: Machine
    database: str
    redis: str
    store: object
    lose_store: Callable

    @property
    def password(self):
        [printed] = [m.site.password for m in (self.a, self.b) if "with the password" in m.site.output]
        return printed

    def rows(self, query, *values):
        with psycopg.connect(self.database) as database:
            return database.execute(query, values).fetchall()


@pytest.fixture(scope="package")
def machines(django_db_setup, django_db_blocker, tmp_path_factory):
    if not redis.program():
        # Whoever has no Redis may test the rest, CI may not.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    tmp_path_factory.getbasetemp()  # pytest makes it at the first question, which two threads must not ask at once
    with django_db_blocker.unblock():
        database = a_database()
    with ExitStack() as stack:
        redis_url, (store, lose_store) = stack.enter_context(redis.running()), stack.enter_context(a_store())
        environment = {
            **EMPTY,
            **KEY,
            "DJANGO_SETTINGS_MODULE": "tests.machines.settings",
            "SECRET_KEY": "both machines have the same one, and nobody else has it",
            "SITE_URL": "http://127.0.0.1",
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "MEDIA_S3_BUCKET": BUCKET,
            "MEDIA_S3_ENDPOINT": store.meta.client.meta.endpoint_url,
        }

        def start(name):
            address, var = f"127.0.0.1:{free_port()}", str(tmp_path_factory.mktemp(name))
            command = [sys.executable, "manage.py", "serve", address]
            options = {"cwd": settings.BASE_DIR, "env": {**environment, "VAR_DIR": var}, "start_new_session": True}
            return Machine(stack.enter_context(serving(command, **options)), f"http://{address}")

        with ThreadPoolExecutor() as at_once, held_up(database, 2):
            starts = [at_once.submit(start, name) for name in "ab"]
        a, b = (started.result() for started in starts)
        yield Machines(a, b, database, redis_url, store, lose_store)


@pytest.fixture(scope="module")
def staff(machines):
    """Logged in on A."""
    browser = Browser()
    assert browser.log_in(machines.a, machines.password).url == f"{machines.a.address}/admin/"
    return browser


def rename(machines, browser, machine, slug, title):
    """What an editor does who changes the title and publishes."""
    [(pk,)] = machines.rows("SELECT id FROM wagtailcore_page WHERE slug = %s", slug)
    path = f"/admin/pages/{pk}/edit/"
    form = Form(browser, browser.ask(machine, path))
    typed = form.values | {"title": title, "action-publish": "action-publish"}
    answer = browser.ask(machine, path, **{name: value for name, value in typed.items() if value is not None})
    assert f"Page &#x27;{title}&#x27; has been published" in answer.text


def a_database():
    """With a few pages, some that are due and no account; the address for the sites."""
    test_database = connection.settings_dict["NAME"]
    away()
    url = re.sub(r"/[^/?]+(\?|$)", r"/machines\1", os.environ["DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS machines WITH (FORCE)")
        server.execute(f'CREATE DATABASE machines TEMPLATE "{test_database}"')
    connection.settings_dict["NAME"] = "machines"
    try:
        home = an_empty_site()
        for title in ("About", "Privacy"):
            a_text_page(title)
        for title in DUE:
            page = draft(home, StandardPage(title=title.capitalize(), slug=title, summary="Weather."))
            page.save_revision(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    finally:
        away()
        connection.settings_dict["NAME"] = test_database
    return url


@contextmanager
def held_up(database, number):
    """Whoever starts here waits before it touches the database, until this many do: then they go on together."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(database, autocommit=True) as gate:
        gate.execute("SELECT pg_advisory_lock(hashtext('prepare'))")
        yield
        until = time.monotonic() + 120
        while gate.execute(waiting).fetchone()[0] < number and time.monotonic() < until:
            time.sleep(0.05)
        assert gate.execute(waiting).fetchone()[0] == number


def away():
    connection.close()
    connection.close_pool()


@contextmanager
def a_store():
    """A store like S3 with an empty bucket: what asks it, and what ends it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urlopen(f"{url}/moto-api/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        keys = {name.lower(): value for name, value in KEY.items()}
        store = boto3.resource("s3", endpoint_url=url, region_name="us-east-1", **keys)
        store.create_bucket(Bucket=BUCKET)
        yield store, process.kill
    finally:
        process.kill()
        process.wait()
