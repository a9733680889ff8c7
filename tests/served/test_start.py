import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.postgresql import free_port
from tests.serving import EMPTY, Visitor, a_var, started

ROOT = Path(settings.BASE_DIR)


def bootstrap(*arguments, **variables):
    command = ["sh", "deploy/python.sh", "deploy/bootstrap.py", *arguments]
    variables = {"PYTHON": sys.executable, **EMPTY, **variables}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)


def assert_one_line(done, *words):
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for word in words:
        assert word in done.stderr


@pytest.fixture
def old_python(tmp_path):
    """A folder whose python3 is too old: it finds its version wanting."""
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)
    return tmp_path


@pytest.fixture
def var(tmp_path):
    return a_var(tmp_path)


def test_without_a_new_enough_python_one_line_says_so(old_python):
    done = subprocess.run(
        ["/bin/sh", "deploy/python.sh", "-V"], cwd=ROOT, env={"PATH": str(old_python)}, capture_output=True, text=True
    )
    assert_one_line(done, "3.11", "PYTHON=")


def test_a_newer_python_beside_an_old_one_is_found(old_python):
    (old_python / "python3.12").symlink_to(sys.executable)
    command = ["/bin/sh", "deploy/python.sh", "-c", "print('found')"]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": str(old_python)}, capture_output=True, text=True)
    assert done.stdout == "found\n"


def test_a_python_that_is_named_but_too_old_is_refused(old_python):
    assert_one_line(bootstrap("run", PYTHON=f"{old_python}/python3"), f"PYTHON={old_python}/python3", "3.11")


def test_a_python_without_venv_is_refused(tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None\n")
    done = bootstrap("install", "runtime", PYTHONPATH=str(tmp_path), VAR_DIR=f"{tmp_path}/var")
    assert_one_line(done, "venv", "apt-get install python3-venv")


def test_a_taken_port_is_refused(var):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert_one_line(bootstrap("run", PORT=port, VAR_DIR=str(var)), f"Port {port}", "PORT=8001")


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(var, port):
    assert_one_line(bootstrap("run", PORT=port, VAR_DIR=str(var)), f"PORT={port} is no port number")


def test_a_disk_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    assert_one_line(bootstrap("run", PORT=str(free_port()), VAR_DIR=f"{tmp_path}/file/var"), "disk", "file/var")


def test_a_database_that_does_not_answer_is_refused(var):
    url = f"postgres://somebody:secret-word@127.0.0.1:{free_port()}/site"
    done = bootstrap("run", PORT=str(free_port()), VAR_DIR=str(var), DATABASE_URL=url)
    assert_one_line(done, "database cannot be used", "refused")
    assert "secret-word" not in done.stderr


def test_a_restore_leaves_a_server_its_address(var):
    (var / "env").write_text("SECRET_KEY=a key of this test only\nSITE_URL=https://www.example.org\n")
    done = bootstrap("restore", "nothing.tar", VAR_DIR=str(var))
    assert "nothing.tar" in done.stderr
    assert "SITE_URL=https://www.example.org\n" in (var / "env").read_text()


def test_a_start_leaves_a_server_its_address_too(var):
    (var / "env").write_text("SECRET_KEY=a key of this test only\nSITE_URL=https://www.example.org\n")
    bootstrap("run", PORT=str(free_port()), VAR_DIR=str(var), DATABASE_URL=f"postgres://127.0.0.1:{free_port()}/none")
    assert "SITE_URL=https://www.example.org\n" in (var / "env").read_text()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="test_container starts the site on PostgreSQL")
def test_a_second_start_is_quick_and_changes_nothing(first_start):
    """`make run`, kill, `make run`, but for installing the packages."""
    assert "Traceback" not in first_start.output
    assert (first_start.var / "env").stat().st_mode & 0o777 == 0o600
    database = first_start.var / "db.sqlite3"
    before, secret = rows(database), (first_start.var / "env").read_text().splitlines()[1]
    fastest = 60
    # On a machine that is busy with other things a start may be slow: then the next shows what the site can do.
    for _ in range(3):
        if fastest > 5:
            with started(first_start.var) as site:
                visitor = Visitor(site.address)
                assert visitor.get("/")[:2] == (200, "/en/")
                assert visitor.get("/-/ready")[0] == 200
                assert site.stop(signal.SIGTERM) == 0
            assert "password" not in site.output
            fastest = min(fastest, site.seconds)
    assert fastest < 5
    assert rows(database) == before
    assert (first_start.var / "env").read_text().splitlines()[1:] == [secret, f"SITE_URL={site.address}"]
    assert secret.startswith("SECRET_KEY=")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="test_container starts the site on PostgreSQL")
def test_the_password_that_the_first_start_printed_opens_the_admin(first_start):
    with started(first_start.var) as site:
        visitor = Visitor(site.address)
        assert visitor.log_in("admin", "a wrong password")[1] == "/admin/login/?next=/admin/"
        assert visitor.log_in("admin", first_start.password)[:2] == (200, "/admin/")


def rows(path):
    """Everything that the database holds but SQLite's own count of it."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        contents = [table for table in tables if not table.startswith("sqlite_stat")]
        return {table: database.execute(f'SELECT * FROM "{table}"').fetchall() for table in contents}


def test_everything_that_the_repository_ignores_is_a_tools_own_or_under_var():
    ignored = (ROOT / ".gitignore").read_text().split()
    assert ignored[0] == "var/"
    assert os.path.commonpath([settings.STATIC_ROOT, settings.MEDIA_ROOT, settings.VAR_DIR]) == str(settings.VAR_DIR)
