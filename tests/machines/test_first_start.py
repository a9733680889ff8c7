"""Two machines on a database in which there is nothing yet: the migrations, all pages, thumbnails of all pictures."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings

from tests.machines.conftest import held_up
from tests.served.test_container import container
from tests.serving import EMPTY


@pytest.mark.full
def test_two_machines_that_start_at_the_same_moment_migrate_and_seed_once(tmp_path):
    url = re.sub(r"/[^/?]+(\?|$)", r"/first_start\1", os.environ["DATABASE_URL"])
    with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS first_start WITH (FORCE)")
        server.execute("CREATE DATABASE first_start")
    files = container(tmp_path)

    def prepare(name):
        environment = {
            **EMPTY,
            "PYTHONPATH": str(settings.BASE_DIR),
            "DJANGO_SETTINGS_MODULE": "tests.machines.settings",
            "SECRET_KEY": "both machines have the same one, and nobody else has it",
            "SITE_URL": "http://127.0.0.1",
            "DATABASE_URL": url,
            "VAR_DIR": str(tmp_path / name),
            "MEDIA_ROOT": str(tmp_path / "media"),
        }
        command = [sys.executable, "manage.py", "prepare"]
        return subprocess.run(command, cwd=files, env=environment, check=True, capture_output=True, text=True).stdout

    with ThreadPoolExecutor() as at_once, held_up(url, 2):
        starts = [at_once.submit(prepare, name) for name in "ab"]
    said = [start.result() for start in starts]
    for once in ("applying migrations", "pages and", "with the password"):
        assert sum(once in output for output in said) == 1, once
    assert sum("the site has content, nothing is changed" in output for output in said) == 1
