import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from iucn_ca import backups, seeding


class Command(BaseCommand):
    help = "Put the site of an archive that `backup` made in the place of an empty one."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="in the place of a site with content, which is lost, after asking"
        )
        parser.add_argument("--no-input", action="store_false", dest="interactive", help="replace without asking")

    def handle(self, *, archive, replace, interactive, **options):
        # As after Ctrl-C, what was begun is taken back.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            if not replace and MigrationRecorder(connection).has_table() and not seeding.is_empty():
                raise CommandError(
                    "The site has content. With --replace it is lost, and that of the archive takes its place."
                )
            manifest = backups.verified(archive)
            if replace and interactive and not confirmed(manifest):
                raise CommandError("Nothing was changed.")
            self.stdout.write(f"Restore: the site of {manifest['made']} ...")
            self.stdout.flush()
            backups.restore(archive, manifest)
        except (OSError, DatabaseError, backups.ArchiveError) as error:
            raise CommandError(f"Nothing was restored: {' '.join(str(error).split())}") from error
        rows, files = sum(manifest["rows"].values()), len(manifest["files"]) - len(manifest["rows"])
        self.stdout.write(f"Restored: {rows:,} rows and {files:,} files.")


def confirmed(manifest):
    try:
        answer = input(f"Everything on this site gives way to what it was at {manifest['made']}. Type yes to go on: ")
    except EOFError:
        return False
    return answer.strip() == "yes"
