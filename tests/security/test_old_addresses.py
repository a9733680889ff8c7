"""Where old addresses lead: on to what everybody may read, and to nothing else."""

import pytest
from wagtail.contrib.redirects.models import Redirect

from initiatives.models import InitiativeIndexPage, InitiativePage
from iucn_ca.models import HomePage
from tests.factories import a_text_page
from tests.hiding import below_a_private_page, draft, expired_a_moment_ago, for_those_who_log_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]


WAYS = [draft, for_those_who_log_in, below_a_private_page, expired_a_moment_ago]


def renamed():
    page = InitiativePage.objects.get(slug="saxaul")
    page.slug = "new-secret"
    page.save_revision().publish()
    return page, "/en/initiatives/saxaul/", "/en/initiatives/new-secret/"


def moved():
    about = a_text_page("New secret")
    about.move(HomePage.objects.get(), pos="first-child")
    Redirect.objects.create(old_path="/en/info", site=None, redirect_page=about)
    return about, "/en/info/", "/en/new-secret/"


def with_a_branch_renamed():
    index = InitiativeIndexPage.objects.get()
    index.slug = "projects"
    index.save_revision().publish()
    page = InitiativePage.objects.get(slug="saxaul")
    return page, "/en/initiatives/saxaul/?page=2", "/en/projects/saxaul/"


def with_a_link_typed_by_hand():
    page = a_text_page("New secret")
    Redirect.objects.create(old_path="/en/info", redirect_link="http://127.0.0.1:8000/en/new-secret/")
    return page, "/en/info/", "http://127.0.0.1:8000/en/new-secret/"


def with_a_link_typed_without_its_last_stroke():
    page = a_text_page("New secret")
    Redirect.objects.create(old_path="/en/info", redirect_link="/en/new-secret")
    return page, "/en/info/", "/en/new-secret"


CHANGES = [
    renamed,
    moved,
    with_a_branch_renamed,
    with_a_link_typed_by_hand,
    with_a_link_typed_without_its_last_stroke,
]


@pytest.mark.parametrize("hide", WAYS)
@pytest.mark.parametrize("change", CHANGES)
def test_an_old_address_leads_to_its_page_and_nowhere_once_that_is_hidden(
    client, change, hide, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page, old, new = change()
    answer = client.get(old, headers={"host": "127.0.0.1:8000"})
    assert (answer.status_code, answer["Location"]) == (301, new)
    hide(page)
    answer = client.get(old, headers={"host": "127.0.0.1:8000"})
    assert answer.status_code == 404
    assert new not in f"{answer.headers} {answer.text}"


@pytest.mark.parametrize("target", ["https://elsewhere.example/en/about/", "/documents/1/plan.pdf", "/en/search/?q=a"])
def test_an_old_address_leads_to_what_is_no_page_too(client, target):
    a_text_page("Hidden").unpublish()
    Redirect.objects.create(old_path="/en/info", redirect_link=target)
    assert client.get("/en/info/")["Location"] == target


def test_a_hidden_page_of_the_same_name_elsewhere_stops_nobody(client):
    draft(a_text_page("Plans"))
    Redirect.objects.create(old_path="/en/info", redirect_link="https://elsewhere.example/en/plans/")
    assert client.get("/en/info/")["Location"] == "https://elsewhere.example/en/plans/"


def test_the_old_address_of_a_file_leads_to_it(client):
    Redirect.objects.create(old_path="/en/table", redirect_link="/en/initiatives/initiatives.csv")
    assert client.get("/en/table/")["Location"] == "/en/initiatives/initiatives.csv"
    InitiativeIndexPage.objects.get().unpublish()
    assert client.get("/en/table/").status_code == 404
