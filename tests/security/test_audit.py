"""What is written down of what staff do."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Page

from tests.factories import a_text_page, an_empty_site
from tests.forms import Form
from tests.security.signing_in import CODE, PASSWORD, shown_by_the_phone, sign_in, signed_in, with_a_phone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted_before")]


def test_what_matters_is_written_down_as_lines_of_json(staff, audit, django_capture_on_commit_callbacks):
    sign_in("gulnora", "a wrong password")
    sign_in(PASSWORD, "a wrong password")
    client = signed_in()
    with django_capture_on_commit_callbacks(execute=True):
        secret = with_a_phone(client)
    client.post("/admin/logout/")
    sign_in(client=client)
    client.post(CODE, {"code": "000000"})
    client.post(CODE, {"code": shown_by_the_phone(secret, 30)})
    for _ in range(4):
        sign_in(password="a wrong password")
    lines = audit()
    assert [(line["event"], line["user"]) for line in lines] == [
        ("sign_in_failed", "gulnora"),
        ("sign_in_failed", None),
        ("sign_in", "gulnora"),
        ("second_factor_added", "gulnora"),
        ("second_factor_added", "gulnora"),
        ("sign_out", "gulnora"),
        ("code_failed", "gulnora"),
        ("sign_in", "gulnora"),
        *[("sign_in_failed", "gulnora")] * 3,
        ("locked_out", "gulnora"),
        ("sign_in_failed", "gulnora"),
    ]
    assert lines[0]["address"] == "192.0.2.1"
    assert {"time", "log"} <= set(lines[0])
    assert PASSWORD not in str(lines)


def test_what_is_done_to_many_accounts_at_once_and_on_the_server_is_written_down(staff, audit, client):
    boss = get_user_model().objects.create_superuser("boss")
    client.force_login(boss)
    address = f"/admin/bulk/iucn_ca/user/set_active_state/?id={staff.pk}"
    assert client.post(address, {"mark_as_active": "False"}).status_code == 302
    staff.refresh_from_db()
    assert not staff.is_active
    [line] = [line for line in audit() if line["event"] == "bulk"]
    found = (line["user"], line["action"], line["kind"], line["ids"])
    assert found == ("boss", "set_active_state", "user", [staff.pk])
    call_command("admin_password", "--lost-phone", stdout=StringIO())
    events = [(line["event"], line.get("of")) for line in audit()]
    assert ("password_set_on_the_server", "admin") in events
    assert ("second_factor_removed", "admin") in events


def test_what_was_taken_back_has_not_been_done(staff, audit, django_capture_on_commit_callbacks):
    an_empty_site()
    for is_taken_back in (True, False):
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            log(Page.objects.get(depth=2), "wagtail.publish", user=staff)
            transaction.set_rollback(is_taken_back)
        assert [line["event"] for line in audit()].count("wagtail.publish") == (0 if is_taken_back else 1)


def test_roles_publications_and_exports_are_written_down(staff, audit, client, django_capture_on_commit_callbacks):
    an_empty_site()
    page = a_text_page("Rules")
    client.force_login(get_user_model().objects.create_superuser("admin"))
    form = Form.open(client, f"/admin/users/edit/{staff.pk}/")
    boss = Group.objects.create(name="Bosses")
    assert form.send("", groups=[boss.pk], is_superuser="on").status_code == 302
    form = Form.open(client, f"/admin/pages/{page.pk}/edit/")
    with django_capture_on_commit_callbacks(execute=True):
        assert form.send("action-publish", title="New rules").status_code == 302
    assert client.get("/admin/reports/site-history/?export=csv").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/admin/pages/{page.pk}/unpublish/").status_code == 302
    lines = audit()
    events = [(line["event"], line["user"]) for line in lines]
    # By whom an account was made that is made on the server, the site does not know.
    assert events.pop(0) == ("role_changed", None)
    assert {user for _, user in events} == {"admin"}
    roles = [line for line in lines[1:] if line["event"] == "role_changed"]
    assert {"of": "gulnora", "is_superuser": True}.items() <= roles[0].items()
    assert ("post_add", ["Bosses"]) in [(line.get("change"), line.get("others")) for line in roles]
    assert ("post_remove", ["Staff"]) in [(line.get("change"), line.get("others")) for line in roles]
    published = next(line for line in lines if line["event"] == "wagtail.publish")
    assert (published["kind"], published["id"], published["label"]) == ("standardpage", str(page.pk), "New rules")
    export = next(line for line in lines if line["event"] == "export")
    assert export["path"] == "/admin/reports/site-history/?export=csv"
    assert "wagtail.unpublish" in [event for event, _ in events]
