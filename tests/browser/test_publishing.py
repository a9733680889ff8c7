"""What staff do in the real admin: a budget is changed and stands on the public page; a phone is set up."""

from playwright.sync_api import expect

from tests.browser.publisher import PASSWORD

MOST_CLICKS, MOST_STOPS = 6, 10
ADDRESS = "/en/initiatives/one-health/"
BEFORE, AFTER, TYPED = "EUR\N{NO-BREAK SPACE}11\N{NO-BREAK SPACE}million", "EUR\N{NO-BREAK SPACE}12,345,678", "12345678"

SENTENCE = "The donor raised the budget in November 2026."


class Clicks:
    def __init__(self):
        self.number = 0

    def __call__(self, target):
        self.number += 1
        target.click()


def budget_on(page):
    return page.locator(".key-facts__budget data").inner_text()


def test_from_the_dashboard_to_the_published_budget_in_six_clicks(admin, new_page):
    public, click = new_page(), Clicks()
    public.goto(ADDRESS)
    assert budget_on(public) == BEFORE

    admin.goto("/admin/")
    row = admin.locator("#current-initiatives-section tr", has_text="One Health")
    click(row.get_by_role("link", name="EUR"))
    amount = admin.get_by_label("Amount")
    click(amount)
    amount.press("ControlOrMeta+a")
    admin.keyboard.type(TYPED)
    # A changed budget asks for a sentence: a few stops of the Tab key further.
    sentence = admin.get_by_role("textbox", name="What changed and why")
    for _ in range(MOST_STOPS):
        admin.keyboard.press("Tab")
        if sentence.evaluate("e => e === document.activeElement"):
            break
    admin.keyboard.type(SENTENCE)
    assert sentence.input_value() == SENTENCE

    click(admin.get_by_role("button", name="Toggle preview"))
    preview = admin.frame_locator("iframe[title=Preview]:not(.w-preview__proxy)")
    expect(preview.locator(".key-facts__budget data")).to_have_text(AFTER, timeout=20_000)
    public.reload()
    assert budget_on(public) == BEFORE

    click(admin.get_by_role("button", name="More actions"))
    click(admin.get_by_role("button", name="Publish", exact=True))
    click(admin.locator(".messages").get_by_role("link", name="View live"))
    admin.wait_for_url(f"**{ADDRESS}")
    assert budget_on(admin) == AFTER
    public.reload()
    assert budget_on(public) == AFTER
    note = public.get_by_role("listitem").filter(has_text=SENTENCE)
    expect(note).to_contain_text(
        "Budget: EUR\N{NO-BREAK SPACE}12,345,678 (Total budget), before EUR\N{NO-BREAK SPACE}11,000,000"
    )
    assert click.number <= MOST_CLICKS


def test_a_phone_can_read_the_picture_of_the_second_factor_in_the_dark_too(admin):
    admin.emulate_media(color_scheme="dark")
    admin.goto("/admin/second-factor/totp/activate/")
    admin.get_by_label("Password").fill(PASSWORD)
    admin.get_by_role("button", name="Confirm").click()
    picture = admin.locator("form img")
    expect(picture).to_have_css("background-color", "rgb(255, 255, 255)")
    assert picture.evaluate("e => e.complete && e.naturalWidth") > 0
