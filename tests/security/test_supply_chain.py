"""What the site stands on: listed, licensed, and looked through for known holes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

MAKEFILE = (settings.BASE_DIR / "Makefile").read_text()
PINS = (settings.BASE_DIR / "requirements/runtime.txt").read_text()
PINNED = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", PINS, re.MULTILINE))
# The site is no program that is linked with its packages and sold: these may be used as they are.
ACCEPTED = re.compile(r"(MIT(-0|-CMU)?|0?BSD(-[23]-Clause)?|Apache-2.0|ISC|MPL-2.0|PSF-2.0|Zlib|CC0-1.0|LGPL-3.0-only)")


def test_the_list_of_licences_names_the_pinned_packages_and_no_other():
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| ([^|]+) \|$", (settings.BASE_DIR / "docs/licences.md").read_text(), re.MULTILINE
    )
    licences = dict(rows[1:])
    assert rows[0] == ("package", "licence")
    assert licences.keys() == PINNED.keys()
    assert len(rows) - 1 == len(licences)
    for package, licence in licences.items():
        assert all(ACCEPTED.fullmatch(part) for part in re.split(" (?:AND|OR) ", licence)), package


def test_every_font_and_its_licence_are_named():
    text = (settings.BASE_DIR / "docs/licences.md").read_text()
    for font in Path(settings.BASE_DIR, "static/fonts").glob("*.woff2"):
        assert any(font.name.startswith(family) for family in re.findall(r"static/fonts/([\w-]+-)\*", text)), font
    for licence in Path(settings.BASE_DIR, "static/fonts").glob("LICENSE*"):
        assert licence.name in text


@pytest.mark.full
def test_the_bill_of_materials_lists_what_is_pinned_with_hashes(tmp_path):
    command = re.search(r"^\t@\$\(BIN\)/(cyclonedx-py .+?) \\\n\t+-o \S+ \S+ (\S+)", MAKEFILE, re.MULTILINE)
    program = Path(sys.executable).with_name("cyclonedx-py")
    arguments = [*command[1].split()[1:], "-o", tmp_path / "sbom.json", command[2]]
    subprocess.run([program, *arguments], cwd=settings.BASE_DIR, check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert {part["name"]: part["version"] for part in bill["components"]}.keys() == PINNED.keys()
    for part in bill["components"]:
        assert part["externalReferences"][0]["hashes"], part["name"]


def test_without_the_database_of_holes_the_audit_says_so_and_fails(tmp_path):
    """A network that leads nowhere: the proxy that the environment names does not exist."""
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "deploy/audit.py"],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path), **nowhere},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("NOT AUDITED: ")
    assert "Traceback" not in done.stdout + done.stderr
