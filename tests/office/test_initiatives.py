"""Initiatives: what their form refuses and takes, and what is shown of them."""

import pytest
from wagtail.models import Page

from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationPage
from tests.factories import a_funder, a_member_of, a_partner, an_initiative, an_organisation
from tests.forms import Form, rows, stream
from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

DRAFT, PUBLISH = "", "action-publish"


@pytest.fixture
def iucn():
    return OrganisationPage.objects.get(slug="iucn")


@pytest.fixture(scope="module")
def form(office):
    """A Publisher before the form of a new initiative."""
    index = InitiativeIndexPage.objects.get()
    return Form.open(a_member_of("Publishers"), f"/admin/pages/add/initiatives/initiativepage/{index.pk}/")


@pytest.fixture
def complete(iucn):
    """What somebody types who leaves nothing out."""
    return {
        "title": "Saxaul nursery",
        "slug": "nursery",
        "summary": "Young plants for the dry sea bed.",
        **stream("body", ("heading", "What the nursery does"), ("heading", "What it “cannot” do")),
        "start_year": "2024",
        "end_year": "2029",
        "budget_amount": "1610000",
        "budget_currency": "CHF",
        "budget_basis": "total_budget",
        **rows("participations", {"organisation": iucn.pk, "role": "lead", "label": ""}),
    }


def is_refused(form, button, typed):
    """Send it, and return what stands beside the fields once everything typed is found to be there still."""
    again = Form(form.client, form.send(button, **typed))
    shown = again.values
    for name, value in (form.values | typed).items():
        if name != "csrfmiddlewaretoken" and not name.endswith("-ORDER"):
            assert shown[name] == (value if isinstance(value, list) else str(value)), name
    assert not InitiativePage.objects.filter(title=typed["title"]).exists()
    return again


CONTRADICTIONS = [
    ({"start_year": "2029", "end_year": "2024"}, "end_year", "The end year 2024 lies before the start year 2029."),
    ({"start_year": "1947"}, "start_year", "greater than or equal to 1948"),
    ({"end_year": "21000"}, "end_year", "less than or equal to 2100"),
    ({"budget_amount": "-1"}, "budget_amount", "The amount must be more than 0 and less than 10 billion."),
    ({"budget_amount": "0"}, "budget_amount", "The amount must be more than 0 and less than 10 billion."),
    ({"budget_amount": "0.001"}, "budget_amount", "no more than 2 decimal places"),
    ({"budget_amount": "10000000000"}, "budget_amount", "The amount must be more than 0 and less than 10 billion."),
    ({"budget_amount": "1e400"}, "budget_amount", "no more than"),
    ({"budget_amount": "NaN"}, "budget_amount", "Enter a number."),
    ({"budget_amount": "11 million"}, "budget_amount", "Enter a number."),
    ({"budget_currency": ""}, "budget_currency", "In which currency is the amount?"),
    ({"budget_currency": "EUX"}, "budget_currency", "“EUX” is not a current ISO 4217 currency code."),
    ({"budget_currency": "DEM"}, "budget_currency", "“DEM” is not a current ISO 4217 currency code."),
    ({"budget_currency": "€"}, "budget_currency", "“€” is not a current ISO 4217 currency code."),
    ({"budget_amount": "", "budget_basis": ""}, "budget_currency", "There is no amount."),
    ({"budget_amount": "", "budget_currency": ""}, "budget_basis", "There is no amount."),
    ({"slug": "saxaul"}, "slug", "The slug 'saxaul' is already in use"),
    ({"slug": "two words"}, "slug", "Enter a valid"),
    ({"more_url": "javascript:alert(1)"}, "more_url", "Enter a valid URL."),
    ({"summary": "Words. " * 100}, "summary", "at most 600 characters"),
]


@pytest.mark.parametrize(("typed", "field", "sentence"), CONTRADICTIONS, ids=lambda value: str(value)[:40])
def test_a_contradiction_is_refused_beside_its_field_and_nothing_typed_is_lost(form, complete, typed, field, sentence):
    refused = is_refused(form, DRAFT, complete | typed)
    assert sentence in refused.sentences[field]


ROWS = [
    ({"role": "funder", "wording": ""}, "wording", "“Funded by” or “Supported by”: choose the wording."),
    ({"role": "partner", "wording": "funded"}, "wording", "Only a funder has this."),
    ({"role": "partner", "programme": "Facility"}, "programme", "Only a funder has this."),
    ({"role": "partner", "organisation": ""}, "organisation", "This field is required."),
]


@pytest.mark.parametrize(("row", "field", "sentence"), ROWS, ids=lambda value: str(value)[:40])
def test_an_organisation_without_its_role_or_wording_is_refused_in_its_row(form, complete, iucn, row, field, sentence):
    lead = {"organisation": iucn.pk, "role": "lead", "label": ""}
    typed = complete | rows("participations", lead, {"organisation": iucn.pk, **row})
    refused = is_refused(form, DRAFT, typed)
    assert sentence in refused.sentences[f"participations-1-{field}"]


