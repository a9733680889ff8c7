"""A changed budget, year, funder or lead is published with a dated sentence; everything else without."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import PageViewRestriction

from initiatives.models import InitiativeIndexPage, InitiativePage, OrganisationPage, Theme
from tests.factories import a_funder, a_member_of, an_initiative, an_organisation, draft
from tests.forms import Form, decide, rows
from tests.sampling import some_of
from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

DRAFT, PUBLISH, SUBMIT = "", "action-publish", "action-submit"
ADDRESS = "/en/initiatives/nursery/"
HEADING = "Changes to budget, term, funder and lead"
ASKED = "Say in one sentence what changed and why."
SENTENCE = "The agreement was amended."
MORE_MONEY = {"budget_amount": "12500000"}
MORE_MONEY_IN_WORDS = "Budget: EUR 12,500,000 (Total budget), before EUR 11,000,000 (Total budget)."
FIRST_NOTE = f"2 March 2027. {SENTENCE} {MORE_MONEY_IN_WORDS}"


def move(clock, year, month, day, hour=12, minute=0):
    moment = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Tashkent"))
    clock.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def it_is(monkeypatch):
    """Moves the clock: it_is(2027, 3, 2), at noon in Tashkent, or it_is(2027, 3, 2, 23, 30)."""
    return lambda *moment: move(monkeypatch, *moment)


@pytest.fixture(scope="module")
def planted(office, django_db_blocker):
    money = {"budget_amount": "11000000", "budget_currency": "EUR", "budget_basis": "total_budget"}
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as clock:
        move(clock, 2027, 3, 1)
        lead, funder = organisation("iucn"), a_funder(organisation("ministry"))
        return an_initiative("Nursery", lead, funder, slug="nursery", **money).pk


@pytest.fixture
def nursery(it_is, planted):
    """Published on 1 March 2027; every test begins on the day after."""
    it_is(2027, 3, 2)
    return InitiativePage.objects.get(pk=planted)


@pytest.fixture
def publisher(nursery, settings):
    # Days pass in these tests without anybody logging in anew.
    settings.SESSION_COOKIE_AGE = 30 * 24 * 3600
    return a_member_of("Publishers")


def organisation(slug):
    return OrganisationPage.objects.get(slug=slug)


def form_of(member, page):
    return Form.open(member, f"/admin/pages/{page.pk}/edit/")


def publish(publisher, page, **typed):
    answer = form_of(publisher, page).send(PUBLISH, **typed)
    assert answer.status_code == 302, Form(publisher, answer).sentences


def refused(form, button, **typed):
    """The form as it comes back, once everything typed is found to be there still and nothing of it on the page."""
    before = form.client.get(ADDRESS).content
    again = Form(form.client, form.send(button, **typed))
    shown = again.values
    for name, value in (form.values | typed).items():
        if name != "csrfmiddlewaretoken" and not name.endswith("-ORDER"):
            assert shown[name] == (value if isinstance(value, list) else str(value)), name
    assert form.client.get(ADDRESS).content == before
    assert list(again.sentences) == ["change_note"]
    assert ASKED in again.sentences["change_note"]
    return again


def notes(client, address=ADDRESS):
    """The notes as they stand on the page, or none where it has no such section."""
    page = read(client, address)
    sections = [h.find_parent("section") for h in page.main.find_all("h2") if HEADING in h.text]
    return [" ".join(item.get_text().split()) for section in sections for item in section.find_all("li")]


def to_academy(number):
    return lambda: {f"participations-{number}-organisation": str(organisation("academy").pk)}


def one_more(role, **fields):
    """A third row, of the academy."""

    def a_row():
        row = {"organisation": str(organisation("academy").pk), "role": role, **fields}
        more = {f"participations-2-{name}": value for name, value in row.items()}
        return {"participations-TOTAL_FORMS": "3", "participations-2-id": "", "participations-2-ORDER": "3"} | more

    return a_row


IUCN_IN_FULL = "International Union for Conservation of Nature"
NO_BUDGET = {"budget_amount": "", "budget_currency": "", "budget_basis": ""}
CHANGES = [
    (MORE_MONEY, MORE_MONEY_IN_WORDS),
    (
        {"budget_amount": "11000000.01"},
        "Budget: EUR 11,000,000.01 (Total budget), before EUR 11,000,000 (Total budget).",
    ),
    ({"budget_currency": "CHF"}, "Budget: CHF 11,000,000 (Total budget), before EUR 11,000,000 (Total budget)."),
    ({"budget_basis": "iucn_share"}, "Budget: EUR 11,000,000 (IUCN's share), before EUR 11,000,000 (Total budget)."),
    (NO_BUDGET, "Budget: not published, before EUR 11,000,000 (Total budget)."),
    ({"start_year": "2023"}, "Start year: 2023, before 2024."),
    ({"end_year": "2030"}, "End year: 2030, before 2029."),
    (to_academy(1), "Funded or supported by: Academy of Sciences, before Ministry of Rivers."),
    (
        one_more("funder", wording="supported"),
        "Funded or supported by: Academy of Sciences, Ministry of Rivers, before Ministry of Rivers.",
    ),
    ({"participations-1-DELETE": "1"}, "Funded or supported by: not named, before Ministry of Rivers."),
    (to_academy(0), f"Led by: Academy of Sciences, before {IUCN_IN_FULL}."),
    (one_more("lead"), f"Led by: Academy of Sciences, {IUCN_IN_FULL}, before {IUCN_IN_FULL}."),
    ({"start_year": "2025", "end_year": "2031"}, "Start year: 2025, before 2024. End year: 2031, before 2029."),
]


@pytest.mark.parametrize(("typed", "words"), some_of(CHANGES, 0, 3, 6, 7, 10), ids=[words for _, words in CHANGES])
def test_a_change_is_refused_beside_its_field_until_a_sentence_explains_it(client, publisher, nursery, typed, words):
    """Then it is published, and listed with its day and both values."""
    again = refused(form_of(publisher, nursery), PUBLISH, **(typed() if callable(typed) else typed))
    assert again.send(PUBLISH, change_note=SENTENCE).status_code == 302
    assert notes(client) == [f"2 March 2027. {SENTENCE} {words}"]


def a_theme():
    return {"themes": [str(Theme.objects.get(slug="water").pk)]}


OTHER_CHANGES = [
    {"title": "Saxaul nursery"},
    {"summary": "Young plants for the dry sea bed."},
    {"group": "previous"},
    {"acronym": "NUR"},
    {"budget_amount": "11000000.00", "budget_currency": "eur"},
    {"participations-1-wording": "supported", "participations-1-programme": "River Facility"},
    {"participations-0-label": "IUCN Tashkent"},
    one_more("partner"),
    a_theme,
]


@pytest.mark.parametrize(
    "typed", some_of(OTHER_CHANGES, 0, 5, 8), ids=lambda typed: getattr(typed, "__name__", None) or " ".join(typed)
)
def test_a_change_of_anything_else_asks_for_nothing(client, publisher, nursery, typed):
    publish(publisher, nursery, **(typed() if callable(typed) else typed))
    assert notes(client) == []


def test_a_sentence_without_a_change_is_not_listed(client, publisher, nursery):
    publish(publisher, nursery, title="Saxaul nursery", change_note=SENTENCE)
    page = read(client, "/en/initiatives/nursery/")
    assert page.title == "Saxaul nursery"
    assert SENTENCE not in page.text


def test_a_first_publication_asks_for_nothing(client, publisher):
    typed = {
        "title": "Snow",
        "slug": "snow",
        "summary": "Meltwater.",
        "start_year": "2027",
        "end_year": "2029",
        **rows("participations", {"organisation": organisation("iucn").pk, "role": "lead"}),
    }
    form = Form.open(publisher, f"/admin/pages/add/initiatives/initiativepage/{InitiativeIndexPage.objects.get().pk}/")
    assert form.send(DRAFT, **typed).status_code == 302
    publish(publisher, InitiativePage.objects.get(slug="snow"), end_year="2030")
    assert read(client, "/en/initiatives/snow/").facts["Duration"].startswith("2027–2030")
    assert notes(client, "/en/initiatives/snow/") == []


@pytest.mark.parametrize("sentence", ["", SENTENCE])
def test_a_saved_draft_shows_neither_a_note_nor_a_new_value(client, publisher, nursery, sentence):
    before = client.get(nursery.url).content
    assert form_of(publisher, nursery).send(DRAFT, change_note=sentence, **MORE_MONEY).status_code == 302
    assert form_of(publisher, nursery).values["budget_amount"] == "12500000"
    assert client.get(nursery.url).content == before


@pytest.mark.parametrize(("sentence", "is_taken"), [("  ", False), ("w" * 301, False), ("w" * 300, True)])
def test_a_sentence_is_neither_blank_nor_longer_than_300_characters(publisher, nursery, sentence, is_taken):
    answer = form_of(publisher, nursery).send(PUBLISH, change_note=sentence, **MORE_MONEY)
    assert answer.status_code == (302 if is_taken else 200)
    assert is_taken or list(Form(publisher, answer).sentences) == ["change_note"]


# Every other way to the public page


def test_submitting_asks_too_and_the_approval_writes_the_note(client, publisher, nursery):
    editor = a_member_of("Editors")
    again = refused(form_of(editor, nursery), SUBMIT, **MORE_MONEY)
    assert again.send(SUBMIT, change_note=SENTENCE).status_code == 302
    assert notes(client) == []
    decide(publisher, nursery, "approve")
    assert notes(client) == [FIRST_NOTE]
    assert read(client, nursery.url).facts["Total budget"] == "EUR 12.5 million"
    assert form_of(editor, nursery).values["change_note"] == ""


def approve(publisher, page):
    page.get_workflow().start(page, user=None)
    return decide(publisher, page, "approve")


def publish_in_bulk(publisher, page):
    return publisher.post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}", {"next": "/admin/"})


@pytest.mark.parametrize("let_out", [approve, publish_in_bulk])
def test_a_draft_without_a_sentence_is_neither_approved_nor_published_in_bulk(client, publisher, nursery, let_out):
    assert form_of(publisher, nursery).send(DRAFT, **MORE_MONEY).status_code == 302
    answer = let_out(publisher, InitiativePage.objects.get(slug="nursery"))
    assert answer["Location"] == f"/admin/pages/{nursery.pk}/edit/"
    told = " ".join(form_of(publisher, nursery).notes)
    assert "“Nursery” was not published." in told
    assert ASKED in told
    assert read(client, nursery.url).facts["Total budget"] == "EUR 11 million"


@pytest.mark.parametrize("let_out", [approve, publish_in_bulk])
def test_a_draft_with_a_sentence_is_approved_and_published_in_bulk(client, publisher, nursery, let_out):
    assert form_of(publisher, nursery).send(DRAFT, change_note=SENTENCE, **MORE_MONEY).status_code == 302
    let_out(publisher, InitiativePage.objects.get(slug="nursery"))
    assert notes(client) == [FIRST_NOTE]


def test_a_schedule_writes_the_note_once_and_on_the_day_it_goes_live(client, it_is, publisher, nursery):
    before = read(client, nursery.url).text
    publish(publisher, nursery, change_note=SENTENCE, go_live_at="2027-03-05 09:00", **MORE_MONEY)
    it_is(2027, 3, 5, 8, 59)
    call_command("publish_scheduled")
    assert read(client, nursery.url).text == before
    it_is(2027, 3, 5, 9, 1)
    for _ in range(2):
        call_command("publish_scheduled")
        assert notes(client) == [f"5 March 2027. {SENTENCE} {MORE_MONEY_IN_WORDS}"]
    assert form_of(publisher, nursery).values["change_note"] == ""


def test_a_schedule_without_a_sentence_is_refused(publisher, nursery):
    answer = form_of(publisher, nursery).send(PUBLISH, go_live_at="2027-03-05 09:00", **MORE_MONEY)
    assert ASKED in Form(publisher, answer).sentences["change_note"]


def test_a_page_taken_down_and_scheduled_anew_has_its_note_from_the_day_it_is_back(client, it_is, publisher, nursery):
    publisher.post(f"/admin/pages/{nursery.pk}/unpublish/")
    publish(publisher, nursery, change_note=SENTENCE, go_live_at="2027-03-05 09:00", **MORE_MONEY)
    it_is(2027, 3, 5, 9, 1)
    call_command("publish_scheduled")
    assert notes(client) == [f"5 March 2027. {SENTENCE} {MORE_MONEY_IN_WORDS}"]


def test_a_page_taken_down_does_not_come_back_with_another_budget_and_no_note(client, publisher, nursery):
    publisher.post(f"/admin/pages/{nursery.pk}/unpublish/")
    assert client.get(nursery.url).status_code == 404
    again = refused(form_of(publisher, nursery), PUBLISH, **MORE_MONEY)
    assert again.send(PUBLISH, change_note=SENTENCE).status_code == 302
    assert notes(client) == [FIRST_NOTE]


def test_nor_where_the_other_budget_was_saved_as_a_draft_in_between(client, publisher, nursery):
    publisher.post(f"/admin/pages/{nursery.pk}/unpublish/")
    assert form_of(publisher, nursery).send(DRAFT, **MORE_MONEY).status_code == 302
    again = refused(form_of(publisher, nursery), PUBLISH)
    assert again.send(PUBLISH, change_note=SENTENCE).status_code == 302
    assert notes(client) == [FIRST_NOTE]


def test_a_page_taken_down_comes_back_as_it_was_without_a_sentence(client, publisher, nursery):
    publisher.post(f"/admin/pages/{nursery.pk}/unpublish/")
    publish(publisher, nursery, title="Saxaul nursery")
    assert read(client, nursery.url).title == "Saxaul nursery"
    assert notes(client) == []


# One note after the other


def test_the_next_change_asks_for_a_sentence_of_its_own(client, it_is, publisher, nursery):
    publish(publisher, nursery, change_note=SENTENCE, **MORE_MONEY)
    it_is(2027, 3, 3)
    form = form_of(publisher, nursery)
    assert form.values["change_note"] == ""
    again = refused(form, PUBLISH, end_year="2030")
    assert again.send(PUBLISH, change_note="A year more for the seedlings.").status_code == 302
    publish(publisher, nursery, change_note="Two years more after all.", end_year="2031")
    assert notes(client) == [
        "3 March 2027. Two years more after all. End year: 2031, before 2030.",
        "3 March 2027. A year more for the seedlings. End year: 2030, before 2029.",
        FIRST_NOTE,
    ]


def test_the_day_of_a_note_is_the_day_in_tashkent(client, it_is, publisher, nursery):
    it_is(2027, 3, 4, 0, 30)
    publish(publisher, nursery, change_note=SENTENCE, **MORE_MONEY)
    assert notes(client) == [f"4 March 2027. {SENTENCE} {MORE_MONEY_IN_WORDS}"]


def test_going_back_to_an_old_version_is_a_change_like_any_other(client, it_is, publisher, nursery):
    first = nursery.latest_revision_id
    assert form_of(publisher, nursery).send(DRAFT, change_note=SENTENCE, **MORE_MONEY).status_code == 302
    publish(publisher, nursery)
    it_is(2027, 3, 3)
    form = Form.open(publisher, f"/admin/pages/{nursery.pk}/revisions/{first}/revert/")
    assert form.values["budget_amount"] == "11000000"
    assert refused(form, PUBLISH).send(PUBLISH, change_note="The amendment was withdrawn.").status_code == 302
    back = "Budget: EUR 11,000,000 (Total budget), before EUR 12,500,000 (Total budget)."
    assert notes(client) == [f"3 March 2027. The amendment was withdrawn. {back}", FIRST_NOTE]


def test_an_old_version_does_not_bring_its_sentence_back(it_is, publisher, nursery):
    assert form_of(publisher, nursery).send(DRAFT, change_note=SENTENCE, **MORE_MONEY).status_code == 302
    saved = InitiativePage.objects.get(slug="nursery").latest_revision_id
    publish(publisher, nursery)
    it_is(2027, 3, 3)
    publish(publisher, nursery, change_note="The amendment was withdrawn.", budget_amount="11000000")
    form = Form.open(publisher, f"/admin/pages/{nursery.pk}/revisions/{saved}/revert/")
    assert form.values["budget_amount"] == "12500000"
    assert form.values["change_note"] == ""


@pytest.mark.parametrize("at_once", ["on", None])
def test_a_copy_has_no_notes(client, publisher, nursery, at_once):
    publish(publisher, nursery, change_note=SENTENCE, **MORE_MONEY)
    typed = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": nursery.get_parent().pk}
    publisher.post(f"/admin/pages/{nursery.pk}/copy/", typed | ({"publish_copies": at_once} if at_once else {}))
    if not at_once:
        publish(publisher, InitiativePage.objects.get(slug="copy"))
    assert read(client, "/en/initiatives/copy/").facts["Total budget"] == "EUR 12.5 million"
    assert notes(client, "/en/initiatives/copy/") == []
    assert notes(client) == [FIRST_NOTE]


# What a note may say


def make_private(page):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def expire(page):
    OrganisationPage.objects.filter(pk=page.pk).update(expire_at=timezone.now())


@pytest.mark.parametrize("hide", [OrganisationPage.unpublish, make_private, expire, OrganisationPage.delete])
def test_a_note_does_not_name_an_organisation_that_is_no_longer_public(client, publisher, nursery, hide):
    trust = an_organisation("Kestrel Trust")
    publish(publisher, nursery, change_note="A new funder.", **{"participations-1-organisation": str(trust.pk)})
    publish(publisher, nursery, change_note="And another.", **to_academy(1)())
    to_trust = "2 March 2027. A new funder. Funded or supported by: {}, before Ministry of Rivers."
    to_other = "2 March 2027. And another. Funded or supported by: Academy of Sciences, before {}."
    assert notes(client) == [to_other.format("Kestrel Trust"), to_trust.format("Kestrel Trust")]
    hide(OrganisationPage.objects.get(pk=trust.pk))
    assert notes(client) == [to_other.format("not named"), to_trust.format("not named")]


def test_a_note_does_not_tell_of_a_funder_that_is_not_public(client, publisher, nursery):
    index = organisation("academy").get_parent()
    hidden = draft(index, OrganisationPage(title="Kestrel Trust", summary="A trust.", kind="ngo"))
    more = one_more("funder", wording="funded")() | {"participations-2-organisation": str(hidden.pk)}
    publish(publisher, nursery, change_note=SENTENCE, **more)
    assert notes(client) in ([], [f"2 March 2027. {SENTENCE}"])


def test_markup_in_a_sentence_is_shown_as_text(client, publisher, nursery):
    hostile = """<script>alert('1')</script> & "Steppe" {{ 7|add:7 }}"""
    publish(publisher, nursery, change_note=hostile, **MORE_MONEY)
    assert notes(client) == [f"2 March 2027. {hostile} {MORE_MONEY_IN_WORDS}"]
    assert "<script>alert" not in client.get(nursery.url).content.decode()


@pytest.mark.parametrize(("model", "status"), [("theme", 200), ("changenote", 404)])
def test_notes_have_no_address_in_the_admin(client, model, status):
    client.force_login(get_user_model().objects.create_superuser("root"))
    assert client.get(f"/admin/snippets/initiatives/{model}/").status_code == status
    assert client.get(f"/admin/snippets/initiatives/{model}/add/").status_code == status
