import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from iucn_ca import backups


class Command(BaseCommand):
    help = "Write database and media to one archive, read it back, and keep the newest archives."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, default=settings.VAR_DIR / "backups", help="the folder of the archives")
        parser.add_argument("--keep", type=int, default=14, help="how many archives stay there (14)")

    def handle(self, *, to, keep, **options):
        if keep < 1:
            raise CommandError("--keep: at least the new archive stays.")
        # As after Ctrl-C, what was begun is removed.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            path, manifest = backups.back_up(to, keep)
        except (OSError, DatabaseError, backups.ArchiveError) as error:
            raise CommandError(f"No backup was made, earlier ones stay: {' '.join(str(error).split())}") from error
        for name in manifest["missing"]:
            self.stderr.write(f"Not in the backup, since the storage does not have it: {name}")
        rows, size = sum(manifest["rows"].values()), path.stat().st_size
        files = len(manifest["files"]) - len(manifest["rows"])
        self.stdout.write(
            f"Backup: {path} ({rows:,} rows, {files:,} files, {size / 1e6:,.1f} MB), read back and whole."
        )
