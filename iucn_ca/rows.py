"""What the tables hold, as JSON and back, on both databases.

The tables are those that the migrations have made: no save() and no signal of a model has a part in it. Moments are
written in ISO 8601, decimals and UUIDs as texts, JSON columns as their text.
"""

import json
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.db import connection, models

AT_ONCE = 1000
SNAPSHOT = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
LAST_NUMBER = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = %(table)s",
    "postgresql": "SELECT pg_sequence_last_value(pg_get_serial_sequence(%(table)s, %(column)s)::regclass)",
}
NEXT_IS_AFTER = {
    "sqlite": [
        "DELETE FROM sqlite_sequence WHERE name = %(table)s",
        "INSERT INTO sqlite_sequence (name, seq) VALUES (%(table)s, %(last)s)",
    ],
    "postgresql": ["SELECT setval(pg_get_serial_sequence(%(table)s, %(column)s), %(last)s)"],
}


def tables_at(loader, migrations):
    """By name, the models of all tables, of those between two models too."""
    found = loader.project_state(migrations).apps.get_models(include_auto_created=True)
    return {m._meta.db_table: m for m in found if m._meta.managed and not m._meta.proxy}


@contextmanager
def snapshot():
    """All that is read in it is of one moment, and nobody who writes waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def quoted(*names):
    return ", ".join(map(connection.ops.quote_name, names))


def read(model):
    """Converted by the rules of the database, not by those of the site's fields, which make objects of texts."""
    meta = model._meta
    columns = [field.get_col(meta.db_table) for field in meta.local_concrete_fields]
    conversions = [
        (place, column, convert)
        for place, column in enumerate(columns)
        for convert in connection.ops.get_db_converters(column)
    ]
    names = quoted(*(column.target.column for column in columns))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quoted(meta.db_table)} ORDER BY {quoted(meta.pk.column)}")  # noqa: S608 (quoted)
        while found := cursor.fetchmany(AT_ONCE):
            for row in map(list, found):
                for place, column, convert in conversions:
                    row[place] = convert(row[place], column, connection)
                yield row


def spelled(value):
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"A backup knows no spelling for {type(value)}.")


def preparation(field):
    """What makes the database's value of the archive's; None where they are the same."""
    while field.remote_field:
        field = field.target_field
    kind = field.get_internal_type()
    if kind not in ("DateField", "DateTimeField", "DecimalField", "UUIDField"):
        return None
    plain = getattr(models, kind)()
    return lambda value: None if value is None else plain.get_db_prep_save(plain.to_python(value), connection)


def insert(model, names, lines):
    """Each line is a row; return how many that were."""
    fields = {field.column: field for field in model._meta.local_concrete_fields}
    preparations = [(place, function) for place, name in enumerate(names) if (function := preparation(fields[name]))]
    values = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({quoted(*names)}) VALUES ({values})"  # noqa: S608 (quoted)
    number = 0
    with connection.cursor() as cursor:
        while rows := [json.loads(line) for line in islice(lines, AT_ONCE)]:
            for row in rows:
                for place, prepare in preparations:
                    row[place] = prepare(row[place])
            cursor.executemany(statement, rows)
            number += len(rows)
    return number


def last_number(model):
    """The highest that a row ever had here: that of a deleted row is given to no other."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_NUMBER[connection.vendor], {"table": model._meta.db_table, "column": model._meta.pk.column})
        return (cursor.fetchone() or [None])[0] or None


def number_after(model, last):
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        for statement in NEXT_IS_AFTER[connection.vendor]:
            cursor.execute(statement, {"table": table, "column": column, "last": last})


def check_at_once():
    """PostgreSQL changes no table for which a check is still to come."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def drop_all_tables():
    editor = connection.schema_editor()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            # One may have gone with another.
            if table in connection.introspection.table_names(cursor):
                cursor.execute(editor.sql_delete_table % {"table": quoted(table)})
