"""One site and one browser for all the tests of this folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.browser import chromium
from tests.browser.publisher import PASSWORD, USERNAME
from tests.serving import EMPTY, a_var, started

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config, items):
    """A browser doesn't see which database the site has: once is enough."""
    if connection.vendor != "sqlite":
        here = [item for item in items if HERE in item.path.parents]
        config.hook.pytest_deselected(items=here)
        items[:] = [item for item in items if item not in here]


def pytest_terminal_summary(terminalreporter):
    if not chromium.path():
        terminalreporter.write_line("!" * 100, red=True)
        terminalreporter.write_line(f"  NOT TESTED IN A BROWSER: {chromium.MISSING}", red=True)
        terminalreporter.write_line("!" * 100, red=True)


@pytest.fixture(scope="package")
def browser():
    if not chromium.path():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(chromium.MISSING)
    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="package")
def site(browser, first_start, tmp_path_factory):
    """The site as it is served in earnest, with the start content and a publisher."""
    var = a_var(shutil.copytree(first_start.var, tmp_path_factory.mktemp("browser") / "var"))
    publisher = [sys.executable, "-m", "tests.browser.publisher"]
    variables = dict(line.split("=", 1) for line in (var / "env").read_text().splitlines()[1:])
    subprocess.run(publisher, cwd=settings.BASE_DIR, env={**EMPTY, **variables, "VAR_DIR": str(var)}, check=True)
    with started(var) as site:
        yield site


@pytest.fixture
def new_page(browser, site):
    """Call it for a page in a context of its own; options are the context's."""
    contexts = []

    def open_page(width=1440, height=900, **options):
        context = browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": height},
            **({"reduced_motion": "reduce"} | options),
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


STATES = [
    pytest.param(name, marks=[pytest.mark.full] if name in chromium.LIKE_ANOTHER else []) for name in chromium.PAGES
]


@pytest.fixture(scope="module", params=STATES)
def opened(request, browser, site):
    """A page of each type, opened once for all the tests of a module; each test leaves it as it was."""
    size = {"width": 1440, "height": 900}
    with browser.new_context(base_url=site.address, viewport=size, reduced_motion="reduce") as context:
        page = context.new_page()
        page.name, page.complaints, page.asked = request.param, [], []
        page.on("console", lambda message: page.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda asked: page.complaints.append(f"failed: {asked.url} {asked.failure}"))
        page.on("response", lambda answer: page.asked.append((answer.status, answer.url)))
        page.goto(chromium.PAGES[request.param])
        chromium.everything_loaded(page)
        yield page


@pytest.fixture(autouse=True)
def as_it_was(request):
    yield
    if "opened" in request.fixturenames:
        page = request.getfixturevalue("opened")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(media="null", color_scheme="null", forced_colors="null")


@pytest.fixture(scope="package")
def signed_in(browser, site):
    """A context in which the publisher has signed in; it keeps the scripts of the admin, which are long."""
    size = {"width": 1440, "height": 900}
    with browser.new_context(base_url=site.address, viewport=size, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/admin/")
        page.get_by_label("Username").fill(USERNAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/admin/")
        page.close()
        yield context


@pytest.fixture
def admin(signed_in):
    """A page in which the publisher is signed in."""
    page = signed_in.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    yield page
    # Which panels of the admin are open, for example.
    page.evaluate("localStorage.clear()")
    page.close()
