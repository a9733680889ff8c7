"""The admin under its policy: editing works, nothing is complained of, and nothing smuggled in runs."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PAGES, everything_loaded

INJECTED = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>"


@pytest.fixture
def watched(admin):
    """The admin, with every complaint of the browser about the policy."""
    admin.refused = []
    admin.on("console", lambda said: admin.refused.append(said.text) if "Security Policy" in said.text else None)
    admin.on("pageerror", lambda error: admin.refused.append(str(error)))
    return admin


def edit(page, address):
    """The editing page of a public one, as the userbar leads there."""
    page.goto(address)
    bar = page.locator("wagtail-userbar")
    bar.get_by_role("button", name="View Wagtail quick actions").click()
    bar.get_by_role("menuitem", name="Edit this page").click()
    page.wait_for_url("**/edit/")


def publish(page):
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("published")


def test_a_row_is_added(watched):
    """Its template is read by a script that Wagtail writes into the page."""
    edit(watched, "/en/initiatives/folur/")
    rows = watched.locator("[id^=id_][id$=-FORMS] > [data-inline-panel-child]")
    before = rows.count()
    watched.get_by_role("tab", name=re.compile("Figures", re.IGNORECASE)).click()
    watched.locator("[id^=id_][id$=-ADD]:visible").first.click()
    assert rows.count() == before + 1
    assert watched.refused == []


def test_a_page_is_edited_previewed_and_published(watched):
    edit(watched, "/en/initiatives/folur/")
    watched.get_by_role("button", name="Toggle preview").click()
    preview = watched.frame_locator("iframe[title=Preview]:not(.w-preview__proxy)")
    expect(preview.locator("main h1")).to_contain_text("Food Systems", timeout=20_000)
    publish(watched)
    assert watched.refused == []


def test_a_date_is_picked(watched):
    edit(watched, "/en/species/snow-leopard/")
    watched.get_by_role("tab", name=re.compile("Figures", re.IGNORECASE)).click()
    watched.locator("#id_last_checked").click()
    expect(watched.locator(".xdsoft_datetimepicker:visible")).to_have_count(1)
    assert watched.refused == []


@pytest.mark.parametrize(
    "path",
    [
        "/admin/snippets/",
        "/admin/snippets/iucn_ca/officesettings/",
        "/admin/images/",
        "/admin/images/add/",
        "/admin/images/1/",
        "/admin/documents/multiple/add/",
        "/admin/pages/",
        "/admin/reports/site-history/",
        "/admin/pages/search/?q=saiga",
    ],
)
def test_lists_and_uploads_open_without_a_complaint(watched, path):
    assert watched.goto(path).status == 200
    watched.wait_for_load_state("networkidle")
    assert watched.refused == []


def test_a_script_in_a_title_or_a_text_does_not_run(watched, new_page):
    edit(watched, "/en/accessibility/")
    watched.locator("#id_title").fill(INJECTED)
    words = watched.locator(".public-DraftEditor-content").first
    words.click()
    watched.keyboard.type(INJECTED)
    publish(watched)
    public = new_page()
    for page, path in [(watched, watched.url), (watched, "/admin/pages/"), (public, "/en/accessibility/")]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.ran") is None, path
    expect(public.locator("main h1")).to_have_text(INJECTED)


def test_what_reaches_a_page_unescaped_does_not_run_either(new_page):
    """As if a template had forgotten to escape: the answer is changed on its way, the policy is the site's."""

    def smuggle(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</body>", INJECTED + "</body>"))

    for path in ("/en/", "/admin/login/"):
        page = new_page()
        page.route("**" + path, smuggle)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.locator("img[src=x]").count() == 1, path
        assert page.evaluate("window.ran") is None, path


def test_a_visitor_leaves_no_trace_and_asks_no_other_host(new_page, site):
    """All page types in one visit, as one person reads them."""
    page, asked = new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES.values():
        page.goto(path)
        everything_loaded(page)
        assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0], path
        assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0, path
    assert page.context.cookies() == []
    assert len(asked) > len(PAGES)
    assert [url for url in asked if not url.startswith((f"{site.address}/", "data:"))] == []
