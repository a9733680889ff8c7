"""The whole site in one archive, and back: what its tables hold, and the files that they name.

An archive is a tar file, followed by the SHA-256 of all that stands before it, as 64 digits and a line end:

    database/TABLE.jsonl.gz   a line with the names of the columns, then a line for each row: JSON arrays
    media/NAME                an uploaded file or a rendition
    manifest.json             versions, migrations, rows and last number of each table, size and SHA-256 of each file
"""

import gzip
import hashlib
import json
import os
import platform
import tarfile
import tempfile
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path

import django
import wagtail
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File, locks
from django.core.files.storage import default_storage
from django.core.files.utils import validate_file_name
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from wagtail.models import Site

from . import generation, rows

FORMAT = 1
# Whoever has a session needs no password; failed sign-ins hold what was typed as a name; the search index is another
# in each database, and made anew.
LEFT_OUT = {"axes", "sessions", "wagtailsearch"}
NAME, NAMES = "site-%Y%m%dT%H%M%SZ.tar", "site-????????T??????Z.tar"
UNFINISHED = ".unfinished-"
SEAL = 65
CHUNK = 2**20


class ArchiveError(Exception):
    """This archive cannot be used, or cannot be used here."""


class Hashed:
    """A file that knows size and SHA-256 of all that went through it."""

    def __init__(self, file):
        self.file, self.sha, self.size = file, hashlib.sha256(), 0

    def read(self, size=CHUNK):
        return self._through(self.file.read(size))

    def write(self, chunk):
        return self.file.write(self._through(chunk))

    def _through(self, chunk):
        self.sha.update(chunk)
        self.size += len(chunk)
        return chunk

    @property
    def digest(self):
        return {"size": self.size, "sha256": self.sha.hexdigest()}


def kept(tables):
    return {name: model for name, model in tables.items() if model._meta.app_label not in LEFT_OUT}


def applied(loader):
    return sorted(key for key in loader.applied_migrations if key in loader.graph.nodes)


# Backup


