"""Whom security.txt names, who gets a cookie, and which policy is whose."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Site

from iucn_ca.models import OfficeSettings

# Whom to tell


@pytest.mark.django_db
def test_security_txt_names_the_address_that_staff_published(client, settings):
    office = OfficeSettings.objects.create(site=Site.objects.get(), email="office+web@example.org")
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    expires = parse_datetime(fields.pop("Expires"))
    assert timedelta(days=178) < expires - timezone.now() <= timedelta(days=180)
    assert fields == {
        "Contact": "mailto:office+web@example.org",
        "Preferred-Languages": "en",
        "Canonical": "http://127.0.0.1:8000/.well-known/security.txt",
    }
    office.live = False
    office.save()
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.django_db
def test_without_an_address_nobody_is_named(client):
    assert client.get("/.well-known/security.txt").status_code == 404
    OfficeSettings.objects.create(site=Site.objects.get(), phone="+998 71 000 00 00")
    assert client.get("/.well-known/security.txt").status_code == 404


# Cookies, and other hosts


@pytest.mark.django_db
def test_a_document_and_a_redirect_neither_set_nor_ask_for_a_cookie(client):
    document = get_document_model().objects.create(title="Plan", file=ContentFile(b"%PDF-1.4", name="plan.pdf"))
    Redirect.objects.create(old_path="/en/old", redirect_link="/en/")
    for path, status in [(document.url, 200), ("/en/old/", 301), ("/en/search/?q=a", 200), ("/en/none/", 404)]:
        answer = client.get(path)
        assert answer.status_code == status, path
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert answer["Content-Security-Policy"].count("default-src 'none'") == 1


@pytest.mark.django_db
def test_the_admin_s_looser_policy_is_for_who_is_logged_in(client):
    strict = client.get("/admin/login/")["Content-Security-Policy"]
    assert "unsafe" not in strict
    assert "frame-ancestors 'none'" in strict
    client.force_login(get_user_model().objects.create_superuser("staff", "", "x"))
    inside = client.get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in inside
    assert "frame-ancestors 'self'" in inside
    assert "unsafe-eval" not in inside
    assert "unsafe" not in client.get("/en/")["Content-Security-Policy"]


def test_pictures_on_another_host_are_the_one_thing_that_comes_from_there(tmp_path):
    from tests.test_settings import production

    variables = {"SITE_URL": "https://site.example", "MEDIA_URL": "https://media.example/bucket/"}
    found = production(tmp_path, "CONTENT_SECURITY_POLICY", "CONTENT_SECURITY_POLICY_OF_STAFF", **variables)
    public, staff = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"], found["CONTENT_SECURITY_POLICY_OF_STAFF"]
    assert public.pop("img-src") == ["'self'", "data:", "https://media.example"]
    assert "https://media.example" in staff.pop("img-src")
    assert "media.example" not in str(public)
    assert "media.example" not in str(staff)
