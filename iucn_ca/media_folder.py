"""Pictures and documents in a folder, whose disk may be full."""

from django.core.files.storage import FileSystemStorage


class Folder(FileSystemStorage):
    def _save(self, name, content):
        try:
            return super()._save(name, content)
        except OSError:
            # The beginning of a file is of use to nobody; what is whole under this name is another's.
            if self.exists(name) and self.size(name) < content.size:
                self.delete(name)
            raise
