"""An organisation's page: what it is, its initiatives by role with their money, its files, what a funder requires."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from initiatives.models import InitiativeIndexPage, InitiativePage, OrganisationIndexPage, OrganisationPage
from iucn_ca.images import make_renditions
from regions.models import Country
from tests.factories import (
    a_funder,
    a_member_of,
    a_partner,
    a_picture,
    an_initiative,
    an_organisation,
    many_initiatives,
)
from tests.forms import Form
from tests.seeded import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

DRAFT, PUBLISH = "", "action-publish"
TRUST = "/en/organisations/kestrel-trust/"
HOW = "Each total adds up the budgets of one currency and one basis. Nothing is converted."
WHOSE = "They are the budgets of the initiatives, not what the organisation itself gives or receives."


@pytest.fixture
def trust():
    return an_organisation("Kestrel Trust", slug="kestrel-trust")


@pytest.fixture
def iucn():
    return organisation("iucn")


def organisation(slug):
    return OrganisationPage.objects.get(slug=slug)


def budget(amount, currency, basis="total_budget"):
    return {"budget_amount": amount, "budget_currency": currency, "budget_basis": basis}


def sections(page):
    """The sections of the page by their headings."""
    return {words(section.h2): section for section in page.main.find_all("section") if section.h2}


def chart(page, heading):
    """The titles in the term chart of one role."""
    return [words(link) for link in sections(page)[heading].select(".term-row__title")]


def totals(page, heading):
    return [words(item) for item in sections(page)[heading].select(".totals li")]


ROLES = ["Leads", "Funds or supports", "Takes part in"]


def roles(page):
    return [heading for heading in sections(page) if heading in ROLES]


# What it is


def test_what_an_organisation_is(client):
    uzbekistan = Country.objects.get(code="UZ")
    fields = {"acronym": "KT", "country": uzbekistan, "site": "https://kestrel.example/", "summary": "A trust."}
    an_organisation("Kestrel Trust", "donor_government", slug="kestrel-trust", **fields)
    page = read(client, TRUST)
    assert page.title == "Kestrel Trust (KT)"
    assert page.facts == {
        "Type": "Donor government",
        "Country": "Uzbekistan",
        "Web site": "https://kestrel.example/",
    }
    assert page.main.find("a", href="https://kestrel.example/")
    assert "A trust." in page.text


def test_of_what_nobody_entered_nothing_stands_there(client, trust):
    page = read(client, TRUST)
    assert page.title == "Kestrel Trust"
    assert page.facts == {"Type": "Non-governmental organisation"}


# Its initiatives by role


def test_initiatives_stand_under_each_role_of_the_organisation_in_them(client, iucn, trust):
    an_initiative("Led", trust, start_year=2026)
    an_initiative("Led and funded", trust, a_funder(trust), start_year=2025)
    an_initiative("Supported", iucn, a_funder(trust, "supported"), start_year=2024)
    an_initiative("Joined", iucn, a_partner(trust))
    an_initiative("Strange", iucn)
    page = read(client, TRUST)
    assert roles(page) == ROLES
    assert chart(page, "Leads") == ["Led", "Led and funded"]
    assert chart(page, "Funds or supports") == ["Led and funded", "Supported"]
    assert chart(page, "Takes part in") == ["Joined"]
    row = sections(page)["Takes part in"].select_one(".term-row:not(.term-row--axis)")
    assert row.a["href"] == "/en/initiatives/joined/"
    assert row.svg, "its bar"
    assert "2024–2029, Budget not published" in words(row)


def test_a_role_that_the_organisation_has_nowhere_is_not_named(client, iucn, trust):
    assert roles(read(client, TRUST)) == []
    an_initiative("Joined", iucn, a_partner(trust))
    assert roles(read(client, TRUST)) == ["Takes part in"]


def take_down(page):
    page.unpublish()


def make_private(page):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def expire(page):
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))


HIDING = pytest.mark.parametrize("hide", [take_down, make_private, expire])


@HIDING
def test_initiatives_that_are_not_public_stand_neither_in_a_role_nor_in_a_total(client, trust, hide):
    an_initiative("Open", trust, **budget("100", "EUR"))
    hidden = an_initiative("Hidden", trust, **budget("11", "EUR"))
    funded = an_initiative("Funded", organisation("iucn"), a_funder(trust))
    before = read(client, TRUST)
    assert roles(before) == ["Leads", "Funds or supports"]
    assert chart(before, "Leads") == ["Hidden", "Open"]
    assert totals(before, "Leads") == ["Total budget, 2 initiatives EUR 111"]
    for page in (hidden, funded):
        hide(page)
    after = read(client, TRUST)
    assert roles(after) == ["Leads"]
    assert chart(after, "Leads") == ["Open"]
    assert totals(after, "Leads") == ["Total budget, 1 initiative EUR 100"]


# Totals


def test_amounts_are_added_up_for_each_role_currency_and_basis_to_the_cent(client, iucn, trust):
    an_initiative("One", trust, **budget("9999999999.99", "EUR"))
    an_initiative("Two", trust, **budget("0.02", "EUR"))
    an_initiative("Three", trust, **budget("1610000", "EUR", "iucn_share"))
    an_initiative("Four", trust, a_funder(trust), **budget("541500.50", "CHF"))
    page = read(client, TRUST)
    assert totals(page, "Leads") == [
        "Total budget, 1 initiative CHF 541,500.50",
        "Total budget, 2 initiatives EUR 10,000,000,000.01",
        "IUCN's share, 1 initiative EUR 1,610,000",
    ]
    assert totals(page, "Funds or supports") == ["Total budget, 1 initiative CHF 541,500.50"]
    for heading in ("Leads", "Funds or supports"):
        assert f"{HOW} {WHOSE}" in words(sections(page)[heading])
        assert "stands in no total" not in words(sections(page)[heading])


def test_a_second_role_in_some_initiatives_does_not_part_the_totals_of_the_first(client, iucn, trust):
    an_initiative("Led", trust, **budget("100", "EUR"))
    an_initiative("Led and funded", trust, a_funder(trust), **budget("11", "EUR"))
    page = read(client, TRUST)
    assert totals(page, "Leads") == ["Total budget, 2 initiatives EUR 111"]
    assert totals(page, "Funds or supports") == ["Total budget, 1 initiative EUR 11"]


def test_two_programmes_of_one_funder_do_not_count_a_budget_twice(client, iucn, trust):
    programmes = [a_funder(trust, programme=name) for name in ("River Facility", "Lake Facility")]
    an_initiative("One", iucn, *programmes, **budget("100", "EUR"))
    page = read(client, TRUST)
    assert chart(page, "Funds or supports") == ["One"]
    assert totals(page, "Funds or supports") == ["Total budget, 1 initiative EUR 100"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, "1 initiative whose budget is not published stands in no total."),
        (2, "2 initiatives whose budgets are not published stand in no total."),
    ],
)
def test_totals_say_how_many_initiatives_they_leave_out(client, trust, number, sentence):
    an_initiative("Published", trust, **budget("100", "EUR"))
    for step in range(number):
        an_initiative(f"Not {step}", trust)
    page = read(client, TRUST)
    assert totals(page, "Leads") == ["Total budget, 1 initiative EUR 100"]
    assert f"{HOW} {sentence} {WHOSE}" in words(sections(page)["Leads"])


def test_where_no_budget_is_published_there_are_no_totals(client, trust):
    an_initiative("Not", trust)
    section = sections(read(client, TRUST))["Leads"]
    assert not section.select(".totals")
    assert HOW not in words(section)


# On to the directory and into a file


@pytest.fixture
def many_roles(iucn, trust):
    an_initiative("Led", trust)
    an_initiative("Led and funded", trust, a_funder(trust), group="previous")
    an_initiative("Supported", iucn, a_funder(trust, "supported"))
    an_initiative("Joined", iucn, a_partner(trust))
    an_initiative("Strange", iucn)


@pytest.mark.parametrize(
    ("heading", "address"),
    [
        ("Leads", "/en/initiatives/?lead=kestrel-trust"),
        ("Funds or supports", "/en/initiatives/?funder=kestrel-trust"),
        ("Takes part in", "/en/initiatives/?partner=kestrel-trust"),
    ],
)
@pytest.mark.usefixtures("many_roles")
def test_each_role_leads_to_the_same_initiatives_in_the_directory(client, heading, address):
    page = read(client, TRUST)
    [link] = sections(page)[heading].select(".more-link")
    assert (words(link), link["href"]) == ("In the directory", address)
    listed = [words(row.h3) for row in read(client, address).main.select(".initiative-row")]
    assert listed == chart(page, heading)


@pytest.mark.usefixtures("many_roles")
def test_its_files_hold_its_initiatives_and_no_other(client):
    links = {words(link): link["href"] for link in sections(read(client, TRUST))["Take the data with you"].select("a")}
    assert links == {
        "CSV": "/en/initiatives/initiatives.csv?organisation=kestrel-trust",
        "XLSX": "/en/initiatives/initiatives.xlsx?organisation=kestrel-trust",
        "JSON": "/en/initiatives/initiatives.json?organisation=kestrel-trust",
    }
    text = client.get(links["CSV"]).getvalue().decode("utf-8-sig")
    titles = [row["title"] for row in csv.DictReader(io.StringIO(text))]
    assert sorted(titles) == ["Joined", "Led", "Led and funded", "Supported"]
    assert [client.get(links[name]).status_code for name in ("XLSX", "JSON")] == [200, 200]


def test_an_organisation_without_initiatives_has_no_files(client, trust):
    assert "Take the data with you" not in sections(read(client, TRUST))


@pytest.mark.usefixtures("many_roles")
@pytest.mark.parametrize("hide", [take_down, expire])
def test_there_is_no_way_on_while_the_directory_is_not_public(client, hide):
    hide(InitiativeIndexPage.objects.get())
    page = read(client, TRUST)
    assert chart(page, "Takes part in") == ["Joined"]
    assert "Take the data with you" not in sections(page)
    assert not page.main.select(".more-link")


def test_of_more_than_24_initiatives_the_newest_are_listed_and_all_are_added_up(client):
    """The small office's own is one of them, with EUR 11 million."""
    many_initiatives(23)
    page = read(client, "/en/organisations/ministry/")
    assert len(chart(page, "Funds or supports")) == 24
    assert "are listed" not in page.text
    many_initiatives(2)
    page = read(client, "/en/organisations/ministry/")
    assert len(chart(page, "Funds or supports")) == 24
    assert "24 of 26 are listed: the current ones first, then those that began last." in page.text
    # Initiatives 3 to 27 have a budget of as many thousands.
    assert totals(page, "Funds or supports") == ["Total budget, 26 initiatives EUR 11,375,000"]


