"""What a served site writes down: a JSON object in each line, and which request it belongs to."""

import json
import os
import re
import signal
import sqlite3
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from tests import mail
from tests.postgresql import free_port
from tests.served.test_processes import a_copy
from tests.serving import on_sqlite, serving

pytestmark = on_sqlite
MINE = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def written(first_start, tmp_path_factory):
    """The answers of a site on which things go wrong, what it wrote to standard error, and the mail of it."""
    folder = tmp_path_factory.mktemp("logs")
    var, environment = a_copy(first_start, folder / "var")
    address = f"127.0.0.1:{free_port()}"
    with mail.server() as (url, mails), (folder / "stderr").open("w") as stderr:
        environment |= {"SITE_URL": f"http://{address}", "ERROR_MAIL_TO": "webmaster@example.org", "EMAIL_URL": url}
        serve = f"exec {sys.executable} manage.py serve {address} 2>{stderr.name}"
        with serving(["sh", "-c", serve], cwd=settings.BASE_DIR, env=environment) as site:

            def get(path):
                request = Request(f"http://{address}{path}", headers={"X-Request-ID": MINE, "Cookie": "session=secret"})
                if path == "/en/":
                    del request.headers["Cookie"]
                try:
                    answer = urlopen(request, timeout=60)
                except HTTPError as error:
                    answer = error
                with answer:
                    return answer

            answers = {"made": get("/en/"), "kept": get("/en/"), "missing": get("/en/nowhere/")}
            with sqlite3.connect(var / "db.sqlite3") as database:
                database.execute("ALTER TABLE species_speciespage RENAME TO elsewhere")
            answers["broken"] = get("/en/species/saiga/")
            told = mails.get(timeout=60)
            [worker, *_] = workers(site.process.pid)
            os.kill(worker, signal.SIGKILL)
            until = time.monotonic() + 60
            while "SIGKILL" not in (folder / "stderr").read_text() and time.monotonic() < until:
                time.sleep(0.1)
            assert site.stop(signal.SIGTERM) == 0
    lines = [json.loads(line) for line in (folder / "stderr").read_text().splitlines()]
    return answers, lines, told


def workers(server):
    """Those of its children that serve; the other one minds the schedule and is the last to be started."""
    return [int(number) for number in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


def test_every_line_is_a_json_object_gunicorns_too(written):
    _, lines, _ = written
    assert all({"time", "level", "log", "event", "request_id"} <= line.keys() for line in lines)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", line["time"]) for line in lines)
    assert [line["level"] for line in lines if line["log"] == "gunicorn.error" and "SIGKILL" in line["event"]]


def test_a_line_has_the_id_that_the_visitor_was_given(written):
    answers, lines, _ = written
    for name, status in [("missing", 404), ("broken", 503)]:
        given = answers[name].headers["X-Request-ID"]
        assert answers[name].status == status and re.fullmatch("[0-9a-f]{32}", given)
        assert given != MINE, "without a proxy the header is the visitor's own"
        assert [line["status_code"] for line in lines if line["request_id"] == given] == [status]


def test_a_traceback_is_one_field_and_nothing_that_was_sent_is_in_the_log(written):
    answers, lines, _ = written
    [line] = [line for line in lines if line["request_id"] == answers["broken"].headers["X-Request-ID"]]
    assert line["traceback"].count("\n") > 5 and "no such table: species_speciespage" in line["traceback"]
    assert "secret" not in json.dumps(lines)


def test_a_kept_page_carries_nobodys_id(written):
    answers, _, _ = written
    for name in ("made", "kept"):
        assert answers[name].status == 200 and "X-Request-ID" not in answers[name].headers


def test_the_office_is_told_by_mail_which_line_to_look_for(written):
    answers, _, told = written
    assert "/en/species/saiga/" in told["Subject"]
    assert answers["broken"].headers["X-Request-ID"] in told.get_content()
    assert "secret" not in told.as_string() and "no such table" not in told.as_string()
