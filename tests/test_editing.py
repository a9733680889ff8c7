"""Staff at work: an Editor writes and submits, a Publisher publishes, and visitors read it at the next request."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, Workflow

from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationPage
from iucn_ca.models import HomePage, StandardPage
from regions.models import Country, HotspotPage
from species.models import SpeciesIndexPage, SpeciesPage
from tests.factories import a_member_of, a_picture, a_text_page, draft
from tests.forms import Form, rows, stream
from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

PUBLISH, SUBMIT = "action-publish", "action-submit"
PASSWORD = "a phrase of several words"


@pytest.fixture
def editor():
    return a_member_of("Editors")


@pytest.fixture
def publisher():
    return a_member_of("Publishers")


def log_in(name, group):
    user = get_user_model().objects.create_user(name, password=PASSWORD)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    answer = client.post("/admin/login/", {"username": name, "password": PASSWORD, "next": "/admin/"})
    assert answer["Location"] == "/admin/"
    return client


def decide(publisher, page, action, comment="", **headers):
    """What a Publisher's click on Approve or on Request changes sends."""
    page = type(page).objects.get(pk=page.pk)
    state = page.current_workflow_task_state
    address = f"/admin/pages/workflow/action/{page.pk}/{action}/{state.pk}/"
    return publisher.post(address, {"comment": comment}, headers=headers)


def approve(publisher, page, **headers):
    return decide(publisher, page, "approve", **headers)


def address_of_a_new_initiative():
    return f"/admin/pages/add/initiatives/initiativepage/{InitiativeIndexPage.objects.get().pk}/"


def test_from_the_login_to_the_public_page(client):
    editor = log_in("gulnora", "Editors")
    assert editor.get("/admin/").status_code == 200
    form = Form.open(editor, address_of_a_new_initiative())
    assert form.box(SUBMIT)
    assert not form.box(PUBLISH)
    typed = {
        "title": "Snow for the lowlands",
        "slug": "snow",
        "summary": "Meltwater, measured.",
        **stream("body", ("heading", "Why snow")),
        "start_year": "2025",
        "end_year": "2028",
        "budget_amount": "2500000",
        "budget_basis": "iucn_share",
        **rows("participations", {"organisation": OrganisationPage.objects.get(slug="iucn").pk, "role": "lead"}),
        "hotspots": [HotspotPage.objects.get(slug="pamir").pk],
        "species": [SpeciesPage.objects.get(slug="snow-leopard").pk],
        "countries": [Country.objects.get(code="KZ").pk],
    }

    refused = Form(editor, form.send(SUBMIT, **typed))
    assert refused.sentences == {"budget_currency": "In which currency is the amount?"}
    assert refused.values["title"] == "Snow for the lowlands"

    # Corrected, and saved as a draft.
    assert refused.send(budget_currency="EUR").status_code == 302
    page = InitiativePage.objects.get(slug="snow")
    assert not page.live
    places = [
        "/en/region/pamir/",
        "/en/region/kazakhstan/",
        "/en/species/snow-leopard/",
        "/en/initiatives/",
        "/en/initiatives/?country=kazakhstan&status=current",
        "/en/organisations/iucn/",
        "/en/search/?q=lowlands",
        "/en/",
        "/sitemap.xml",
    ]
    for place in places:
        assert "/en/initiatives/snow/" not in client.get(place).content.decode(), place
    assert client.get("/en/initiatives/snow/").status_code == 404

    # The preview shows what stands in the form now, saved or not.
    form = Form.open(editor, f"/admin/pages/{page.pk}/edit/")
    preview = f"/admin/pages/{page.pk}/edit/preview/"
    assert editor.post(preview, form.values | {"title": "Snow, unsaved"}).json()["is_valid"]
    shown = read(editor, preview)
    assert shown.title == "Snow, unsaved"
    for words in ("Why snow", "EUR 2.5 million", "Pamir", "Snow leopard", "Kazakhstan"):
        assert words in shown.text.replace("\N{NO-BREAK SPACE}", " ")
    assert editor.get(f"/admin/pages/{page.pk}/view_draft/").status_code == 200

    # The button that the form does not have.
    form.send(PUBLISH)
    page.refresh_from_db()
    assert not page.live

    assert form.send(SUBMIT).status_code == 302
    page.refresh_from_db()
    assert page.current_workflow_state
    assert client.get("/en/initiatives/snow/").status_code == 404

    publisher = log_in("rustam", "Publishers")
    assert "Snow for the lowlands" in publisher.get("/admin/").content.decode()
    approve(publisher, page)
    for place in places:
        assert "/en/initiatives/snow/" in client.get(place).content.decode(), place
    assert read(client, "/en/initiatives/snow/").title == "Snow for the lowlands"


def test_after_publishing_an_editors_changes_wait_for_a_publisher_again(client, editor, publisher):
    page = InitiativePage.objects.get(slug="saxaul")
    form = Form.open(editor, f"/admin/pages/{page.pk}/edit/")
    form.send(title="Saxaul, second edition")
    assert read(client, page.url).title == "Saxaul for the Aral Sea"
    form.send(SUBMIT, title="Saxaul, third edition")
    page.refresh_from_db()
    assert read(client, page.url).title == "Saxaul for the Aral Sea"
    approve(publisher, page)
    assert read(client, page.url).title == "Saxaul, third edition"


