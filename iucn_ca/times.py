"""A cache of times, each of them that of an empty file: read five times as fast as what is in a file, and written on a
full disk too."""

import os

from django.core.cache.backends.base import BaseCache


class TimeCache(BaseCache):
    """Values are nanoseconds of the epoch; they stay until they are deleted and are the same for all versions.

    Like django-redis, `set` says whether it has the value.
    """

    def __init__(self, folder, params):
        super().__init__(params)
        self.folder = folder

    def get(self, key, default=None, version=None):
        try:
            return os.stat(f"{self.folder}/{key}").st_mtime_ns  # noqa: PTH116 (a path takes twice as long)
        except FileNotFoundError:
            return default

    def set(self, key, value, timeout=None, version=None):
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / key
        file.touch()
        os.utime(file, ns=(value, value))
        return True

    def add(self, key, value, timeout=None, version=None):
        return self.set(key, value)  # of two who find none the later one counts

    def delete(self, key, version=None):
        (self.folder / key).unlink(missing_ok=True)
