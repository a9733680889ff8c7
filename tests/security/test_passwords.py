"""Which passwords staff may have, and how often somebody may guess."""

import sqlite3
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from tests.forms import Form
from tests.html import parsed
from tests.security.signing_in import PASSWORD, TOO_MANY, WRONG, sign_in, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted_before")]


@pytest.mark.parametrize("kind", ["wrong password", "no such name", "account that is closed"])
def test_neither_words_nor_work_tell_whether_an_account_exists(staff, monkeypatch, kind):
    computed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: computed.append(1) or encode(*args))
    if kind == "account that is closed":
        get_user_model().objects.update(is_active=False)
    name, password = {
        "wrong password": ("gulnora", "three camels walk at night"),
        "no such name": ("gulnara", PASSWORD),
        "account that is closed": ("gulnora", PASSWORD),
    }[kind]
    answer = sign_in(name, password)
    assert answer.status_code == 200
    assert WRONG in words(answer)
    form = parsed(answer.content).find("form", class_="login-form")
    assert form.find(attrs={"name": "login"})["value"] == name
    assert not form.find(attrs={"name": "password"}).get("value")
    assert len(computed) == 1


def test_passwords_are_kept_by_argon2(first_start):
    with sqlite3.connect(first_start.var / "db.sqlite3") as database:
        [(kept,)] = database.execute("SELECT password FROM iucn_ca_user WHERE username = 'admin'")
    assert kept.startswith("argon2$argon2id$")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elevenchars", "This password is too short. It must contain at least 12 characters."),
        ("1qaz2wsx3edc", "This password is too common."),
        ("834758934758", "This password is entirely numeric."),
        ("karimovayusupova", "The password is too similar to the last name."),
    ],
)
def test_a_weak_password_is_refused_beside_its_field(staff, client, password, sentence):
    client.force_login(get_user_model().objects.create_superuser("admin"))
    form = Form.open(client, f"/admin/users/edit/{staff.pk}/")
    assert sentence in form.send("", password1=password, password2=password).content.decode()
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)


def fail(times, name="gulnora", address="192.0.2.1", **headers):
    for _ in range(times):
        answer = sign_in(name, "a wrong password", address=address, **headers)
    return answer


def test_after_five_failures_a_name_is_locked_for_ten_minutes_from_this_address_only(staff):
    assert WRONG in words(fail(4))
    answer = fail(1)
    assert answer.status_code == 429
    assert TOO_MANY in words(answer)
    assert sign_in().status_code == 429
    assert sign_in(address="192.0.2.2").status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=9))
    # What is tried meanwhile does not make it longer.
    assert sign_in().status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=10, seconds=1))
    assert sign_in().status_code == 302


def test_a_name_that_does_not_exist_is_locked_with_the_same_words(staff):
    known, unknown = fail(5), fail(5, "nobody")
    assert (known.status_code, words(known)) == (unknown.status_code, words(unknown))


def test_after_twenty_failures_an_address_is_locked_for_whatever_names(staff):
    for place in range(5):
        assert fail(4, f"name-{place}").status_code == (200 if place < 4 else 429)
    assert sign_in().status_code == 429
    assert sign_in(address="192.0.2.2").status_code == 302


def test_whoever_gets_in_at_last_has_five_attempts_again_but_the_address_keeps_its_other_failures(staff):
    for place in range(4):
        fail(4, f"name-{place}")
    fail(3)
    assert sign_in().status_code == 302
    fail(3)
    assert sign_in().status_code == 302
    assert fail(4).status_code == 429


def test_the_address_that_counts_is_the_one_that_the_proxy_saw(staff, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for place in range(5):
        fail(1, HTTP_X_FORWARDED_FOR=f"203.0.113.{place}, 198.51.100.7")
    assert sign_in(HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7").status_code == 429
    assert sign_in(HTTP_X_FORWARDED_FOR="198.51.100.7, 198.51.100.8").status_code == 302


def test_all_addresses_of_an_ipv6_network_count_as_one(staff):
    for place in range(5):
        fail(1, address=f"2001:db8::{place}")
    assert sign_in(address="2001:db8::ffff:1").status_code == 429
    assert sign_in(address="2001:db8:0:1::1").status_code == 302


def test_an_address_that_is_none_is_refused_and_is_no_error(staff, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for nonsense in ("", " ", "unknown", "1.2.3", "\x00", "a" * 5000, ",,,"):
        assert sign_in(HTTP_X_FORWARDED_FOR=nonsense).status_code in (302, 400, 403), nonsense


def test_without_a_proxy_the_header_counts_for_nothing(staff):
    for place in range(5):
        fail(1, HTTP_X_FORWARDED_FOR=f"203.0.113.{place}")
    assert sign_in(HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 429
