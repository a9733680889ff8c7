import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import formats, timezone, translation

ROOT = Path(settings.BASE_DIR)
SECRET = "a key for this test and for nothing else, long enough"


def manage(tmp_path, *arguments, **variables):
    """Run manage.py with the production settings and nothing but these variables."""
    variables = {"VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=variables, capture_output=True, text=True
    )


def production(tmp_path, *names, **variables):
    code = (
        "import json; from iucn_ca.settings import production as settings;"
        f"print(json.dumps({{name: getattr(settings, name, None) for name in {names!r}}}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"VAR_DIR": str(tmp_path), "SECRET_KEY": SECRET, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"SITE_URL": "https://site.example"}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": SECRET}, "SITE_URL is not set"),
        ({"SECRET_KEY": SECRET, "SITE_URL": "site.example"}, "SITE_URL is 'site.example'"),
        ({"SECRET_KEY": SECRET, "SITE_URL": "ftp://site.example"}, "SITE_URL is 'ftp://site.example'"),
        ({"SECRET_KEY": SECRET, "SITE_URL": "https://site.example/en"}, "SITE_URL is 'https://site.example/en'"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE: [Errno 2]"),
        (
            {"SECRET_KEY": SECRET, "SITE_URL": "http://localhost", "ERROR_MAIL_TO": "a@example.org"},
            "EMAIL_URL is not set",
        ),
    ],
)
def test_a_missing_or_bad_setting_stops_the_start_with_one_line(tmp_path, variables, line):
    done = manage(tmp_path, "check", **variables)
    assert done.returncode == 1
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


def test_what_is_secret_can_be_in_files(tmp_path):
    words = {
        "SECRET_KEY": f"{SECRET}\n",
        "POSTGRES_PASSWORD": "of the file\n",
        "EMAIL_URL": "smtp+tls://me:word@mail\n",
    }
    files = {}
    for name, word in words.items():
        (tmp_path / name).write_text(word)
        files[f"{name}_FILE"] = str(tmp_path / name)
    files |= {"DATABASE_URL": "postgres://site@database/site", "ERROR_MAIL_TO": "a@example.org,b@example.org"}
    names = ("SECRET_KEY", "DATABASES", "LOGGING")
    found = production(tmp_path, *names, SITE_URL="https://site.example", **files)
    assert found["SECRET_KEY"] == SECRET
    assert found["DATABASES"]["default"]["PASSWORD"] == "of the file"
    mail = found["LOGGING"]["handlers"]["mail"]
    assert mail["to"] == ["a@example.org", "b@example.org"] and "mail" in found["LOGGING"]["root"]["handlers"]
    assert {"host": "mail", "username": "me", "password": "word", "use_tls": True, "timeout": 10}.items() <= mail[
        "server"
    ].items()


def test_a_password_in_the_address_of_the_database_goes_first(tmp_path):
    url = {"DATABASE_URL": "postgres://site:own@database/site", "POSTGRES_PASSWORD": "another"}
    found = production(tmp_path, "DATABASES", "LOGGING", SITE_URL="https://site.example", **url)
    assert found["DATABASES"]["default"]["PASSWORD"] == "own"
    assert "mail" not in found["LOGGING"]["handlers"]


def test_http_on_the_loopback_needs_no_further_settings(tmp_path):
    found = production(
        tmp_path,
        *("ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS"),
        SITE_URL="http://localhost:8000/",
    )
    assert found == {
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost", "[::1]"],
        "SECURE_SSL_REDIRECT": False,
        "SESSION_COOKIE_SECURE": False,
        "SECURE_HSTS_SECONDS": None,
    }


def test_https_is_strict_without_further_settings(tmp_path):
    found = production(
        tmp_path,
        *(
            "ALLOWED_HOSTS",
            "CSRF_TRUSTED_ORIGINS",
            "WAGTAILADMIN_BASE_URL",
            "SECURE_SSL_REDIRECT",
            "CSRF_COOKIE_SECURE",
        ),
        *("SESSION_COOKIE_NAME", "SECURE_HSTS_SECONDS"),
        SITE_URL="https://site.example",
    )
    assert found == {
        "ALLOWED_HOSTS": ["site.example"],
        "CSRF_TRUSTED_ORIGINS": ["https://site.example"],
        "WAGTAILADMIN_BASE_URL": "https://site.example",
        "SECURE_SSL_REDIRECT": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "SECURE_HSTS_SECONDS": 31536000,
    }


