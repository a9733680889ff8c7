"""Which scripts of the admin are known, whom security.txt names, and who gets a cookie."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from hypothesis import given
from hypothesis import strategies as st
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Site

from iucn_ca.models import OfficeSettings
from iucn_ca.policies import is_known, with_nonces

EVIL = "alert(document.cookie)"
GOOD = [
    'initDateChooser("id_go_live_at", {"dayOfWeekStart": 0, "format": "Y-m-d", "theme": null});',
    'initTimeChooser("id_at", {"format": "H:i"});',
    'new PageChooser("id_parent", {"modelNames": ["wagtailcore.page"], "canChooseRoot": false, "x": -1.5});',
    'new ChooserWidget("id_a", {"modalUrl": "/admin/choose/?a=\\"b\\""});',
    'createTaskChooser("id_task");',
    '\n (function() {\n var panel = new InlinePanel(JSON.parse("\\u007B\\u0022a\\u0022: 1\\u007D"));\n })();\n',
]


@pytest.mark.parametrize("script", GOOD)
def test_what_the_editing_pages_write_is_known(script):
    assert is_known(script)
    assert with_nonces(f"<p><script>{script}</script>", "abc") == f'<p><script nonce="abc">{script}</script>'


@pytest.mark.parametrize("script", GOOD)
@pytest.mark.parametrize(
    "smuggled",
    [
        lambda script: script + EVIL,
        lambda script: EVIL + ";" + script,
        lambda script: script + "//" + EVIL,
        lambda script: script.replace('"', f'"+{EVIL}+"', 1),
        lambda script: script.replace('"', '"\\', 1).replace(");", f");{EVIL};", 1),
        lambda script: script.replace("(", f"({EVIL},", 1),
        lambda script: (
            script.replace("new ", "new alert.", 1).replace("init", "alert", 1).replace("create", "alert", 1)
        ),
        lambda script: script.replace('"', "`${" + EVIL + "}`", 1),
    ],
)
def test_the_same_with_something_smuggled_in_is_not(script, smuggled):
    assert not is_known(smuggled(script))


@given(st.text(max_size=60), st.sampled_from(GOOD))
def test_no_text_makes_a_call_of_its_own(text, script):
    """Whatever stands in the place of a quoted text: the script is refused, or it is one quoted text still."""
    head, _, tail = script.partition('"')
    _, _, tail = tail.partition('"')
    attempt = f'{head}"{text}"{tail}'
    if is_known(attempt) and not set(text) & set('"\\'):
        assert "\n" not in text
        assert "<" not in text
    if is_known(attempt):
        assert attempt.count(EVIL) == text.count(EVIL)


def test_a_script_with_an_attribute_or_from_elsewhere_gets_no_nonce():
    for html in ('<script src="//evil.example/x.js"></script>', f"<script data-x>{EVIL}</script>", f"<script>{EVIL}"):
        assert with_nonces(html, "abc") == html


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
def test_the_admin_s_policy_is_for_who_is_logged_in_and_lets_no_inline_script_run(client):
    strict = client.get("/admin/login/")["Content-Security-Policy"]
    client.force_login(get_user_model().objects.create_superuser("staff", "", "x"))
    first, second = (client.get("/admin/")["Content-Security-Policy"] for _ in range(2))
    scripts = next(part for part in first.split("; ") if part.startswith("script-src"))
    assert "'nonce-" in scripts
    assert "unsafe" not in scripts
    assert first != second
    assert "unsafe" not in strict
    assert "nonce" not in strict


def test_pictures_on_another_host_are_the_one_thing_that_comes_from_there(tmp_path):
    from tests.test_settings import production

    variables = {"SITE_URL": "https://site.example", "MEDIA_URL": "https://media.example/bucket/"}
    found = production(tmp_path, "CONTENT_SECURITY_POLICY", "CONTENT_SECURITY_POLICY_OF_STAFF", **variables)
    public, staff = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"], found["CONTENT_SECURITY_POLICY_OF_STAFF"]
    assert public.pop("img-src") == ["'self'", "data:", "https://media.example"]
    assert "https://media.example" in staff.pop("img-src")
    assert "media.example" not in str(public)
    assert "media.example" not in str(staff)
