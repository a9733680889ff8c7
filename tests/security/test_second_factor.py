"""The code that is asked for after the password, how long a session holds, and where the sign-in leads."""

import re
from datetime import timedelta
from io import StringIO
from urllib.parse import quote, urljoin

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests.factories import a_text_page, an_empty_site
from tests.forms import Form
from tests.html import parsed
from tests.security.signing_in import (
    CODE,
    DASHBOARD,
    LOGIN,
    PASSWORD,
    PROVE,
    RECOVERY,
    SECOND_FACTOR,
    SET_UP,
    recovery_codes,
    shown_by_the_phone,
    sign_in,
    signed_in,
    with_a_phone,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted_before")]


def test_behind_https_staff_set_up_a_second_factor_before_anything_else(staff, https):
    an_empty_site()
    a_text_page("Rules")
    client = signed_in()
    for path in (
        DASHBOARD,
        "/admin/pages/",
        "/admin/account/",
        "/admin/images/add/",
        "/en/rules/",
    ):
        assert client.get(path)["Location"] == SET_UP, path
        assert client.post(path)["Location"] == SET_UP, path
    with_a_phone(client)
    assert client.get(DASHBOARD).status_code == 200
    assert client.get("/en/rules/").status_code == 200


def test_a_session_begun_with_the_password_alone_proves_the_phone_that_its_owner_sets_up(staff, https):
    intruder, owner = signed_in(), signed_in()
    secret = with_a_phone(owner)
    assert owner.get(DASHBOARD).status_code == 200
    assert intruder.get(DASHBOARD)["Location"] == PROVE
    assert intruder.post(SET_UP, {"code": "000000"}).status_code == 302
    assert intruder.get("/admin/account/")["Location"] == PROVE
    assert intruder.post(PROVE, {"code": shown_by_the_phone(secret, 30)})["Location"] == DASHBOARD
    assert intruder.get(DASHBOARD).status_code == 200


def test_whoever_reads_private_pages_can_become_a_member_of_staff(staff, https):
    get_user_model().objects.create_user("donor", password=PASSWORD)
    with_a_phone(signed_in())
    client = Client()
    sign_in("donor", client=client)
    assert sign_in(client=client)["Location"] == CODE
    assert "Please enter an authenticator code" in words(client.get(CODE))


def test_who_may_only_read_private_pages_needs_none(https):
    get_user_model().objects.create_user("donor", password=PASSWORD)
    an_empty_site()
    client = Client()
    assert sign_in("donor", client=client, after="?next=/en/").headers["Location"] == "/en/"
    assert client.get("/en/").status_code == 200
    refused = client.get(DASHBOARD, follow=True)
    assert "You do not have permission to access the admin" in words(refused)
    assert refused.redirect_chain[-1][0].startswith(LOGIN)


def test_elsewhere_it_is_offered(staff):
    client = signed_in()
    assert client.get(DASHBOARD).status_code == 200
    account = parsed(client.get("/admin/account/").content)
    assert "Two-factor" in account.find("a", href=SECOND_FACTOR).text
    with_a_phone(client)
    assert "Authentication using an authenticator app is active." in words(client.get(SECOND_FACTOR))


def test_the_code_is_asked_for_after_the_password_and_holds_once(staff):
    secret = with_a_phone(signed_in())
    shown = shown_by_the_phone(secret, 30)
    client = Client()
    assert sign_in(client=client)["Location"] == CODE
    assert client.get(DASHBOARD)["Location"].startswith(LOGIN)
    assert "Incorrect code." in words(client.post(CODE, {"code": "000000"}))
    assert client.post(CODE, {"code": shown})["Location"] == DASHBOARD
    assert client.get(DASHBOARD).status_code == 200
    other = Client()
    sign_in(client=other)
    assert "Incorrect code." in words(other.post(CODE, {"code": shown}))
    assert other.get(DASHBOARD).status_code == 302


def test_a_recovery_code_opens_once(staff):
    client = signed_in()
    with_a_phone(client)
    first, second, *others = recovery_codes(client)
    assert len(others) == 8
    for given, status in [(first, 302), (first, 200), (second, 302)]:
        client = Client()
        sign_in(client=client)
        assert client.post(CODE, {"code": given}).status_code == status


def test_codes_cannot_be_guessed(staff):
    secret = with_a_phone(signed_in())
    client = Client()
    sign_in(client=client)
    for _ in range(5):
        assert "Incorrect code." in words(client.post(CODE, {"code": "000000"}))
    client = Client(REMOTE_ADDR="192.0.2.2")
    sign_in(client=client)
    assert "Too many failed login attempts. Try again later." in words(
        client.post(CODE, {"code": shown_by_the_phone(secret, 30)})
    )


def test_whoever_finds_a_browser_open_cannot_change_the_second_factor(staff):
    client = signed_in()
    with_a_phone(client)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    for path in (f"{SECOND_FACTOR}totp/deactivate/", f"{RECOVERY}generate/"):
        asked = client.post(path, follow=True)
        assert "Enter your password" in words(asked), path
    assert client.post("/admin/reauthenticate/", {"password": "a guess of mine"}).status_code == 200
    assert "active" in words(client.get(SECOND_FACTOR))


def test_an_administrator_lets_a_colleague_without_a_phone_begin_anew(staff, client, audit):
    with_a_phone(signed_in())
    client.force_login(get_user_model().objects.create_superuser("admin"))
    form = Form.open(client, f"/admin/users/edit/{staff.pk}/")
    assert form.box("lost_second_factor")["type"] == "checkbox"
    assert form.send("").status_code == 302
    assert sign_in()["Location"] == CODE
    assert form.send("", lost_second_factor="on").status_code == 302
    assert sign_in()["Location"] == DASHBOARD
    assert "Remove the second factor" not in client.get(f"/admin/users/edit/{staff.pk}/").content.decode()
    [line] = [line for line in audit() if line["event"] == "second_factor_removed"]
    assert (line["user"], line["of"]) == ("admin", "gulnora")


def test_the_administrator_without_a_phone_is_helped_on_the_server(staff):
    get_user_model().objects.update(username="admin")
    client = Client()
    sign_in("admin", client=client)
    with_a_phone(client)
    out = StringIO()
    call_command("admin_password", stdout=out)
    password = re.search(r"with the password (\S+)", out.getvalue())[1]
    assert sign_in("admin", password)["Location"] == CODE
    call_command("admin_password", "--lost-phone", stdout=out)
    assert sign_in("admin", out.getvalue().split()[-4])["Location"] == DASHBOARD


def test_a_session_ends_twelve_hours_after_the_sign_in_whatever_is_done_meanwhile(staff):
    client = signed_in()
    end = client.session.get_expiry_date()
    assert timedelta(hours=11, minutes=59) < end - timezone.now() <= timedelta(hours=12)
    session = client.session
    session["something"] = "new"
    session.save()
    assert client.get(DASHBOARD).status_code == 200
    assert client.session.get_expiry_date() == end


def test_staff_who_are_signed_in_go_on_and_are_led_to_no_other_host(staff):
    client = signed_in()
    assert client.get(LOGIN)["Location"] == DASHBOARD
    assert client.get(f"{LOGIN}?next=/admin/pages/")["Location"] == "/admin/pages/"
    for elsewhere in (
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "x",
        "\\evil.example",
        "http://[",
    ):
        for answer in (client.get(LOGIN, {"next": elsewhere}), sign_in(after=f"?next={quote(elsewhere)}")):
            assert urljoin("http://site.example/admin/login/", answer["Location"]).startswith("http://site.example/")


def test_a_link_from_elsewhere_signs_nobody_out(staff):
    client = signed_in()
    assert "Are you sure you want to sign out?" in words(client.get("/admin/logout/"))
    assert client.get(DASHBOARD).status_code == 200
    assert client.post("/admin/logout/")["Location"] == LOGIN
    assert client.get(DASHBOARD)["Location"].startswith(LOGIN)


def test_nothing_of_accounts_goes_by_mail_and_nobody_registers(staff, mailoutbox):
    for path in ("/admin/password_reset/", "/admin/signup/", "/accounts/signup/", "/accounts/password/reset/"):
        assert Client().post(path, {"email": "gulnora@example.org"}).status_code in (302, 404), path
    assert Client().post(LOGIN, {"login": "gulnora"}, HTTP_HOST="evil.example").status_code == 400
    assert mailoutbox == []
    assert "Forgot" not in words(Client().get(LOGIN))
