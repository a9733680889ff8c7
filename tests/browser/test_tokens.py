"""The colours of the stylesheet against each other, in both schemes: the table of the design brief, computed."""

import re

import pytest
from django.conf import settings

SCHEMES = ("light", "dark")
AIM, ENOUGH, CONTROL = 7, 4.5, 3
# On these long text stands; `sunk` is for rows under the pointer and menus.
GROUNDS = ("ground", "surface", "sunk")


STYLES = (settings.BASE_DIR / "static/css/site.css").read_text()
COMPONENTS = "@layer reset {"


def tokens():
    found = {}
    for name, value in re.findall(r"--([\w-]+): (light-dark\([^;]+\)|#[0-9a-f]+);", STYLES[: STYLES.index(COMPONENTS)]):
        colours = re.findall(r"#[0-9a-f]+", value)
        found[name] = dict(zip(SCHEMES, colours * (3 - len(colours)), strict=True))
    return found


TOKENS = tokens()


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other, scheme):
    darker, lighter = sorted(luminance(TOKENS[name][scheme]) for name in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "grounds", "least"),
    [
        ("ink", GROUNDS, AIM),
        ("ink-2", GROUNDS, AIM),
        ("link", GROUNDS, AIM),
        ("accent", ("ground", "surface"), AIM),
        ("accent", ("sunk",), ENOUGH),
        ("teal", ("ground", "surface"), 6.9),
        ("teal", ("sunk",), ENOUGH),
        ("on-lapis", ("lapis",), AIM),
        ("on-lapis-2", ("lapis",), AIM),
        ("saffron", ("lapis",), CONTROL),
        ("ground", ("ink",), AIM),
        ("line-2", ("ground", "surface"), CONTROL),
        ("focus", GROUNDS, CONTROL),
        ("bar-active", ("ground", "surface"), CONTROL),
        ("bar-closed", ("ground", "surface"), CONTROL),
        *(("on-red-list", (f"red-list-{code}",), ENOUGH) for code in ("en", "vu", "nt", "lc", "dd")),
    ],
)
def test_text_and_controls_stand_out(text, grounds, least, scheme):
    for ground in grounds:
        assert contrast(text, ground, scheme) >= least, (text, ground, scheme)


@pytest.mark.parametrize("code", ["cr", "ew", "ex"])
def test_white_stands_out_on_the_dark_categories(code):
    assert 1.05 / (luminance(TOKENS[f"red-list-{code}"]["light"]) + 0.05) >= ENOUGH


def test_no_colour_is_said_outside_the_tokens():
    used = re.findall(r"#[0-9a-f]{3,8}\b", STYLES[STYLES.index(COMPONENTS) :])
    assert set(used) <= {"#fff", "#000"}
