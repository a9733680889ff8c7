"""A text that would run stands in every field of a site; neither a visitor's browser nor an editor's runs it."""

import shutil
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings

from tests.browser.chromium import PAGES
from tests.browser.publisher import PASSWORD, USERNAME
from tests.hostile.texts import MARK
from tests.serving import EMPTY, a_var, started

pytestmark = (
    pytest.mark.full
)  # what a browser would run is looked for in the HTML each time: tests/hostile/test_texts.py

KINDS = ["initiativepage", "speciespage", "hotspotpage"]
LISTS = [
    *("/admin/", "/admin/pages/", "/admin/initiatives/", "/admin/species/", "/admin/images/", "/admin/documents/"),
    *("/admin/snippets/regions/ecosystem/", "/admin/snippets/iucn_ca/officesettings/", "/admin/reports/site-history/"),
    *("/admin/images/1/", f"/admin/pages/search/?q={MARK}", "/admin/choose-page/", "/admin/images/chooser/"),
]


@pytest.fixture(scope="module")
def filled(browser, first_start, tmp_path_factory):
    """The site of the first start with the text in every field."""
    var = a_var(shutil.copytree(first_start.var, tmp_path_factory.mktemp("filled") / "var"))
    variables = dict(line.split("=", 1) for line in (var / "env").read_text().splitlines()[1:])
    for module in ("tests.browser.publisher", "tests.browser.filler"):
        command = [sys.executable, "-m", module]
        subprocess.run(command, cwd=settings.BASE_DIR, env={**EMPTY, **variables, "VAR_DIR": str(var)}, check=True)
    with sqlite3.connect(var / "db.sqlite3") as database:
        question = (
            "SELECT min(p.id) FROM wagtailcore_page p JOIN django_content_type t ON t.id = p.content_type_id "
            "WHERE t.model = ?"
        )
        pages = [database.execute(question, [kind]).fetchone()[0] for kind in KINDS]
    with started(var) as site:
        site.edited = [f"/admin/pages/{pk}/edit/" for pk in pages] + [f"/admin/pages/{pk}/history/" for pk in pages]
        yield site


@pytest.fixture
def looked_at(browser, filled):
    """A page of this site; whatever runs on it complains, since nothing has the name that it calls."""
    with browser.new_context(base_url=filled.address) as context:
        page = context.new_page()
        page.ran = []
        page.on("pageerror", lambda error: page.ran.append(str(error)))
        page.on("dialog", lambda dialog: page.ran.append(dialog.message))
        yield page


def nothing_runs_on(page, addresses):
    shown = 0
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert not [said for said in page.ran if MARK in said], address
        shown += MARK in page.content()
    assert shown > len(addresses) / 2


def test_no_text_runs_in_a_visitor_s_browser(looked_at):
    nothing_runs_on(looked_at, list(PAGES.values()))


def test_no_text_runs_in_an_editor_s_browser(looked_at, filled):
    looked_at.goto("/admin/login/")
    looked_at.get_by_label("Username").fill(USERNAME)
    looked_at.get_by_label("Password").fill(PASSWORD)
    looked_at.get_by_role("button", name="Sign in").click()
    looked_at.wait_for_url("**/admin/")
    nothing_runs_on(looked_at, [*filled.edited, *LISTS])