def test_the_environment_goes_before_the_file_that_make_run_writes(tmp_path):
    (tmp_path / "env").write_text("SECRET_KEY=from the file\nSITE_URL=http://127.0.0.1:8001\n")
    found = production(tmp_path, "SECRET_KEY", "SITE_URL")
    assert found == {"SECRET_KEY": SECRET, "SITE_URL": "http://127.0.0.1:8001"}


def test_media_can_be_handed_over(tmp_path):
    variables = {
        "MEDIA_URL": "https://media.example/",
        "MEDIA_ROOT": "/srv/media",
        "MEDIA_S3_BUCKET": "office",
        "MEDIA_S3_ENDPOINT": "https://store.example",
        "AWS_ACCESS_KEY_ID": "name",
        "AWS_SECRET_ACCESS_KEY": "word",
    }
    found = production(tmp_path, "MEDIA_URL", "MEDIA_ROOT", "STORAGES", SITE_URL="https://site.example", **variables)
    assert (found["MEDIA_URL"], found["MEDIA_ROOT"]) == ("https://media.example/", "/srv/media")
    assert found["STORAGES"]["default"]["OPTIONS"] == {
        "bucket_name": "office",
        "endpoint_url": "https://store.example",
        "access_key": "name",
        "secret_key": "word",
        "file_overwrite": False,
    }


def test_postgresql_gets_a_pool_and_keeps_the_options_of_its_address(tmp_path):
    url = "postgres://user:word@database/site?sslmode=require"
    options = production(tmp_path, "DATABASES", SITE_URL="https://site.example", DATABASE_URL=url)
    options = options["DATABASES"]["default"]["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["connect_timeout"] == 3
    assert options["pool"]["max_size"] == 4


@pytest.mark.django_db
def test_sqlite_lets_readers_go_on_while_one_writes():
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.django_db
def test_postgresql_ends_a_visitors_slow_question_but_no_migration(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    ask = (
        "from django.db import connection; cursor = connection.cursor();"
        "cursor.execute('SHOW statement_timeout'); print(cursor.fetchone())"
    )
    name = connection.settings_dict["NAME"]
    variables = {"SECRET_KEY": SECRET, "SITE_URL": "http://127.0.0.1", "PYTHONWARNINGS": "ignore"}
    variables["DATABASE_URL"] = re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"])
    served = manage(tmp_path, "shell", "--verbosity=0", "-c", f"import iucn_ca.wsgi; {ask}", **variables)
    managed = manage(tmp_path, "shell", "--verbosity=0", "-c", ask, **variables)
    assert (served.stdout, managed.stdout) == ("('10s',)\n", "('0',)\n")


def test_english_dates_are_those_of_the_office():
    with translation.override("en"):
        assert formats.date_format(timezone.datetime(2026, 11, 22), "DATE_FORMAT") == "22 November 2026"


@pytest.mark.parametrize("password", ["short-one-1", "123456789012345", "qwerty123456"])
def test_a_weak_password_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


def test_every_variable_is_in_the_settings_the_readme_and_the_example():
    settings_read = re.findall(
        r'(?:env\.\w+|required)\(\s*"([A-Z0-9_]+)"', (ROOT / "iucn_ca/settings/production.py").read_text()
    )
    start_reads = re.findall(r'environ\.get\("([A-Z_]+)"\)', (ROOT / "deploy/bootstrap.py").read_text())
    compose_reads = re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "compose.yaml").read_text())
    documented = re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    example = re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert set(documented) == set(example) == {*settings_read, *start_reads, *compose_reads}
    assert len(documented) == len(set(documented))


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_packages_are_pinned_with_hashes_and_name_no_index(name):
    text = (ROOT / f"requirements/{name}.txt").read_text()
    assert not re.search(r"://|--(index|extra-index|find-links|trusted)", text)
    for pin in re.split(r"\n(?=[a-z])", text):
        assert re.match(r"[a-z0-9-]+==\S+", pin)
        assert "--hash=sha256:" in pin


def test_what_is_installed_is_what_is_pinned():
    pins = re.findall(r"^([a-z0-9-]+)==(\S+) \\$", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE)
    assert len(pins) > 40
    assert {name: metadata.version(name) for name, _ in pins} == dict(pins)
