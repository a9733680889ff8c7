"""What staff and visitors see of two machines: one site."""

import os
import signal
import time
from io import BytesIO

import psycopg
import pytest
import requests
from PIL import Image
from redis import Redis

from iucn_ca.redis_pool import LEFT_ALONE
from tests.forms import Form
from tests.machines.conftest import BUCKET, DUE, Browser, rename

# The machines' database is copied from that of the tests.
pytestmark = pytest.mark.django_db
LONGEST_WAIT = 30


def seen(machine, path, times=4):
    """On connections of their own, so that every worker has its turn."""
    return [requests.get(machine.address + path, timeout=60) for _ in range(times)]


def eventually(question):
    until = time.monotonic() + LONGEST_WAIT
    while not (answer := question()) and time.monotonic() < until:
        time.sleep(0.2)
    return answer


def test_two_machines_that_start_together_make_one_first_account(machines):
    assert machines.password
    assert machines.rows("SELECT username FROM iucn_ca_user") == [("admin",)]


def test_what_is_due_is_published_once_and_seen_on_both(machines):
    scheduled = "SELECT count(*) FROM wagtailcore_pagelogentry WHERE action = 'wagtail.publish.scheduled'"
    assert eventually(lambda: machines.rows(scheduled)[0][0] >= len(DUE))
    assert machines.rows(scheduled) == [(len(DUE),)]
    for machine in (machines.a, machines.b):
        for slug in DUE:
            assert {answer.status_code for answer in seen(machine, f"/en/{slug}/", 2)} == {200}


def test_what_is_published_on_one_stands_on_the_other_at_the_next_request(machines, staff):
    for machine in (machines.a, machines.b):
        assert all("Renamed" not in answer.text for answer in seen(machine, "/en/spring/"))
    rename(machines, staff, machines.a, "spring", "Renamed spring")
    for machine in (machines.b, machines.a):
        assert all("Renamed spring" in answer.text for answer in seen(machine, "/en/spring/"))


def a_photograph():
    content = BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def upload(machines, browser, machine, path, title, name, content):
    answer = browser.ask(machine, path)
    form = Form(browser, answer)
    data = {key: value for key, value in form.values.items() if value is not None and key != "file"}
    data |= {"title": title} | ({"credit": "Anna Petrova"} if "images" in path else {})
    answer = browser.post(machine.address + path, data=data, files={"file": (name, content)}, timeout=60)
    assert answer.status_code == 200 and title in answer.text, answer.text


@pytest.fixture(scope="module")
def picture(machines, staff):
    """Uploaded on A: the name of its original."""
    upload(machines, staff, machines.a, "/admin/images/add/", "Dunes", "dunes.jpg", a_photograph())
    [(name,)] = machines.rows("SELECT file FROM iucn_ca_creditedimage WHERE title = 'Dunes'")
    return name


def renditions(machines):
    query = "SELECT r.file FROM iucn_ca_creditedrendition r JOIN iucn_ca_creditedimage i ON i.id = r.image_id"
    return {name for (name,) in machines.rows(f"{query} WHERE i.title = 'Dunes' AND r.file NOT LIKE '%%max-%%'")}


def test_a_picture_uploaded_on_one_is_shown_by_the_other_and_its_renditions_are_made_once(machines, staff, picture):
    assert eventually(lambda: machines.rows("SELECT finished FROM iucn_ca_creditedimage WHERE finished <> '{}'"))
    made = renditions(machines)
    assert {name.rsplit(".", 1)[1] for name in made} == {"avif", "webp", "jpg"}
    for name in made:
        answers = [*seen(machines.a, f"/media/{name}", 1), *seen(machines.b, f"/media/{name}", 1)]
        assert {answer.status_code for answer in answers} == {200}
        assert answers[0].content == answers[1].content
        for answer in answers:
            assert answer.headers["Content-Type"].startswith("image/")
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Dunes" in staff.ask(machines.b, "/admin/images/").text
    assert renditions(machines) == made
    assert made <= {kept.key for kept in machines.store.Bucket(BUCKET).objects.all()}
    missing = seen(machines.b, "/media/images/no-such.webp", 1)[0]
    assert missing.status_code == 404


