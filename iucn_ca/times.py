"""A cache of times, each of them that of an empty file: read five times as fast as what is in a file, and written on a
full disk too."""

import os
from pathlib import Path

from django.core.cache.backends.base import BaseCache


class TimeCache(BaseCache):
    """Values are nanoseconds of the epoch. They stay until there is another one, and are the same for all versions."""

    def __init__(self, folder, params):
        super().__init__(params)
        self.folder = Path(folder)

    def get(self, key, default=None, version=None):
        try:
            return os.stat(f"{self.folder}/{key}").st_mtime_ns  # noqa: PTH116 (a path takes twice as long)
        except FileNotFoundError:
            return default

    def add(self, key, value, timeout=None, version=None):
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / key
        try:
            file.touch(exist_ok=False)
        except FileExistsError:
            return False
        os.utime(file, ns=(value, value))
        return True

    def set(self, key, value, timeout=None, version=None):
        file = self.folder / key
        try:
            os.utime(file, ns=(value, value))
        except OSError:  # there is no file, or it is somebody else's
            file.unlink(missing_ok=True)
            self.add(key, value)
        return True
