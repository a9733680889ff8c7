"""The score of an answer by the table of the MDN HTTP Observatory (scoring of version 1.6), typed by hand."""

import re

HALF_A_YEAR = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def directives(policy):
    parts = (part.split() for part in policy.split(";"))
    return {name: values for name, *values in filter(None, parts)}


def of_policy(policy):
    if not policy:
        return -25
    found = directives(policy)
    scripts, styles = (found.get(name, found.get("default-src", ["*"])) for name in ("script-src", "style-src"))
    objects = found.get("object-src", found.get("default-src", ["*"]))
    if "'unsafe-inline'" in scripts or {"*", "https:", "http:", "data:"} & {*scripts, *objects}:
        return -20
    if "'unsafe-eval'" in scripts + styles:
        return -10
    if "'unsafe-inline'" in styles:
        return 0
    return 10 if found.get("default-src") == ["'none'"] else 5


def of_cookies(cookies):
    if not cookies:
        return 0
    worst = 5
    for cookie in cookies:
        flags = {flag.strip().lower().partition("=")[0] for flag in cookie.split(";")[1:]}
        is_session, is_csrf = "session" in cookie.partition("=")[0], "csrf" in cookie.partition("=")[0]
        if is_session and "secure" not in flags:
            worst = min(worst, -40)
        elif is_session and "httponly" not in flags:
            worst = min(worst, -30)
        elif (is_csrf and "samesite" not in flags) or "secure" not in flags:
            worst = min(worst, -20)
        elif not {"httponly", "samesite"} <= flags:
            worst = min(worst, 0)
    return worst


def of_hsts(value):
    age = re.search(r"max-age=(\d+)", value or "")
    return -20 if not age else 0 if int(age[1]) >= HALF_A_YEAR else -10


def of_html(html):
    outside = re.findall(r'<script[^>]+src="((?:https?:)?//[^"]+)"[^>]*>', html)
    return -50 if any(address.startswith("http:") for address in outside) else -5 if outside else 0


def score(headers, html, redirects_to_https):
    """`headers` is an email.message.Message, as urllib hands it out."""
    policy = headers["Content-Security-Policy"] or ""
    framing = directives(policy).get("frame-ancestors")
    xfo = (headers["X-Frame-Options"] or "").upper() in ("DENY", "SAMEORIGIN")
    parts = {
        "policy": of_policy(policy),
        "cookies": of_cookies(headers.get_all("Set-Cookie", [])),
        "hsts": of_hsts(headers["Strict-Transport-Security"]),
        "redirect": 0 if redirects_to_https else -20,
        "referrer": {True: 5, False: -5}[headers["Referrer-Policy"] in PRIVATE] if headers["Referrer-Policy"] else 0,
        "framing": 5 if framing else 0 if xfo else -20,
        "nosniff": 0 if headers["X-Content-Type-Options"] == "nosniff" else -5,
        "corp": 10 if headers["Cross-Origin-Resource-Policy"] in ("same-origin", "same-site") else 0,
        "coop": 10 if headers["Cross-Origin-Opener-Policy"] == "same-origin" else 0,
        "cors": -50 if headers["Access-Control-Allow-Origin"] == "*" else 0,
        "scripts": of_html(html),
    }
    without = 100 + sum(part for part in parts.values() if part < 0)
    # Bonuses count only for who has an A without them.
    return without + (sum(part for part in parts.values() if part > 0) if without >= 90 else 0)
