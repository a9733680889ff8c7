"""Two members of staff at the same page or entry of a list: nobody writes over the other unawares."""

import pytest
from django.urls import reverse

from initiatives.models import InitiativePage, Theme
from tests.factories import a_member_of
from tests.forms import Form
from tests.html import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]


@pytest.fixture
def gulnora():
    return a_member_of("Publishers", "gulnora", first_name="Gulnora", last_name="Karimova")


@pytest.fixture
def aziza():
    return a_member_of("Publishers", "aziza")


PLACES = {
    "page": (lambda: reverse("wagtailadmin_pages:edit", args=[InitiativePage.objects.get(slug="saxaul").pk]), "title"),
    "list": (
        lambda: reverse(Theme.snippet_viewset.get_url_name("edit"), args=[Theme.objects.get(slug="restoration").pk]),
        "name",
    ),
}


@pytest.fixture(params=PLACES)
def place(request):
    address, field = PLACES[request.param]
    return address(), field


@pytest.mark.parametrize("button", ["", "action-publish"])
def test_a_stale_save_is_refused_once_with_both_texts_kept(gulnora, aziza, place, button):
    address, field = place
    first, second = Form.open(gulnora, address), Form.open(aziza, address)
    assert first.send(button, **{field: "Gulnora's words"}).status_code == 302
    refused = Form(aziza, second.send(button, **{field: "Aziza's words"}))
    note = " ".join(refused.notes)
    assert "Gulnora Karimova saved this at" in note
    assert "Their version is kept in the history, yours stands below." in note
    assert refused.values[field] == "Aziza's words"
    assert Form.open(gulnora, address).values[field] == "Gulnora's words"
    assert refused.send(button).status_code == 302
    assert Form.open(gulnora, address).values[field] == "Aziza's words"
    versions = revisions(place)
    assert [version.content[field] for version in versions[:2]] == ["Aziza's words", "Gulnora's words"]


def revisions(place):
    record = InitiativePage.objects.get(slug="saxaul") if place[1] == "title" else Theme.objects.get(slug="restoration")
    return list(record.revisions.order_by("-pk"))


def test_one_who_saves_several_times_is_not_stopped_by_their_own_versions(gulnora, place):
    address, field = place
    form = Form.open(gulnora, address)
    for words in ("One", "Two", "Three"):
        assert form.send("", **{field: words}).status_code == 302
    assert Form.open(gulnora, address).values[field] == "Three"


def test_a_new_version_that_was_sent_while_another_saved_tells_what_else_is_wrong_too(gulnora, aziza):
    address = PLACES["page"][0]()
    first, second = Form.open(gulnora, address), Form.open(aziza, address)
    first.send("", title="Gulnora's words")
    refused = Form(aziza, second.send("", title="Aziza's words", budget_amount="much"))
    assert "Enter a number." in refused.sentences["budget_amount"]
    assert any("Gulnora Karimova saved this" in note for note in refused.notes)
    assert refused.values["budget_amount"] == "much"


def others_at(client, address, **typing):
    """What the panel at the top says a moment after the form was opened, when its script has asked."""
    [panel] = Form.open(client, address).page.find_class("w-editing-sessions")
    sent = {box.get("name"): box.get("value") for box in panel.iter("input") if box.get("type") == "hidden"}
    found = parsed(client.post(panel.get("data-w-swap-src-value"), sent | typing).json()["html"])
    return " ".join(found.get_text(" ").split())


def test_the_second_sees_who_has_it_open(gulnora, aziza, place):
    address, _ = place
    assert others_at(aziza, address) == ""
    others_at(gulnora, address)
    assert others_at(aziza, address) == "Gulnora Karimova - Currently viewing"
    others_at(gulnora, address, is_editing="1")
    assert "Gulnora Karimova has unsaved changes" in others_at(aziza, address)