def test_a_publisher_sends_a_page_back_with_a_remark(editor, publisher, client):
    page = submitted_page(editor)
    decide(publisher, page, "reject", comment="A source, please.")
    state = page.workflow_states.get()
    told = editor.get(f"/admin/pages/{page.pk}/workflow_history/detail/{state.pk}/")
    assert "A source, please." in told.content.decode()
    assert client.get("/en/rules/").status_code == 404
    # And once more, better.
    form = Form.open(editor, f"/admin/pages/{page.pk}/edit/")
    form.send("action-submit", summary="What holds, with its source.")
    approve(publisher, page)
    assert "with its source" in read(client, "/en/rules/").text


# What staff may open


CLOSED = [
    "users/",
    "users/new/",
    "groups/",
    "groups/new/",
    "sites/",
    "collections/",
    "workflows/list/",
    "workflows/tasks/index/",
    "redirects/",
    "locales/",
]


@pytest.mark.parametrize("group", ["Editors", "Publishers"])
def test_staff_cannot_open_what_is_not_their_work(group):
    member = a_member_of(group)
    for address in CLOSED:
        answer = member.get(f"/admin/{address}")
        assert answer.status_code in (302, 403), address
    workflow = Workflow.objects.get()
    assert member.get(f"/admin/workflows/edit/{workflow.pk}/").status_code in (302, 403)


def test_only_publishers_change_lists_and_the_offices_settings(editor, publisher):
    uzbekistan = Country.objects.get(code="UZ")
    for address in (
        f"snippets/regions/country/edit/{uzbekistan.pk}/",
        "snippets/initiatives/theme/add/",
        "settings/iucn_ca/officesettings/",
    ):
        assert editor.get(f"/admin/{address}", follow=False).status_code in (302, 403), address
        answer = publisher.get(f"/admin/{address}", follow=True)
        assert answer.status_code == 200, address
        assert Form(publisher, answer).form, address
    assert publisher.get(f"/admin/snippets/regions/country/delete/{uzbekistan.pk}/").status_code in (302, 403)


def test_an_editor_publishes_nothing_by_any_address(editor, client):
    page = draft(HomePage.objects.get(), StandardPage(title="Rules", summary="What holds."))
    editor.post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}", {"next": "/admin/"})
    editor.post(f"/admin/pages/{Page.objects.get(slug='privacy').pk}/unpublish/")
    editor.post(f"/admin/pages/{Page.objects.get(slug='privacy').pk}/delete/")
    assert client.get("/en/rules/").status_code == 404
    assert client.get("/en/privacy/").status_code == 200


def test_nobody_writes_above_the_home_page(editor, publisher):
    root = Page.objects.get(depth=1)
    for member in (editor, publisher):
        for address in (f"pages/{root.pk}/edit/", f"pages/add/iucn_ca/homepage/{root.pk}/"):
            assert member.get(f"/admin/{address}").status_code in (302, 403), address


@pytest.mark.parametrize("address", ["/admin/", "/admin/pages/", "/admin/images/", "/admin/api/main/pages/"])
def test_a_visitor_is_asked_to_log_in(client, address):
    answer = client.get(address)
    assert answer.status_code in (302, 403)
    assert answer.status_code == 403 or answer["Location"].startswith("/admin/login/")


def test_a_person_without_a_group_has_no_way_in(client):
    user = get_user_model().objects.create_user("guest", password=PASSWORD)
    client.force_login(user)
    assert client.get("/admin/").status_code in (302, 403)


# Incomplete drafts


def submitted_page(editor):
    address = f"/admin/pages/add/iucn_ca/standardpage/{HomePage.objects.get().pk}/"
    form = Form.open(editor, address)
    assert form.send(SUBMIT, title="Rules", slug="rules", summary="What holds.").status_code == 302
    return StandardPage.objects.get(slug="rules")


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
    notes = what_the_publisher_reads(publisher, approve(publisher, page), page)
    assert f"“{page.get_admin_display_title()}” was not published." in notes
    assert sentence in notes
    assert type(page).objects.get(pk=page.pk).workflow_in_progress, "it can be corrected and approved"


def test_an_incomplete_draft_is_not_approved_in_the_dialog_either(publisher):
    page, sentence = without_a_lead()
    page = start_workflow(page)
    answer = approve(publisher, page, **{"x-requested-with": "XMLHttpRequest"})
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
    assert sentence in what_the_publisher_reads(publisher, approve(publisher, page), page)
    assert not page.approved_schedule


def test_complete_drafts_are_approved_published_in_bulk_and_scheduled(client, publisher):
    pages = [
        draft(HomePage.objects.get(), StandardPage(title=title, summary="What holds."))
        for title in ("Approved", "Bulk", "Scheduled")
    ]
    approve(publisher, start_workflow(pages[0]))
    publisher.post(f"/admin/bulk/wagtailcore/page/publish/?id={pages[1].pk}", {"next": "/admin/"})
    pages[2].go_live_at = timezone.now() + timedelta(days=1)
    pages[2].save_revision()
    approve(publisher, start_workflow(pages[2]))
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
