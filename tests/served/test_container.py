"""No container engine is at hand where the tests run: nothing here builds an image. What the container files name is
looked up, and the image's own commands run on just its files, in just its environment, as an ordinary user.
"""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.db import connection
from PIL import Image

from tests.postgresql import free_port
from tests.serving import Visitor, ordinary_user, serving

ROOT = Path(settings.BASE_DIR)
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
SITE, DATABASE, FRONT, REDIS = (SERVICES[name] for name in ("site", "database", "front", "redis"))


def instructions(text):
    """The Dockerfile's lines as (NAME, rest) pairs."""
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]


DOCKERFILE = instructions((ROOT / "Dockerfile").read_text())


def said(name):
    return [rest for instruction, rest in DOCKERFILE if instruction == name]


def command(text):
    """The JSON form, which needs no shell and so receives the signals that stop it."""
    return json.loads(text[text.index("[") :])


ENVIRONMENT = dict(pair.split("=", 1) for rest in said("ENV") for pair in rest.split())
ALLOWED = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
SERVE, HEALTH = command(said("CMD")[0]), command(said("HEALTHCHECK")[0])
PORT = said("EXPOSE")[0]


def image_files():
    """What git has and .dockerignore lets through."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in listed if any(name == allowed or fnmatch(name, f"{allowed}/*") for allowed in ALLOWED)]


def test_the_image_gets_all_that_the_site_runs_on_and_no_more():
    files = image_files()
    for allowed in ALLOWED:
        assert (ROOT / allowed).exists(), f".dockerignore lets {allowed} through, which is not there"
    folders = {name.split("/")[0] for name in files}
    named = [*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS, *settings.LOCALE_PATHS]
    assert {"fixtures", "manage.py", *local_apps(), *(path.name for path in named)} <= folders
    assert not folders & {"tests", "docs", ".git", ".env", "var"}


def local_apps():
    return {app for app in settings.INSTALLED_APPS if (ROOT / app / "__init__.py").exists()}


def test_every_path_and_command_of_the_image_exists():
    files = image_files()
    for rest in said("COPY"):
        source = rest.split()[0]
        assert source == "." or source in files
    assert re.search(r"--requirement (\S+)", " ".join(said("RUN")))[1] == "requirements/runtime.txt"
    management = [*SERVE[1:3], *re.search(r"python (manage\.py) (\w+) --static", " ".join(said("RUN"))).groups()]
    assert management == ["manage.py", "serve", "manage.py", "prepare"]
    assert {"serve", "prepare"} <= set(get_commands())
    assert HEALTH[0] == "python" and HEALTH[1] in files


def test_the_python_of_the_image_is_one_that_the_site_supports():
    version = re.fullmatch(r"python:3\.(\d+)-slim", said("FROM")[0])
    assert int(version[1]) >= 11


def test_the_image_does_not_run_as_root():
    order = [name for name, _ in DOCKERFILE]
    assert said("USER") == ["site"]
    assert order.index("USER") < order.index("CMD")
    assert any(re.match(r"useradd .*\bsite$", rest) for rest in said("RUN"))


def test_every_port_is_the_one_that_the_site_listens_at():
    assert SERVE[-1] == f"0.0.0.0:{PORT}"
    assert SITE["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert health_port() == int(PORT)


def health_port():
    tree = ast.parse((ROOT / "deploy/health.py").read_text())
    return next(node.value.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "PORT")


def test_everything_that_is_to_last_lies_in_a_volume():
    mounted = dict(volume.split(":") for service in (SITE, DATABASE) for volume in service["volumes"])
    assert set(mounted) == set(COMPOSE["volumes"])
    for name in ("media", "backups"):
        assert mounted[name] == f"{ENVIRONMENT['VAR_DIR']}/{name}"
        # A new volume takes its owner from the folder in the image.
        assert any(mounted[name] in rest.split() and "--owner site" in rest for rest in said("RUN"))


def test_the_small_set_up_is_the_site_and_its_database():
    assert {name for name, service in SERVICES.items() if "profiles" not in service} == {"site", "database"}
    assert {tuple(service["profiles"]) for service in SERVICES.values() if "profiles" in service} == {("machines",)}


def test_the_machines_are_alike_and_nginx_asks_both():
    second = dict(SERVICES["second-site"])
    assert second.pop("profiles") and second == {key: value for key, value in SITE.items() if key != "ports"}
    assert [FRONT["environment"][name] for name in ("SITE_A", "SITE_B")] == [f"site:{PORT}", f"second-site:{PORT}"]
    assert set(FRONT["depends_on"]) == {"site", "second-site"}


def test_nginx_gets_its_configuration_and_all_that_this_leaves_open():
    [volume] = FRONT["volumes"]
    source, target, mode = volume.split(":")
    # Where the image looks for what it fills in from its environment.
    assert (target, mode) == ("/etc/nginx/templates/default.conf.template", "ro")
    template = (ROOT / source).read_text()
    assert set(re.findall(r"\$\{(\w+)\}", template)) == set(FRONT["environment"])
    [port] = FRONT["ports"]
    assert port.startswith("127.0.0.1:") and port.endswith(":80")
    assert set(re.findall(r"listen (\d+)", template)) == {"80"}


def test_redis_keeps_nothing_on_disk_and_the_example_names_it():
    options = dict(zip(REDIS["command"][1::2], REDIS["command"][2::2], strict=True))
    assert (options["--save"], options["--appendonly"]) == ("", "no")
    example = re.search(r"^#REDIS_URL=(\S+)", (ROOT / ".env.example").read_text(), re.MULTILINE)[1]
    assert urlsplit(example).hostname == "redis" in SERVICES
    assert "ports" not in REDIS


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root_writes_to_the_image_or_takes_all_of_the_machine(name):
    service = SERVICES[name]
    user, group = map(int, service["user"].split(":"))
    assert user and group and service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"] and not service.get("privileged")
    assert service["mem_limit"] and service["cpus"] and service["pids_limit"]
    assert "healthcheck" in service or ("build" in service and HEALTH)
    for folder in service.get("tmpfs", []):
        # Memory that belongs to everybody or to the one who runs there.
        assert "mode=1777" in folder or f"uid={user},gid={group}" in folder


def test_the_user_of_compose_is_the_one_of_the_image():
    numbers = (
        re.search(r"--gid (\d+) site", " ".join(said("RUN")))[1],
        re.search(r"--uid (\d+)", " ".join(said("RUN")))[1],
    )
    assert ":".join(reversed(numbers)) == SITE["user"]


def test_secrets_come_in_files_and_each_service_gets_its_own():
    for service in SERVICES.values():
        named = {name: value for name, value in service.get("environment", {}).items() if name.endswith("_FILE")}
        assert sorted(named.values()) == sorted(f"/run/secrets/{name}" for name in service.get("secrets", []))
        assert all(value == f"/run/secrets/{name.removesuffix('_FILE').lower()}" for name, value in named.items())
        for word in ("KEY", "PASSWORD", "EMAIL_URL"):
            plain = [name for name in service.get("environment", {}) if word in name and not name.endswith("_FILE")]
            assert set(plain) <= {"AWS_ACCESS_KEY_ID"}
    assert {name: secret["file"] for name, secret in COMPOSE["secrets"].items()} == {
        name: f"./secrets/{name}" for name in SITE["secrets"]
    }
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines() and "secrets" not in ALLOWED


def test_every_image_says_which_version():
    for name, service in SERVICES.items():
        assert "build" in service or re.fullmatch(r"[\w/]+:(\d+|stable)-alpine", service["image"]), name


def given(environment):
    """As compose fills in variables that nobody has set."""
    return {name: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value) for name, value in environment.items()}


def test_the_site_is_given_the_database_that_is_started_beside_it():
    url = urlsplit(SITE["environment"]["DATABASE_URL"])
    given = DATABASE["environment"]
    assert url.hostname in COMPOSE["services"]
    assert (url.username, url.password, url.path) == (given["POSTGRES_USER"], None, f"/{given['POSTGRES_DB']}")
    assert given["POSTGRES_PASSWORD_FILE"] == SITE["environment"]["POSTGRES_PASSWORD_FILE"]
    assert SITE["depends_on"] == {"database": {"condition": "service_healthy"}} and DATABASE["healthcheck"]["test"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="compose.yaml's database is PostgreSQL")
def test_the_images_commands_serve_the_site(tmp_path):
    port, room, var = str(free_port()), container(tmp_path), tmp_path / "var"
    secrets = {
        "SECRET_KEY": "the key of a container that a test started, and of no other\n",
        "POSTGRES_PASSWORD": "word\n",
    }
    for name in given(SITE["environment"]):
        if name.endswith("_FILE"):
            (tmp_path / name).write_text(secrets.get(name.removesuffix("_FILE"), ""))
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        **ENVIRONMENT,
        **{
            name: str(tmp_path / name) if name.endswith("_FILE") else v
            for name, v in given(SITE["environment"]).items()
        },
        "VAR_DIR": str(var),
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": empty_database(),
    }
    options = {"cwd": room, "env": environment, **ordinary_user()}

    build = dict(part.split("=") for part in said("RUN")[-1].split() if "=" in part)
    static = {name: value for name, value in environment.items() if not name.endswith("_FILE")}
    static |= build | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    subprocess.run(["python", "manage.py", "prepare", "--static"], check=True, **{**options, "env": static})
    read_only_but_for(var, [next(part for part in mount.split(":") if part.startswith("/")) for mount in MOUNTS])

    with serving([*SERVE[:-1], SERVE[-1].replace(PORT, port)], **options) as site:
        assert "collecting" not in site.output, "the static files are part of the image"
        assert healthy(options, port)
        assert Visitor(f"http://localhost:{port}").get("/")[:2] == (200, "/en/")
        assert Visitor(f"http://127.0.0.1:{port}").log_in("admin", site.password)[:2] == (200, "/admin/")
        assert site.stop(signal.SIGTERM) == 0
    assert not healthy(options, port)


MOUNTS = [*SITE["volumes"], *SITE["tmpfs"]]


def read_only_but_for(var, mounted):
    """As `read_only` makes the image: what it has in the folder stays as it is, but for what compose mounts there."""
    writable = [var / Path(path).name for path in mounted if path.startswith(f"{ENVIRONMENT['VAR_DIR']}/")]
    assert len(writable) == 3
    for path in writable:
        path.mkdir(exist_ok=True)
        if user := ordinary_user():
            shutil.chown(path, user["user"], user["group"])
    if ordinary_user():
        shutil.chown(var, "root")
    for path in [var, *var.rglob("*")]:
        if not any(path.is_relative_to(folder) for folder in writable):
            path.chmod(path.stat().st_mode & ~0o222)


def container(tmp_path):
    """A folder with the image's files, readable to all and writable to nobody; beside it the folder for the rest."""
    room = tmp_path / "site"
    for name in image_files():
        (room / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, room / name)
    for picture in (room / "fixtures/media").glob("*.avif"):
        # Thumbnails: the time to encode their renditions is test_start's matter.
        with Image.open(picture) as image:
            image.reduce(8).save(picture)
    (tmp_path / "var").mkdir()
    if user := ordinary_user():
        shutil.chown(tmp_path / "var", user["user"], user["group"])
        for folder in (tmp_path, *tmp_path.parents):
            # pytest's own folders are closed to others.
            if folder.stat().st_mode & 0o011 != 0o011:
                folder.chmod(folder.stat().st_mode | 0o011)
    return room


def empty_database():
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS container WITH (FORCE)")
        server.execute("CREATE DATABASE container")
    return re.sub(r"/[^/?]+(\?|$)", r"/container\1", url)


def healthy(options, port):
    """The health check asks the port that the image exposes; here that one may be taken."""
    code = (
        f"import sys; sys.path.insert(0, 'deploy'); import health; health.PORT = {port}; sys.exit(not health.answers())"
    )
    return subprocess.run(["python", "-c", code], **options).returncode == 0
