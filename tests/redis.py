"""A Redis of the tests' own, on a free port of the loopback, with nothing kept on disk."""

import shutil
import subprocess
import time
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import ConnectionError as NotListening

from tests.postgresql import free_port


def program():
    return shutil.which("redis-server", path="/usr/local/bin:/usr/bin:/bin") or shutil.which("valkey-server")


@contextmanager
def running():
    port = free_port()
    command = [program(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                Redis(port=port).ping()
                break
            except NotListening:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()