def back_up(folder, keep):
    """Write an archive, read it back, and then let the oldest go; the archive and its manifest."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        if not locks.lock(lock, locks.LOCK_EX | locks.LOCK_NB):
            raise ArchiveError(f"Another backup is being written to {folder}.")
        for left_behind in folder.glob(f"{UNFINISHED}*"):
            left_behind.unlink()
        path = folder / datetime.now(UTC).strftime(NAME)
        descriptor, unfinished = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(file, folder)
                file.flush()
                os.fsync(file.fileno())
                # What is read back is to come from the disk.
                if hasattr(os, "posix_fadvise"):
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            manifest = verified(Path(unfinished))
            Path(unfinished).replace(path)
        finally:
            Path(unfinished).unlink(missing_ok=True)
        os.fsync(lock)
        for old in sorted(folder.glob(NAMES))[:-keep]:
            old.unlink()
    finally:
        os.close(lock)
    return path, manifest


def write(file, folder):
    sealed = Hashed(file)
    with tarfile.open(fileobj=sealed, mode="w|") as tar, tempfile.TemporaryFile(dir=folder) as room:
        manifest, names = write_database(tar, room)
        for name in sorted(names):
            try:
                content = default_storage.open(name)
            except (FileNotFoundError, SuspiciousFileOperation):
                manifest["missing"].append(name)  # deleted since, or long ago
                continue
            with content:
                manifest["files"][f"media/{name}"] = add(tar, f"media/{name}", content, content.size)
        text = json.dumps(manifest, indent=1).encode()
        add(tar, "manifest.json", BytesIO(text), len(text))
    file.write(f"{sealed.digest['sha256']}\n".encode())


def write_database(tar, room):
    """What the manifest says of the tables, and the names of all files that they know."""
    loader = MigrationLoader(connection)
    if not applied(loader):
        raise ArchiveError("The database has no tables yet.")
    with rows.snapshot():
        manifest = {
            "format": FORMAT,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": {
                "Python": platform.python_version(),
                "Django": django.__version__,
                "Wagtail": wagtail.__version__,
                connection.display_name: ".".join(map(str, connection.get_database_version())),
            },
            "migrations": applied(loader),
            "rows": {},
            "last_numbers": {},
            "files": {},
            "missing": [],
        }
        names = set()
        for table, model in kept(rows.tables_at(loader, manifest["migrations"])).items():
            fields = model._meta.local_concrete_fields
            files = [place for place, field in enumerate(fields) if isinstance(field, models.FileField)]
            room.seek(0)
            room.truncate()
            manifest["rows"][table] = 0
            # Without a time in it: the same rows are the same bytes.
            packed = gzip.GzipFile(fileobj=room, mode="wb", compresslevel=4, mtime=0)
            with packed, TextIOWrapper(packed, "utf-8") as lines:
                lines.write(f"{json.dumps([field.column for field in fields])}\n")
                for row in rows.read(model):
                    manifest["rows"][table] += 1
                    lines.write(f"{json.dumps(row, default=rows.spelled, ensure_ascii=False)}\n")
                    names.update(row[place] for place in files if row[place])
            size = room.tell()
            room.seek(0)
            member = f"database/{table}.jsonl.gz"
            manifest["files"][member] = add(tar, member, room, size)
            manifest["last_numbers"][table] = rows.last_number(model)
    return manifest, names


def add(tar, name, file, size):
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, datetime.now(UTC).timestamp() // 1
    hashed = Hashed(file)
    tar.addfile(member, hashed)
    return hashed.digest


def verified(path):
    """The manifest of an archive that is whole; every byte of it has been read."""
    with path.open("rb") as file:
        sealed = Hashed(file)
        left = path.stat().st_size - SEAL
        while left > 0 and (chunk := sealed.read(min(left, CHUNK))):
            left -= len(chunk)
        if file.read() != f"{sealed.digest['sha256']}\n".encode():
            raise ArchiveError(f"{path.name} is damaged: it is not as it was written. Take another archive.")
    try:
        with tarfile.open(path, "r:") as tar:
            found = {member.name: digest(tar.extractfile(member)) for member in tar if member.isreg()}
            manifest = json.loads(tar.extractfile("manifest.json").read())
            if manifest["format"] != FORMAT:
                raise ArchiveError(f"{path.name} is of format {manifest['format']}, which this site does not know.")
            del found["manifest.json"]
            if len(tar.getmembers()) != len(found) + 1 or found != manifest["files"]:
                raise ArchiveError(f"{path.name} is damaged: its files are not those of its manifest.")
    except (tarfile.TarError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArchiveError(f"{path.name} is no archive of a site ({error!r}).") from error
    for name in found:
        within(name)
    return manifest


def digest(file):
    hashed = Hashed(file)
    while hashed.read():
        pass
    return hashed.digest


def within(name):
    """Folder and name of a file of the archive, which leads nowhere else."""
    folder, _, rest = name.partition("/")
    try:
        validate_file_name(rest, allow_relative_path=True)
    except SuspiciousFileOperation as error:
        raise ArchiveError(f"The archive has a file with the name {name!r}.") from error
    if folder not in ("database", "media"):
        raise ArchiveError(f"The archive has a file with the name {name!r}.")
    return folder, rest


# Restore


def restore(path, manifest):
    """All or nothing; what is there is seen until the last moment."""
    migrations = [tuple(key) for key in manifest["migrations"]]
    known = MigrationLoader(connection).graph.nodes
    if unknown := [".".join(key) for key in migrations if key not in known]:
        versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
        raise ArchiveError(
            f"{path.name} is from a newer site ({versions}): this one has no migration {unknown[0]}. "
            "Restore it with the site that made it."
        )
    put = []
    try:
        with connection.constraint_checks_disabled(), transaction.atomic(), tarfile.open(path, "r:") as tar:
            put_database(tar, manifest, migrations)
            put_media(tar, manifest, put)
    except BaseException:
        for name in put:
            default_storage.delete(name)
        raise
    Site.clear_site_root_paths_cache()
    generation.tell(generation.PUBLISHED, generation.WITHDRAWN)


def put_database(tar, manifest, migrations):
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if applied(loader) != migrations or loader.applied_migrations.keys() - loader.disk_migrations.keys():
        rows.drop_all_tables()
        rows.check_at_once()
        executor = MigrationExecutor(connection)
        executor.migrate(last_of_each_app(executor.loader.graph, migrations))
    tables = rows.tables_at(executor.loader, migrations)
    if kept(tables).keys() != manifest["rows"].keys():
        raise ArchiveError("The tables of the archive are not those that its migrations make.")
    connection.check_constraints()  # From here on they are checked at the end.
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), list(tables), reset_sequences=True):
            cursor.execute(statement)
    for table, number in manifest["rows"].items():
        with gzip.open(tar.extractfile(f"database/{table}.jsonl.gz"), "rt", encoding="utf-8") as lines:
            names = json.loads(next(lines))
            if set(names) != {field.column for field in tables[table]._meta.local_concrete_fields}:
                raise ArchiveError(f"The columns of {table} are not those that its migrations make.")
            if rows.insert(tables[table], names, lines) != number:
                raise ArchiveError(f"The archive has not the {number} rows of {table} that its manifest promises.")
        if last := manifest["last_numbers"][table]:
            rows.number_after(tables[table], last)
    connection.check_constraints()
    rows.check_at_once()
    ContentType.objects.clear_cache()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("update_index", verbosity=0)


def last_of_each_app(graph, migrations):
    followed = {parent.key for key in migrations for parent in graph.node_map[key].parents if parent.key[0] == key[0]}
    return [key for key in migrations if key not in followed]


def put_media(tar, manifest, put):
    """Each under its own name. What is there already and is the same stays; what is another goes last."""
    taken = []
    for member, content in manifest["files"].items():
        folder, name = within(member)
        if folder != "media":
            continue
        if not default_storage.exists(name):
            put.append(name)
            put_file(tar, member, name)
            continue
        with default_storage.open(name) as file:
            if digest(file) != content:
                taken.append((member, name))
    for member, name in taken:
        default_storage.delete(name)
        put_file(tar, member, name)


def put_file(tar, member, name):
    if default_storage.save(name, File(tar.extractfile(member))) != name:
        raise ArchiveError(f"The storage takes no file with the name {name!r}.")
