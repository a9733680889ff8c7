"""What the served site says of itself behind https: its headers, scored by a table that others made."""

import http.client
import json
import re
import shutil
import sys
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.browser.chromium import PAGES
from tests.postgresql import free_port
from tests.security.observatory import directives, score
from tests.serving import EMPTY, a_var, on_sqlite, serving

pytestmark = on_sqlite

HOST = "site.example"
PUBLIC_SCORE, LOGIN_SCORE = 120, 100
# Neither pages nor files of pages; the status that each is answered with.
OTHERS = {
    "/": 302,
    "/en/about": 301,
    "/robots.txt": 200,
    "/sitemap.xml": 200,
    "/sitemap-1.xml": 200,
    "/.well-known/security.txt": 404,
    "/favicon.ico": 302,
    "/en/initiatives/initiatives.csv": 200,
    "/en/initiatives/initiatives.xlsx": 200,
    "/en/initiatives/initiatives.json": 200,
    "/en/initiatives/initiatives.csv?status=never": 400,
    "/en/search/?q=%00": 400,
    "/documents/999/plan.pdf": 404,
    "/media/images/none.webp": 404,
    "/-/live": 200,
    "/-/ready": 200,
}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


@pytest.fixture(scope="module")
def ask(first_start, tmp_path_factory):
    """Ask the site of a https address, as the proxy in front of it does."""
    var = a_var(shutil.copytree(first_start.var, tmp_path_factory.mktemp("headers") / "var"))
    port = free_port()
    environment = {**EMPTY, "VAR_DIR": str(var), "PORT": str(port), "SITE_URL": f"https://{HOST}"}
    command = [sys.executable, "deploy/bootstrap.py", "run"]
    with serving(command, cwd=settings.BASE_DIR, env=environment) as site:

        def asked(path, method="GET", body=None, **headers):
            visit = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            visit.request(method, path, body, {"Host": HOST, "X-Forwarded-Proto": "https", **headers})
            answer = visit.getresponse()
            answer.text = answer.read().decode("latin-1")
            visit.close()
            return answer

        asked.site = site
        yield asked


def is_in_order(answer, status=None):
    headers = answer.headers
    assert status in (None, answer.status), (status, answer.status, answer.text)
    assert {name: headers[name] for name in EVERYWHERE} == EVERYWHERE
    assert "camera=()" in headers["Permissions-Policy"]
    assert directives(headers["Content-Security-Policy"])["default-src"] == ["'none'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Set-Cookie"] is None
    assert "cookie" not in (headers["Vary"] or "").lower()
    assert headers["Server"] == "website"
    told = {"X-Powered-By", "Via", "X-AspNet-Version", "X-Generator"} & set(headers)
    assert not told
    assert not re.search(r"wagtail|django|gunicorn|python", str(headers), re.IGNORECASE)


@pytest.mark.parametrize("name", PAGES)
def test_every_public_page_scores_120_when_made_and_when_kept(ask, name):
    for _ in range(2):
        answer = ask(PAGES[name])
        is_in_order(answer, 404 if name == "not-found" else 200)
        redirect = ask(PAGES[name], **{"X-Forwarded-Proto": "http"})
        redirects = (redirect.status, redirect.headers["Location"]) == (301, f"https://{HOST}{PAGES[name]}")
        assert score(answer.headers, answer.text, redirects) >= PUBLIC_SCORE
        assert not re.search(r'<meta name="generator"|wagtail|django', answer.text, re.IGNORECASE)


def test_a_page_s_policy_names_what_pages_need_and_no_more(ask):
    assert directives(ask("/en/").headers["Content-Security-Policy"]) == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


def test_the_login_scores_100_and_its_policy_is_that_of_the_public_pages(ask):
    answer = ask("/admin/login/")
    assert answer.status == 200
    assert score(answer.headers, answer.text, redirects_to_https=True) >= LOGIN_SCORE
    policies = [ask(path).headers["Content-Security-Policy"] for path in ("/admin/login/", "/en/")]
    assert directives(policies[0]) == directives(policies[1])
    assert not re.search(r"<script(?![^>]+(src=|application/json))", answer.text)
    # Wagtail names the files of jQuery and its interface by their versions; of itself nothing is told.
    assert set(re.findall(r"\b\d+\.\d+\.\d+\b", without_drawings(answer.text))) <= {"3.6.0", "1.13.2"}


