"""Staff at work: an Editor writes and submits, a Publisher publishes, and visitors read it at the next request."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page, Site, Workflow

from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationPage
from iucn_ca.models import HomePage, OfficeSettings, StandardPage
from regions.models import Country, HotspotPage
from species.models import SpeciesPage
from tests.factories import a_member_of, draft
from tests.forms import Form, decide, rows, stream
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
    answer = client.post("/admin/login/", {"login": name, "password": PASSWORD, "next": "/admin/"})
    assert answer["Location"] == "/admin/"
    return client


def submitted_page(editor):
    address = f"/admin/pages/add/iucn_ca/standardpage/{HomePage.objects.get().pk}/"
    form = Form.open(editor, address)
    assert form.send(SUBMIT, title="Rules", slug="rules", summary="What holds.").status_code == 302
    return StandardPage.objects.get(slug="rules")


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
        "/sitemap-1.xml",
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
    decide(publisher, page, "approve")
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
    decide(publisher, page, "approve")
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
    decide(publisher, page, "approve")
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
    office = OfficeSettings.objects.create(site=Site.objects.get())
    for address in (
        f"snippets/regions/country/edit/{uzbekistan.pk}/",
        "snippets/initiatives/theme/add/",
        f"snippets/iucn_ca/officesettings/edit/{office.pk}/",
    ):
        assert editor.get(f"/admin/{address}", follow=False).status_code in (302, 403), address
        answer = publisher.get(f"/admin/{address}", follow=True)
        assert answer.status_code == 200, address
        assert Form(publisher, answer).form is not None, address
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