def test_originals_and_documents_are_to_be_had_neither_from_the_site_nor_from_the_store(machines, staff, picture):
    upload(machines, staff, machines.a, "/admin/documents/add/", "Plan", "plan.pdf", b"%PDF-1.7 the plan")
    [(pk, document)] = machines.rows("SELECT id, file FROM wagtaildocs_document WHERE title = 'Plan'")
    kept = {kept.key for kept in machines.store.Bucket(BUCKET).objects.all()}
    assert {picture, document} <= kept
    endpoint = machines.store.meta.client.meta.endpoint_url
    for name in kept:
        assert requests.get(f"{endpoint}/{BUCKET}/{name}", timeout=60).status_code == 403, name
    for machine in (machines.a, machines.b):
        for name in (picture, document, f"images/../{picture}", f"images/%2e%2e/{document}", f"images/..%2f{document}"):
            assert requests.get(f"{machine.address}/media/{name}", timeout=60).status_code == 404, name
        # The address that asks for permission gives what anybody may have.
        answer = requests.get(f"{machine.address}/documents/{pk}/{document.split('/')[1]}", timeout=60)
        assert answer.content == b"%PDF-1.7 the plan"


def test_who_logs_in_on_one_is_logged_in_on_the_other_and_so_out(machines):
    browser = Browser()
    browser.log_in(machines.a, machines.password)
    for machine in (machines.a, machines.b):
        assert browser.ask(machine, "/admin/").url == f"{machine.address}/admin/"
    browser.ask(machines.a, "/admin/logout/", csrfmiddlewaretoken=browser.cookies["csrftoken"])
    for machine in (machines.a, machines.b):
        assert browser.ask(machine, "/admin/").url.startswith(f"{machine.address}/admin/login/")


def test_five_wrong_passwords_lock_on_both(machines):
    browser = Browser()
    answers = [browser.log_in(machine, "a guess") for machine in [machines.a, machines.b] * 2 + [machines.a]]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert browser.log_in(machines.b, machines.password).status_code == 429
    with psycopg.connect(machines.database) as database:
        database.execute("UPDATE axes_accessattempt SET attempt_time = attempt_time - interval '11 minutes'")
    assert browser.log_in(machines.b, machines.password).url == f"{machines.b.address}/admin/"


def test_while_redis_hangs_both_go_on_and_afterwards_what_was_published_meanwhile_stands_on_both(machines, staff):
    for machine in (machines.a, machines.b):
        seen(machine, "/en/summer/")
    pid = Redis.from_url(machines.redis).info()["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        for machine in (machines.a, machines.b):
            assert {answer.status_code for answer in seen(machine, "/en/summer/")} == {200}
            assert staff.ask(machine, "/admin/").url == f"{machine.address}/admin/"
        rename(machines, staff, machines.a, "summer", "Renamed summer")
        for machine in (machines.a, machines.b):
            assert all("Renamed summer" in answer.text for answer in seen(machine, "/en/summer/"))
    finally:
        os.kill(pid, signal.SIGCONT)
    for machine in (machines.a, machines.b):
        assert eventually(lambda machine=machine: all("Renamed summer" in a.text for a in seen(machine, "/en/summer/")))
    # A process that nobody has asked since leaves Redis alone for so long, and tells of a publication later.
    time.sleep(LEFT_ALONE)


def test_a_store_that_is_away_is_said_to_be_away_and_pages_go_on(machines, staff, picture):
    [rendition] = [name for name in renditions(machines) if name.endswith(".jpg")]
    [(document,)] = machines.rows("SELECT '/documents/' || id || '/plan.pdf' FROM wagtaildocs_document")
    machines.lose_store()
    answer = requests.get(f"{machines.b.address}/media/{rendition}", timeout=60)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert answer.text == "The pictures cannot be reached at the moment. Please try again in a minute.\n"
    answer = requests.get(machines.a.address + document, timeout=60)
    assert answer.status_code == 503 and "cannot reach its database or its files" in answer.text
    for path in ("/en/spring/", "/en/autumn/"):
        assert {answer.status_code for answer in seen(machines.b, path, 2)} == {200}
    assert staff.ask(machines.a, "/admin/images/").status_code == 200