def without_drawings(html):
    return re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("path", OTHERS)
def test_whatever_else_is_answered_has_the_headers_too(ask, path):
    is_in_order(ask(path), OTHERS[path])


def test_files_do_nothing_whatever_is_in_them(ask):
    html = ask("/en/").text
    pictures = re.findall(r'/media/images/[^" ,]+', html)[:1]
    static = re.findall(r'/static/[^" ]+\.(?:css|svg|ico|woff2|png)', html)
    assert pictures
    assert len(static) > 3
    for path in [*pictures, *static, "/en/initiatives/initiatives.csv", "/robots.txt", "/sitemap-1.xml"]:
        answer = ask(path)
        is_in_order(answer, 200)
        assert directives(answer.headers["Content-Security-Policy"]) == {
            "default-src": ["'none'"],
            "frame-ancestors": ["'none'"],
            "sandbox": [],
        }


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "BREW"])
def test_a_method_that_nothing_is_for_is_refused_with_the_headers(ask, method):
    for path in ("/en/", "/robots.txt", "/en/initiatives/initiatives.csv"):
        answer = ask(path, method)
        assert answer.status in (403, 405), (path, answer.status)
        assert directives(answer.headers["Content-Security-Policy"])["default-src"] == ["'none'"]
        assert {name: answer.headers[name] for name in EVERYWHERE} == EVERYWHERE


def test_another_host_s_name_is_refused_with_the_headers(ask):
    is_in_order(ask("/en/", Host="evil.example"), 400)
    # Before https no header would be believed; the policy is there all the same.
    plain = ask("/en/", Host="evil.example", **{"X-Forwarded-Proto": "http"})
    assert plain.status == 400
    assert directives(plain.headers["Content-Security-Policy"])["default-src"] == ["'none'"]


def test_what_the_server_itself_refuses_tells_no_name_and_no_version(ask):
    answer = ask("/en/", Cookie="a" * 9000)
    assert answer.status == 431
    assert not re.search(r"gunicorn|python", str(answer.headers) + answer.text, re.IGNORECASE)


def test_a_copy_that_still_holds_keeps_the_policy_that_came_with_it(ask):
    tag = ask("/en/about/").headers["ETag"]
    answer = ask("/en/about/", **{"If-None-Match": tag})
    assert answer.status == 304
    assert not {"Content-Security-Policy", *EVERYWHERE} & set(answer.headers)


def test_behind_https_staff_set_up_a_second_factor_and_the_sign_in_is_written_down(ask, first_start):
    form = ask("/admin/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)[1]
    typed = urlencode({"csrfmiddlewaretoken": token, "login": "admin", "password": first_start.password})
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}"}
    cookie = form.headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrf=") and "Secure" in cookie
    forwarded = {"X-Forwarded-For": "203.0.113.5, 198.51.100.7"}
    entered = ask("/admin/login/", "POST", typed, Cookie=cookie.split(";")[0], **sent, **forwarded)
    assert (entered.status, entered.headers["Location"]) == (302, "/admin/")
    [session] = [c for c in entered.headers.get_all("Set-Cookie") if c.startswith("__Host-session=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert int(re.search(r"Max-Age=(\d+)", session)[1]) <= 12 * 3600
    inside = ask("/admin/pages/", Cookie=session.split(";")[0])
    assert (inside.status, inside.headers["Location"]) == (302, "/admin/second-factor/totp/activate/")
    [line] = [json.loads(line) for line in ask.site.output.splitlines() if '"sign_in"' in line]
    assert (line["user"], line["address"]) == ("admin", "198.51.100.7")


def test_deployment_checks_have_nothing_to_say(tmp_path):
    from tests.test_settings import SECRET, manage

    variables = {"SITE_URL": f"https://{HOST}", "SECRET_KEY": SECRET, "DATABASE_URL": "sqlite://:memory:"}
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **variables)
    assert done.returncode == 0, done.stderr
