"""What docs/operations.md says of an empty server, the next version and the way back, done word by word as no root."""

import http.client
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests import nginx, postgresql
from tests.faults.newer import MIGRATION
from tests.served.test_operations import machine
from tests.serving import EMPTY, a_var, on_sqlite, serving

pytestmark = on_sqlite
ROOT = Path(settings.BASE_DIR)
SECTIONS = dict(section.split("\n", 1) for section in (ROOT / "docs/operations.md").read_text().split("\n## ")[1:])
UNIT = (ROOT / "deploy/site.service").read_text()


def blocks(heading, language="sh"):
    return re.findall(rf"^```{language}\n(.*?)^```", SECTIONS[heading], re.DOTALL | re.MULTILINE)


ROLE, INSTALL, FRONT, SECRETS = blocks("From an empty server")
UPDATE, BACK = blocks("A new version")


def run(script, folder, **variables):
    done = subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=EMPTY | variables, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, (script, done.stdout, done.stderr)
    return done.stdout


def git(folder, *arguments):
    author = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


def setting(name):
    return re.search(rf"^{name}=(.*)$", UNIT, re.MULTILINE)[1]


def test_every_block_of_commands_is_one_that_a_test_runs():
    assert {heading for heading in SECTIONS if blocks(heading)} == {
        "From an empty server",
        "A new version",
        "Backup and restore",  # test_operations
    }


@pytest.mark.full
@pytest.mark.skipif(not postgresql.binaries(), reason="the server of the guide has a PostgreSQL")
def test_from_an_empty_server_to_the_next_version_and_back(tmp_path):
    origin, site = machine(tmp_path / "origin"), tmp_path / "site"
    shutil.rmtree(origin / "var")
    git(origin, "init", "--quiet")
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "--message", "The first version")
    git(tmp_path, "clone", "--quiet", "origin", "site")
    a_var(site / "var")
    with postgresql.running(postgresql.binaries()) as url:
        port = re.search(r":(\d+)/", url)[1]
        run(ROLE, site, PGHOST="127.0.0.1", PGPORT=port, PGUSER="postgres")
        said = run(INSTALL.replace("127.0.0.1/site", f"127.0.0.1:{port}/site"), site)
        assert "as admin with the password" in said
        assert (site / "var/env").stat().st_mode & 0o777 == 0o600

        before = served(site)
        assert set(before) > {"/en/", "/en/initiatives/folur/"}
        (origin / "regions/migrations/0004_newer.py").write_text(MIGRATION)
        git(origin, "add", ".")
        git(origin, "commit", "--quiet", "--message", "The next version")
        assert "read back and whole" in run(UPDATE, site)
        assert served(site, "applying migrations") == before
        run(BACK, site)
        assert not (site / "regions/migrations/0004_newer.py").exists()
        assert served(site) == before


def served(site, word="the site has content"):
    """All pages, as the unit starts the site and a proxy asks it."""
    address = f"127.0.0.1:{postgresql.free_port()}"
    command = setting("ExecStart").replace("/srv/site", str(site)).replace("127.0.0.1:8000", address)
    environment = dict([setting("Environment").split("=", 1)])
    with serving(command.split(), cwd=site, env=EMPTY | environment) as running:
        assert word in running.output and "password" not in running.output

        def get(path):
            connection = http.client.HTTPConnection(address, timeout=60)
            proxy = {"Host": "www.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
            connection.request("GET", path, headers=proxy)
            answer = connection.getresponse()
            assert answer.status == 200, path
            return answer.read().decode()

        [part] = re.findall(r"<loc>https://www.example.org(.*?)</loc>", get("/sitemap.xml"))
        pages = re.findall(r"<loc>https://www.example.org(.*?)</loc>", get(part))
        found = {path: get(path) for path in pages}
        assert running.stop(signal.SIGTERM) == 0
    return found


@pytest.mark.skipif(not nginx.program() or not shutil.which("envsubst"), reason="no nginx or no envsubst on the path")
def test_nginx_takes_what_the_guide_makes_for_it(tmp_path):
    (tmp_path / "var").mkdir()
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=www.example.org", "-days", "1"]
    subprocess.run([*key, "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"], check=True)
    run(FRONT.replace("/etc/letsencrypt/live/www.example.org", str(tmp_path)), tmp_path)
    (tmp_path / "tls").mkdir()
    shutil.move(tmp_path / "var/tls.conf", tmp_path / "tls/site.conf")
    made = (tmp_path / "var/nginx.conf").read_text()
    assert "server_name www.example.org;" in made and "${" not in made and "$host" in made
    site = made.replace("/etc/nginx/tls", str(tmp_path / "tls")).replace("/var/cache/nginx", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(nginx.MAIN.format(user="", folder=tmp_path, site=site))
    done = subprocess.run([nginx.program(), "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert "test is successful" in done.stderr, done.stderr


def test_the_secrets_of_the_guide_are_those_of_compose_and_each_is_another(tmp_path):
    run(SECRETS, tmp_path)
    named = yaml.safe_load((ROOT / "compose.yaml").read_text())["secrets"]
    files = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    assert files.keys() == named.keys()
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o644}
    words = {name: path.read_text().strip() for name, path in files.items()}
    assert len(words["secret_key"]) >= 50 and words["secret_key"] != words["postgres_password"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd")
def test_systemd_takes_the_unit(tmp_path):
    unit = UNIT.replace("/srv/site/var/venv/bin/python", sys.executable).replace("/srv/site", str(tmp_path))
    (tmp_path / "site.service").write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "site.service"], capture_output=True, text=True
    )
    about = [line for line in done.stderr.splitlines() if "site.service" in line]
    assert done.returncode == 0 and not about, done.stderr


def test_the_unit_starts_what_the_guide_installs_and_lets_it_write_nowhere_else():
    assert setting("ExecStart") == "/srv/site/var/venv/bin/python manage.py serve 127.0.0.1:8000"
    assert setting("WorkingDirectory") == "/srv/site"
    assert (setting("ProtectSystem"), setting("ReadWritePaths")) == ("strict", "/srv/site/var")
    assert setting("User") not in ("", "root") and setting("NoNewPrivileges") == "yes"
    named = " ".join(blocks("From an empty server", "console"))
    assert "deploy/site.service" in named and "SITE_A=127.0.0.1:8000" in FRONT