def test_where_not_all_are_listed_the_current_ones_are(client):
    """The small office's own, a previous activity that began after all the others, is the one left out."""
    pages = many_initiatives(24)
    InitiativePage.objects.filter(pk__in=[page.pk for page in pages]).update(group="current", start_year=2000)
    InitiativePage.objects.filter(slug="saxaul").update(group="previous", start_year=2024)
    page = read(client, "/en/organisations/ministry/")
    assert "24 of 25 are listed: the current ones first, then those that began last." in page.text
    assert "Saxaul for the Aral Sea" not in chart(page, "Funds or supports")


# What a funder requires


SENTENCE = "With the support of the people of Kestrel Island."


@pytest.fixture
def demanding():
    """A funder that requires its sentence and its logo."""
    logo = a_picture("Kestrel", description="A kestrel in flight")
    make_renditions(logo)
    return an_organisation("Kestrel Trust", slug="kestrel-trust", visibility_sentence=SENTENCE, logo=logo)


def shown_logos(page):
    return [picture["alt"] for picture in page.main.select(".visibility img")]


@pytest.mark.parametrize("wording", ["funded", "supported"])
def test_sentence_and_logo_stand_on_what_the_organisation_funds_or_supports(client, iucn, demanding, wording):
    parts = [a_funder(demanding, wording, programme=name) for name in ("River Facility", "Lake Facility")]
    an_initiative("Nursery", iucn, *parts)
    page = read(client, "/en/initiatives/nursery/")
    assert page.text.count(SENTENCE) == 1
    assert shown_logos(page) == ["A kestrel in flight"]


