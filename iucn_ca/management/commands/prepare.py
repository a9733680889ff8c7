import hashlib
import time
from contextlib import contextmanager, suppress

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.errors import LockNotAvailable

from iucn_ca import generation
from iucn_ca.machines import alone

TRIES, PAUSE = 100, 2  # five minutes in all: a backup reads for as long


class Command(BaseCommand):
    help = (
        "Make the site ready to serve: database, start content, static files, first account. Done work stays as it is."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--static", action="store_true", help="the static files only, when an image is built")

    def handle(self, *, static, **options):
        started = time.monotonic()
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            if static:
                self.static_files()
            else:
                with one_connection():
                    with alone("prepare", wait=True):
                        self.database()
                        self.first_account()
                    self.static_files()
                    generation.started()
        except OSError as error:
            raise CommandError(f"The disk cannot be used: {error}") from error
        except OperationalError as error:
            raise CommandError(f"The database cannot be used: {' '.join(str(error).split())}") from error
        self.say(f"Prepared in {time.monotonic() - started:.1f} s.")

    def database(self):
        migrations = MigrationExecutor(connection)
        if migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
            self.say("Database: applying migrations ...")
            self.migrate()
        call_command("seed")
        if connection.vendor == "sqlite":
            # It plans by how many rows there are, and counts them when told to; where it cannot, it plans as before.
            with suppress(OperationalError), connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def migrate(self):
        """A table is changed when nobody reads it, and whoever comes meanwhile waits too: so the change waits no longer
        than a visitor may, lets them pass, and tries again."""
        for number in range(TRIES):
            try:
                with one_second_for_locks():
                    call_command("migrate", verbosity=0, interactive=False)
                return
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
            if number == 0:
                self.say("Database: waiting until nobody reads what is to be changed ...")
            time.sleep(PAUSE)
        raise CommandError("The migrations were not applied: somebody reads the tables all the time. A backup?")

    def static_files(self):
        """Collect and compress, which takes seconds, only when a source is another than at the last time."""
        sources = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                with storage.open(path) as file:
                    sources.update(path.encode() + b"\0" + file.read())
        stamp = settings.VAR_DIR / "static.stamp"
        if stamp.exists() and stamp.read_text() == sources.hexdigest() and settings.STATIC_ROOT.exists():
            return
        self.say("Static files: collecting and compressing ...")
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(sources.hexdigest())

    def first_account(self):
        if not get_user_model().objects.filter(is_active=True).exists():
            call_command("admin_password")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()


@contextmanager
def one_second_for_locks():
    """Less than the site's own questions wait for a lock (wsgi.py)."""
    if connection.vendor != "postgresql":
        yield  # SQLite's readers never wait
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@contextmanager
def one_connection():
    """Without the pool, which waits and tries again where a start should fail at once; closed before processes part."""
    options = connection.settings_dict["OPTIONS"]
    pool = options.pop("pool", None)
    try:
        connection.ensure_connection()
        yield
    finally:
        connection.close()
        if pool:
            options["pool"] = pool