def test_an_organisation_stands_once_in_a_role(form, complete, iucn):
    lead = {"organisation": iucn.pk, "role": "lead", "label": ""}
    refused = is_refused(form, PUBLISH, complete | rows("participations", lead, lead))
    assert "Please correct the duplicate values below." in refused.text


ACCEPTED = [
    ({}, "CHF 1.61 million"),
    ({"start_year": "2024", "end_year": "2024"}, "CHF 1.61 million"),
    ({"start_year": "1948", "end_year": "2100"}, "CHF 1.61 million"),
    ({"budget_amount": "0.01"}, "CHF 0.01"),
    ({"budget_amount": "9999999999.99"}, "CHF 9,999,999,999.99"),
    ({"budget_currency": "uzs"}, "UZS 1.61 million"),
    ({"budget_amount": "", "budget_currency": "", "budget_basis": ""}, "Budget not published"),
    ({"more_url": "https://www.iucn.org/"}, "CHF 1.61 million"),
]


@pytest.mark.parametrize(("typed", "budget"), ACCEPTED, ids=lambda value: str(value)[:40])
def test_what_holds_together_is_published(client, form, complete, typed, budget):
    assert form.send(PUBLISH, **complete | typed).status_code == 302
    page = read(client, "/en/initiatives/nursery/")
    assert page.title == "Saxaul nursery"
    assert budget in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "What it “cannot” do" in page.text


def test_a_funder_with_its_wording_is_published(client, form, complete, iucn):
    ministry = OrganisationPage.objects.get(slug="ministry")
    lead = {"organisation": iucn.pk, "role": "lead"}
    funders = [
        {"organisation": ministry.pk, "role": "funder", "wording": "supported", "programme": "River Facility"},
        {"organisation": ministry.pk, "role": "funder", "wording": "supported", "programme": "Lake Facility"},
    ]
    assert form.send(PUBLISH, **complete | rows("participations", lead, *funders)).status_code == 302
    page = read(client, "/en/initiatives/nursery/")
    for words in ("Supported by", "Ministry of Rivers", "River Facility", "Lake Facility"):
        assert words in page.text


INCOMPLETE = [
    (
        {"participations-0-role": "partner"},
        None,
        "Say who leads the initiative: add an organisation with the role Lead.",
    ),
    ({"budget_basis": ""}, "budget_basis", "Say what the amount is: the total budget or IUCN's share."),
    ({"start_year": ""}, "start_year", "This field is required."),
    ({"summary": ""}, "summary", "This field is required."),
]


@pytest.mark.parametrize(("typed", "field", "sentence"), INCOMPLETE, ids=lambda value: str(value)[:40])
def test_something_missing_is_refused_on_publishing(form, complete, typed, field, sentence):
    refused = is_refused(form, PUBLISH, complete | typed)
    assert sentence in (refused.sentences[field] if field else refused.text)


@pytest.mark.parametrize(("typed", "field", "sentence"), INCOMPLETE[:2], ids=lambda value: str(value)[:40])
def test_something_missing_may_stay_missing_in_a_draft(client, form, complete, typed, field, sentence):
    assert form.send(DRAFT, **complete | typed).status_code == 302
    draft = InitiativePage.objects.get(slug="nursery")
    assert not draft.live
    assert client.get("/en/initiatives/nursery/").status_code == 404
    # And it opens again with everything in it.
    again = Form.open(form.client, f"/admin/pages/{draft.pk}/edit/").values
    assert (again["title"], again["budget_currency"], again["body-1-value"]) == (
        "Saxaul nursery",
        "CHF",
        "What it “cannot” do",
    )


def test_a_lead_whose_row_is_deleted_leads_no_more(form, complete):
    typed = complete | {"participations-0-DELETE": "1"}
    answer = form.send(PUBLISH, **typed)
    assert "Say who leads the initiative" in Form(form.client, answer).text


MARKUP = """<script>alert('1')</script> & "Steppe" 'n' {{ 7|add:7 }}"""


def test_markup_in_a_title_is_shown_as_text_wherever_the_title_stands(client, iucn):
    uzbekistan = InitiativePage.objects.get(slug="saxaul").countries.get(slug="uzbekistan")
    organisation = an_organisation(MARKUP, slug="markup", acronym="<b>X</b>")
    places = {"countries": [uzbekistan], "summary": MARKUP, "targets_of": MARKUP}
    an_initiative(MARKUP, iucn, a_funder(organisation, label=MARKUP), a_partner(organisation), slug="markup", **places)
    addresses = [page.url for page in Page.objects.filter(depth__gt=1)]
    addresses += ["/en/search/?q=steppe", "/en/initiatives/?funder=markup", "/sitemap-1.xml"]
    shown = 0
    for address in addresses:
        text = client.get(address).content.decode()
        assert "<script>alert" not in text, address
        assert "<b>X" not in text, address
        assert "{{" not in text.replace("{{ 7|add:7 }}", ""), address
        shown += "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &amp; &quot;Steppe&quot;" in text
    assert shown >= 6