def test_sentence_and_logo_stand_on_no_other_initiative(client, iucn, demanding):
    an_initiative("Nursery", demanding, a_partner(demanding))
    an_initiative("Strange", iucn, a_funder(organisation("ministry")))
    for address in ("/en/initiatives/nursery/", "/en/initiatives/strange/", "/en/initiatives/saxaul/"):
        page = read(client, address)
        assert SENTENCE not in page.text, address
        assert not page.main.select(".visibility"), address


def test_a_sentence_stands_without_a_logo_and_a_logo_without_a_sentence(client, iucn, demanding):
    speaking = an_organisation("Falcon Trust", visibility_sentence="With falcons.")
    an_initiative("Nursery", iucn, a_funder(demanding), a_funder(speaking))
    OrganisationPage.objects.filter(pk=demanding.pk).update(visibility_sentence="")
    page = read(client, "/en/initiatives/nursery/")
    assert [words(part) for part in page.main.select(".visibility")] == ["", "With falcons."]
    assert shown_logos(page) == ["A kestrel in flight"]


@HIDING
def test_sentence_and_logo_of_an_organisation_that_is_not_public_stand_nowhere(client, iucn, demanding, hide):
    an_initiative("Nursery", iucn, a_funder(demanding))
    hide(demanding)
    page = read(client, "/en/initiatives/nursery/")
    assert SENTENCE not in page.text
    assert not page.main.select(".visibility")


@pytest.mark.parametrize(
    ("credit", "description", "is_taken"),
    [("Anna Petrova", "A kestrel", True), ("", "A kestrel", False), ("Anna Petrova", "", False), ("", "", False)],
)
def test_a_logo_is_published_with_credit_and_description_only(credit, description, is_taken):
    logo = a_picture("Kestrel", credit=credit, description=description)
    index = OrganisationIndexPage.objects.get()
    form = Form.open(a_member_of("Publishers"), f"/admin/pages/add/initiatives/organisationpage/{index.pk}/")
    typed = {"title": "Kestrel Trust", "slug": "kestrel-trust", "summary": "A trust.", "kind": "ngo"}
    answer = form.send(PUBLISH, logo=str(logo.pk), **typed)
    assert OrganisationPage.objects.filter(slug="kestrel-trust", live=True).exists() == is_taken
    if not is_taken:
        again = Form(form.client, answer)
        assert list(again.sentences) == ["logo"]
        assert again.values["logo"] == str(logo.pk)
        # A draft may wait for it.
        assert again.send(DRAFT).status_code == 302
