"""Pictures and documents in a folder, whose disk may be full."""

import secrets
from pathlib import Path

from django.core.files.storage import FileSystemStorage


class Folder(FileSystemStorage):
    def _save(self, name, content):
        """Under a name of its own first: of a file that does not fit nothing stays, and no other is taken for it."""
        begun = f"{name}.{secrets.token_hex(8)}"
        try:
            super()._save(begun, content)
            while not self.reserve(name):
                name = self.get_available_name(name)
            Path(self.path(begun)).replace(self.path(name))
        finally:
            self.delete(begun)
        return name

    def reserve(self, name):
        try:
            Path(self.path(name)).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
