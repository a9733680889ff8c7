"""The admin's home lists what somebody should look at: ended and still called current, ending soon, unconfirmed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupPagePermission

from initiatives.models import InitiativeIndexPage, InitiativePage, OrganisationPage
from tests.factories import a_member_of, an_initiative, many_initiatives
from tests.factories import draft as a_draft
from tests.html import parsed
from tests.seeded import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

ENDED = "Ended, and still called current"
SOON = "Planned to end within 60 days"
UNCONFIRMED = "Figures not confirmed for a year"


@pytest.fixture
def it_is(monkeypatch):
    """Moves the clock: it_is(2027, 3, 2), at noon in Tashkent, or with hour and minute."""

    def move(year, month, day, hour=12, minute=0):
        moment = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Tashkent"))
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return move


@pytest.fixture(autouse=True)
def only_what_a_test_adds():
    """The small office's initiatives are confirmed for good and end last of all."""
    InitiativePage.objects.update(figures_confirmed_on=date(2090, 1, 1), end_year=2100)


def nursery(end_year=2100, confirmed=date(2090, 1, 1), **fields):
    iucn = OrganisationPage.objects.get(slug="iucn")
    fields = {"slug": "nursery", "start_year": 2024, "end_year": end_year, "figures_confirmed_on": confirmed} | fields
    return an_initiative("Nursery", iucn, **fields)


def panel(member):
    answer = member.get("/admin/")
    assert answer.status_code == 200
    return parsed(answer.content).find("section", id="initiatives-to-check-section")


def lists(member):
    """What stands under each heading of the panel; nothing where there is no panel."""
    found = panel(member)
    headings = found.find_all("h3") if found else []
    return {words(h): [words(item) for item in h.find_next("ul").find_all("li")] for h in headings}


CONFIRMED = "confirmed on 1 January 2090"


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ((2029, 12, 31, 23, 59), {SOON + " (1)"}),
        ((2030, 1, 1, 0, 0), {ENDED + " (1)"}),
        ((2031, 6, 1), {ENDED + " (1)"}),
    ],
)
def test_an_initiative_that_has_ended_and_is_called_current_is_listed(it_is, day, shown):
    nursery(2029)
    it_is(*day)
    found = lists(a_member_of("Editors"))
    assert set(found) == shown
    assert list(found.values()) == [[f"Nursery (2024–2029, {CONFIRMED})"]]


@pytest.mark.parametrize(
    ("day", "is_listed"),
    [
        ((2029, 1, 1), False),
        # From 31 October 61 days are left until 31 December, the last day of the term; from 1 November 60.
        ((2029, 10, 31, 23, 59), False),
        ((2029, 11, 1, 0, 0), True),
        ((2029, 11, 2), True),
        ((2029, 12, 31, 23, 59), True),
        ((2028, 12, 31), False),
    ],
)
def test_an_initiative_is_listed_in_the_last_60_days_of_its_term(it_is, day, is_listed):
    nursery(2029)
    it_is(*day)
    found = lists(a_member_of("Editors"))
    assert found == ({f"{SOON} (1)": [f"Nursery (2024–2029, {CONFIRMED})"]} if is_listed else {})


@pytest.mark.parametrize(
    ("confirmed", "listed_as"),
    [
        (None, "Nursery (2024–2100)"),
        (date(2026, 5, 10), "Nursery (2024–2100, confirmed on 10 May 2026)"),
        (date(2026, 5, 11), None),
        (date(2027, 5, 10), None),
    ],
)
def test_an_initiative_is_listed_once_its_figures_are_a_year_old(it_is, confirmed, listed_as):
    """On 10 May 2027 those of 10 May 2026 are, and those that nobody ever confirmed."""
    nursery(confirmed=confirmed)
    it_is(2027, 5, 10, 0, 0)
    assert lists(a_member_of("Editors")) == ({f"{UNCONFIRMED} (1)": [listed_as]} if listed_as else {})


