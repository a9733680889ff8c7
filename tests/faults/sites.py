"""Whole sites of their own, on either database, for tests that back one up and restore it to another."""

import json
import os
import re
import resource
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

import environ
import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, connections
from django.db.utils import ConnectionHandler
from django.test import override_settings

# Made anew by a restore, and no part of a backup.
NOT_COPIED = re.compile("django_migrations|django_session|wagtailsearch_.*|sqlite_.*")


class Place:
    """A database and a folder."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        folder.mkdir()

    @contextmanager
    def in_use(self):
        """All that runs in it has this database and this folder instead of those of the tests."""
        usual = connections["default"]
        options = {**usual.settings_dict, **environ.Env.db_url_config(self.url)}
        options["OPTIONS"] = self.options()
        connections["default"] = ConnectionHandler({"default": options})["default"]
        try:
            with override_settings(VAR_DIR=self.folder, MEDIA_ROOT=self.folder / "media"):
                forget()
                yield
        finally:
            connection.close()
            connections["default"] = usual
            forget()

    def options(self):
        if self.url.startswith("sqlite"):
            return {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            }
        return {}

    @property
    def archives(self):
        return sorted((self.folder / "backups").glob("*.tar"))

    def files(self):
        media = self.folder / "media"
        found = (path for path in media.rglob("*") if path.is_file())
        return {str(path.relative_to(media)): sha256(path.read_bytes()).hexdigest() for path in found}

    def holds(self):
        """Columns, rows and last number of each table, as the database itself tells them."""
        read = self.read_sqlite if self.url.startswith("sqlite") else self.read_postgresql
        found = {table: rows for table, rows in read().items() if not NOT_COPIED.fullmatch(table)}
        # On SQLite the search index has a kind of its own, which a migration there adds to the others.
        for table in ("django_content_type", "auth_permission"):
            columns, kinds, _last = found[table]
            found[table] = columns, [row for row in kinds if not any("sqliteftsindexentry" in text for text in row)]
        return found

    def read_sqlite(self):
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as database:
            tables = [name for [name] in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            numbers = dict(database.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0"))
            return {
                table: (*rows(database.execute(f'SELECT * FROM "{table}"')), numbers.get(table)) for table in tables
            }

    def read_postgresql(self):
        with psycopg.connect(self.url) as database:
            database.execute("SET timezone = 'UTC'")
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            tables = [name for [name] in database.execute(tables).fetchall()]
            # By whose they are: a table that was renamed kept the name of its numbers.
            numbers = dict(
                database.execute(
                    "SELECT owner.refobjid::regclass::text, last_value FROM pg_sequences JOIN pg_depend owner"
                    " ON owner.objid = format('%I.%I', schemaname, sequencename)::regclass AND deptype IN ('a', 'i')"
                ).fetchall()
            )
            return {
                table: (*rows(database.execute(f'SELECT * FROM "{table}"')), numbers.get(table)) for table in tables
            }


def rows(cursor):
    """Column names in the order of the alphabet, and the rows in any order that both databases have in common."""
    names = [column[0] for column in cursor.description]
    order = sorted(range(len(names)), key=names.__getitem__)
    return sorted(names), sorted([common(row[place]) for place in order] for row in cursor.fetchall())


def common(value):
    """As a text that both databases have in common for what they keep in types of their own."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bool | int | float | Decimal):
        return f"{float(value):.6f}"
    return "NULL" if value is None else str(value)


def forget():
    cache.clear()
    ContentType.objects.clear_cache()


class Places:
    """Makes databases that have the tables of the tests' own, or none where they are the other database's."""

    def __init__(self, folder):
        self.folder, self.number, self.databases = folder, 0, []
        # No copy is made of a database that is in use; later the tests' own is.
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
            self.pristine = self.postgresql(connection.settings_dict["NAME"])
        else:
            self.pristine = folder / "pristine.sqlite3"
            copy(connection.settings_dict["NAME"], self.pristine)

    def new(self, vendor=None, *, empty=False):
        self.number += 1
        folder = self.folder / str(self.number)
        if (vendor or connection.vendor) == "postgresql":
            name = self.postgresql("template0" if empty else self.pristine)
            return Place(folder, re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"]))
        place = Place(folder, f"sqlite:///{folder}/db.sqlite3")
        if not empty and connection.vendor == "sqlite":
            copy(self.pristine, folder / "db.sqlite3")
        return place

    def postgresql(self, template):
        self.databases.append(f"place_{os.getpid()}_{self.number}")
        with postgresql_server() as server:
            server.execute(f"CREATE DATABASE {self.databases[-1]} TEMPLATE {template}")
        return self.databases[-1]

    def remove(self):
        if self.databases:
            with postgresql_server() as server:
                for name in self.databases:
                    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def postgresql_server():
    return psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres", autocommit=True)


def copy(path, new):
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(new)) as database:
        old.backup(database)


@contextmanager
def no_file_longer_than(size):
    """What a full disk is to whoever writes a file."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def parted(function):
    """Run it in a process of its own, which begins as a copy of this one; its number."""
    connection.close()
    child = os.fork()
    if not child:
        status = 1
        try:
            function()
            status = 0
        finally:
            os._exit(status)
    return child
