"""Whatever way a page takes to the public (approval, bulk publishing, a schedule), an incomplete one stays a draft."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationPage
from iucn_ca.models import HomePage, StandardPage
from species.models import SpeciesIndexPage, SpeciesPage
from tests.factories import a_member_of, a_picture, a_text_page, draft
from tests.forms import Form, decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]


@pytest.fixture
def publisher():
    return a_member_of("Publishers")


def without_a_lead():
    page = InitiativePage(title="Snow", slug="snow", summary="Meltwater.", start_year=2025, end_year=2028)
    return draft(InitiativeIndexPage.objects.get(), page), "Say who leads the initiative"


def without_a_basis():
    page = InitiativePage.objects.get(slug="saxaul")
    page.unpublish()
    page.budget_basis = ""
    page.save_revision()
    return page, "Say what the amount is: the total budget or IUCN's share."


def without_a_credit():
    page = StandardPage(title="Snow", slug="snow", summary="Meltwater.", picture=a_picture("Flakes", credit=""))
    page.picture_is_decorative = True
    return draft(HomePage.objects.get(), page), "“Flakes” has no credit yet."


def without_a_credit_in_the_text():
    page = StandardPage(title="Snow", slug="snow", summary="Meltwater.")
    page.body = [("picture", a_picture("Flakes", credit=""))]
    return draft(HomePage.objects.get(), page), "“Flakes” has no credit yet."


def without_a_scientific_name():
    page = SpeciesPage(title="Snow", slug="snow", summary="Meltwater.", scientific_name="Nix nivis")
    page = draft(SpeciesIndexPage.objects.get(), page)
    page.scientific_name = ""
    page.save_revision(clean=False)
    return page, "Scientific name: This field cannot be blank."


def with_half_a_row():
    page = InitiativePage.objects.get(slug="glacier-watch")
    page.unpublish()
    page.participations.create(organisation=OrganisationPage.objects.get(slug="academy"), role="")
    page.save_revision(clean=False)
    return page, "Role: This field cannot be blank."


INCOMPLETE = [
    without_a_lead,
    without_a_basis,
    without_a_credit,
    without_a_credit_in_the_text,
    without_a_scientific_name,
    with_half_a_row,
]


@pytest.fixture(params=INCOMPLETE, ids=lambda make: make.__name__)
def incomplete(request):
    return request.param()


def start_workflow(page):
    page.get_workflow().start(page, user=None)
    return type(page).objects.get(pk=page.pk)


def what_the_publisher_reads(publisher, answer, page):
    """The refusal leads back to the form, where a sentence says what is missing."""
    assert answer.status_code == 302
    assert answer["Location"] == f"/admin/pages/{page.pk}/edit/"
    page.refresh_from_db()
    assert not page.live
    return " ".join(Form.open(publisher, answer["Location"]).notes)


def test_an_incomplete_draft_is_not_approved(publisher, incomplete):
    page, sentence = incomplete
    page = start_workflow(page)
    notes = what_the_publisher_reads(publisher, decide(publisher, page, "approve"), page)
    assert f"“{page.get_admin_display_title()}” was not published." in notes
    assert sentence in notes
    assert type(page).objects.get(pk=page.pk).workflow_in_progress, "it can be corrected and approved"


def test_an_incomplete_draft_is_not_approved_in_the_dialog_either(publisher):
    page, sentence = without_a_lead()
    page = start_workflow(page)
    answer = decide(publisher, page, "approve", **{"x-requested-with": "XMLHttpRequest"})
    assert answer.json() == {"step": "success", "redirect": f"/admin/pages/{page.pk}/edit/"}
    assert sentence in " ".join(Form.open(publisher, answer.json()["redirect"]).notes)
    page.refresh_from_db()
    assert not page.live


def test_one_incomplete_draft_stops_bulk_publishing(publisher, incomplete):
    page, sentence = incomplete
    other = draft(HomePage.objects.get(), StandardPage(title="Rules", summary="What holds."))
    address = f"/admin/bulk/wagtailcore/page/publish/?id={other.pk}&id={page.pk}"
    assert sentence in what_the_publisher_reads(publisher, publisher.post(address, {"next": "/admin/"}), page)
    other.refresh_from_db()
    assert not other.live, "all of them, or none"


def test_an_incomplete_draft_among_the_pages_below_stops_bulk_publishing(publisher):
    page, sentence = without_a_lead()
    address = f"/admin/bulk/wagtailcore/page/publish/?id={page.get_parent().pk}"
    answer = publisher.post(address, {"next": "/admin/", "include_descendants": "on"})
    assert sentence in what_the_publisher_reads(publisher, answer, page)


def test_an_incomplete_draft_is_not_scheduled(publisher, incomplete):
    page, sentence = incomplete
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision(clean=False)
    page = start_workflow(page)
    assert sentence in what_the_publisher_reads(publisher, decide(publisher, page, "approve"), page)
    assert not page.approved_schedule


def test_complete_drafts_are_approved_published_in_bulk_and_scheduled(client, publisher):
    pages = [
        draft(HomePage.objects.get(), StandardPage(title=title, summary="What holds."))
        for title in ("Approved", "Bulk", "Scheduled")
    ]
    decide(publisher, start_workflow(pages[0]), "approve")
    publisher.post(f"/admin/bulk/wagtailcore/page/publish/?id={pages[1].pk}", {"next": "/admin/"})
    pages[2].go_live_at = timezone.now() + timedelta(days=1)
    pages[2].save_revision()
    decide(publisher, start_workflow(pages[2]), "approve")
    assert [client.get(page.url).status_code for page in pages] == [200, 200, 404]
    assert StandardPage.objects.get(slug="scheduled").approved_schedule


def test_a_schedule_does_not_stop_at_a_page_that_became_incomplete(client, caplog):
    due = timezone.now() - timedelta(minutes=1)
    picture = a_picture("Flakes", description="Snow.")
    for title, at, shown in [("First", due - timedelta(minutes=1), picture), ("Second", due, None)]:
        page = draft(HomePage.objects.get(), StandardPage(title=title, summary="What holds.", picture=shown))
        page.get_latest_revision().publish()
        page.refresh_from_db()
        page.unpublish()
        page.revisions.update(approved_go_live_at=None)
        page.latest_revision.approved_go_live_at = at
        page.latest_revision.save()
    picture.credit = ""
    picture.save()
    call_command("publish_scheduled")
    assert [client.get(address).status_code for address in ("/en/first/", "/en/second/")] == [404, 200]
    assert "“First” was not published. “Flakes” has no credit yet." in caplog.text
    # Once corrected it goes out with the next round.
    picture.credit = "Anna Petrova"
    picture.save()
    call_command("publish_scheduled")
    assert client.get("/en/first/").status_code == 200


def test_a_public_page_that_became_incomplete_can_still_be_handled(client, publisher):
    picture = a_picture("Flakes", description="Snow.")
    page = a_text_page("Snow", picture=picture)
    picture.credit = ""
    picture.save()
    home = page.get_parent()
    for action, typed in [
        ("lock", {}),
        ("unlock", {}),
        ("copy", {"new_title": "Copy", "new_slug": "copy", "new_parent_page": home.pk, "publish_copies": "on"}),
        ("unpublish", {}),
    ]:
        assert publisher.post(f"/admin/pages/{page.pk}/{action}/", typed).status_code == 302, action
    assert client.get("/en/snow/").status_code == 404