def test_an_initiative_may_stand_in_two_lists_and_leads_to_its_figures(it_is):
    page = nursery(2029, confirmed=date(2028, 1, 1))
    it_is(2030, 5, 1)
    member = a_member_of("Publishers")
    words_of_it = ["Nursery (2024–2029, confirmed on 1 January 2028)"]
    assert lists(member) == {f"{ENDED} (1)": words_of_it, f"{UNCONFIRMED} (1)": words_of_it}
    links = [link["href"] for link in panel(member).select("li a")]
    assert links == [f"/admin/pages/{page.pk}/edit/#tab-figures"] * 2
    assert member.get(links[0]).status_code == 200


def test_where_nothing_is_to_be_checked_there_is_no_panel(it_is):
    it_is(2027, 5, 10)
    member = a_member_of("Editors")
    assert panel(member) is None
    nursery(2026)
    assert panel(member)


def previous(page):
    InitiativePage.objects.filter(pk=page.pk).update(group="previous")


def taken_down(page):
    page.unpublish()


@pytest.mark.parametrize("end_year", [2026, 2027, 2100])
@pytest.mark.parametrize("become", [previous, taken_down])
def test_previous_activities_and_drafts_are_not_listed(it_is, become, end_year):
    page = nursery(end_year, confirmed=None)
    it_is(2027, 12, 1)
    member = a_member_of("Editors")
    assert f"{UNCONFIRMED} (1)" in lists(member)
    become(page)
    assert lists(member) == {}


def test_neither_is_a_page_that_was_never_published(it_is):
    page = InitiativePage(title="Nursery", summary="Plants.", start_year=2020, end_year=2024)
    a_draft(InitiativeIndexPage.objects.get(), page)
    it_is(2027, 12, 1)
    assert lists(a_member_of("Editors")) == {}


def test_the_lists_go_by_what_is_published_not_by_a_draft_of_it(it_is):
    page = nursery(2026)
    page.end_year = 2100
    page.save_revision()
    it_is(2027, 5, 10)
    assert lists(a_member_of("Editors")) == {f"{ENDED} (1)": [f"Nursery (2024–2026, {CONFIRMED})"]}


def test_a_long_list_says_how_many_there_are(it_is):
    """Of 42 that end in 2030 every second is a current one."""
    pages = many_initiatives(42)
    InitiativePage.objects.filter(pk__in=[page.pk for page in pages]).update(figures_confirmed_on=date(2090, 1, 1))
    it_is(2031, 5, 10)
    [(heading, shown)] = lists(a_member_of("Editors")).items()
    assert heading == f"{ENDED} (21)"
    assert len(shown) == 20


# Who sees them


def a_member_who_may(*permissions, page, called="helper"):
    """Somebody who may enter the admin and has these permissions on this page and those below it."""
    group = Group.objects.create(name=called)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for name in permissions:
        permission = Permission.objects.get(codename=f"{name}_page", content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    user = get_user_model().objects.create_user(called)
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("group", ["Editors", "Publishers"])
def test_editors_and_publishers_see_the_lists(it_is, group):
    nursery(2026)
    it_is(2027, 5, 10)
    assert list(lists(a_member_of(group))) == [f"{ENDED} (1)"]


@pytest.mark.parametrize("permissions", [[], ["publish"], ["lock"]], ids=str)
def test_who_may_not_edit_initiatives_does_not_see_them(it_is, permissions):
    page = nursery(2026)
    it_is(2027, 5, 10)
    assert panel(a_member_who_may(*permissions, page=page)) is None


def test_who_may_edit_other_pages_does_not_see_them_either(it_is):
    nursery(2026)
    it_is(2027, 5, 10)
    organisations = OrganisationPage.objects.get(slug="iucn").get_parent()
    assert panel(a_member_who_may("change", page=organisations)) is None


def test_who_may_edit_one_initiative_sees_that_one(it_is):
    nursery(2026)
    mine = nursery(2026, slug="other", start_year=2020)
    it_is(2027, 5, 10)
    shown = {f"{ENDED} (1)": [f"Nursery (2020–2026, {CONFIRMED})"]}
    assert lists(a_member_who_may("change", page=mine)) == shown
