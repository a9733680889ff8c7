"""An initiative's page: its term, money, targets, documents, how to cite it, and the words explained."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from initiatives.choices import GlossaryTerm
from initiatives.models import InitiativeIndexPage, InitiativePage, OrganisationPage
from tests.factories import a_member_of, an_initiative
from tests.forms import Form, rows
from tests.seeded import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

PUBLISH = "action-publish"
SAXAUL = "/en/initiatives/saxaul/"


@pytest.fixture
def it_is(monkeypatch):
    """Moves the clock, also the one of templates: it_is(2027, 3, 2), at noon in Tashkent, or with hour and minute."""

    def move(year, month, day, hour=12, minute=0):
        moment = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Tashkent"))

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return moment.astimezone(tz)

        monkeypatch.setattr(timezone, "now", lambda: moment)
        monkeypatch.setattr("django.template.defaulttags.datetime", Clock)

    return move


@pytest.fixture
def saxaul():
    return InitiativePage.objects.get(slug="saxaul")


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
    return {
        "title": "Nursery",
        "slug": "nursery",
        "summary": "Young plants.",
        "start_year": "2024",
        "end_year": "2029",
        **rows("participations", {"organisation": iucn.pk, "role": "lead"}),
    }


def section_of(page, heading):
    """The section with this heading, or None."""
    found = [h.find_parent("section") for h in page.main.find_all("h2") if words(h) == heading]
    return found[0] if found else None


def items_of(page, heading):
    section = section_of(page, heading)
    return [" ".join(item.get_text().split()) for item in section.find_all("li")] if section else []


# Term


DAYS = [
    ((2023, 12, 31, 23, 59), "2024–2029, planned to end in 2029"),
    ((2024, 1, 1, 0, 0), "2024–2029, year 1 of 6, planned to end in 2029"),
    ((2026, 7, 1), "2024–2029, year 3 of 6, planned to end in 2029"),
    ((2029, 1, 1, 0, 0), "2024–2029, year 6 of 6, planned to end in 2029"),
    ((2029, 12, 31, 23, 59), "2024–2029, year 6 of 6, planned to end in 2029"),
    ((2030, 1, 1, 0, 0), "2024–2029"),
]


@pytest.mark.parametrize(("day", "term"), DAYS)
def test_the_term_says_how_far_it_is_and_when_it_is_to_end(client, it_is, day, term):
    it_is(*day)
    assert term_of(read(client, SAXAUL)) == term


@pytest.mark.parametrize(
    ("year", "term"),
    [
        (2025, "2026, planned to end in 2026"),
        (2026, "2026, year 1 of 1, planned to end in 2026"),
        (2027, "2026"),
    ],
)
def test_the_term_of_a_single_year(client, it_is, iucn, year, term):
    an_initiative("Nursery", iucn, slug="nursery", start_year=2026, end_year=2026)
    it_is(year, 5, 1)
    assert term_of(read(client, "/en/initiatives/nursery/")) == term


def term_of(page):
    """The words of the term, without those in its bar."""
    [term] = [term for term in page.main.find_all("dt") if words(term) == "Duration"]
    return " ".join(term.find_next("dd").find(string=True, recursive=False).split())


# Money


BUDGETS = [
    (
        ("11000000", "EUR", "total_budget"),
        "Total budget",
        "EUR 11 million",
        "11000000.00",
        "EUR 11,000,000. The budget of the whole initiative.",
    ),
    (
        ("1610000.00", "CHF", "iucn_share"),
        "IUCN's share of the budget",
        "CHF 1.61 million",
        "1610000.00",
        "CHF 1,610,000. The part of the budget that IUCN receives, not the budget of the whole initiative.",
    ),
    (
        ("541500.5", "USD", "total_budget"),
        "Total budget",
        "USD 541,500.50",
        "541500.50",
        "The budget of the whole initiative.",
    ),
]


@pytest.mark.parametrize(("budget", "label", "amount", "exact", "basis"), BUDGETS)
def test_a_budget_is_shown_with_its_basis_in_words_and_to_the_cent(client, iucn, budget, label, amount, exact, basis):
    fields = dict(zip(("budget_amount", "budget_currency", "budget_basis"), budget, strict=True))
    an_initiative("Nursery", iucn, slug="nursery", **fields)
    page = read(client, "/en/initiatives/nursery/")
    assert page.facts[label] == amount
    money = page.main.find(class_="key-facts__budget")
    assert money.data["value"] == exact
    assert words(money.find_all("dd")[1]) == basis


def test_a_budget_that_is_not_published_has_neither_amount_nor_basis(client, iucn):
    an_initiative("Nursery", iucn, slug="nursery")
    money = read(client, "/en/initiatives/nursery/").main.find(class_="key-facts__budget")
    assert words(money) == "Budget Budget not published"


# Targets


TARGET = {"value": "5000", "unit": "hectares", "text": "dry sea bed to be planted"}
PROGRESS = {"progress": "1200.5", "progress_on": "2026-06-30", "progress_source": "Field survey"}


@pytest.mark.parametrize("given", [[], list(PROGRESS)], ids=str)
def test_a_target_is_published_without_progress_or_with_all_of_it(client, form, complete, given):
    target = TARGET | {name: PROGRESS[name] for name in given}
    assert form.send(PUBLISH, **complete | rows("targets", target)).status_code == 302
    targets = section_of(read(client, "/en/initiatives/nursery/"), "Targets")
    shown = "dry sea bed to be planted 5,000 hectares"
    assert words(targets.dl) == (f"{shown} 1,200.5 hectares by 30 June 2026 (Field survey)" if given else shown)


@pytest.mark.parametrize(
    "given",
    [
        ["progress"],
        ["progress_on"],
        ["progress_source"],
        ["progress", "progress_on"],
        ["progress", "progress_source"],
        ["progress_on", "progress_source"],
    ],
    ids=str,
)
def test_progress_without_figure_day_or_source_is_refused_beside_what_is_missing(form, complete, given):
    target = TARGET | {name: PROGRESS[name] for name in given}
    refused = Form(form.client, form.send(PUBLISH, **complete | rows("targets", target)))
    missing = {f"targets-0-{name}" for name in PROGRESS if name not in given}
    assert refused.sentences == dict.fromkeys(missing, "Progress needs a figure, its day and its source.")
    assert {name: refused.values[f"targets-0-{name}"] for name in given} == {name: PROGRESS[name] for name in given}
    assert not InitiativePage.objects.filter(slug="nursery").exists()


def test_progress_may_be_nothing_but_not_less(client, form, complete):
    less = complete | rows("targets", TARGET | PROGRESS | {"progress": "-1"})
    assert "targets-0-progress" in Form(form.client, form.send(PUBLISH, **less)).sentences
    nothing = complete | rows("targets", TARGET | PROGRESS | {"progress": "0"})
    assert form.send(PUBLISH, **nothing).status_code == 302
    assert "0 hectares by 30 June 2026 (Field survey)" in read(client, "/en/initiatives/nursery/").text


@pytest.mark.parametrize(("whose", "heading"), [("", "Targets"), ("the whole project", "Targets of the whole project")])
def test_targets_say_whose_they_are(client, form, complete, whose, heading):
    assert form.send(PUBLISH, **complete | rows("targets", TARGET) | {"targets_of": whose}).status_code == 302
    assert section_of(read(client, "/en/initiatives/nursery/"), heading)


def test_without_targets_there_is_no_heading_for_them(client):
    assert "Targets" not in read(client, SAXAUL).text


# Documents


def a_document(form, title, collection):
    """Uploaded as staff do it."""
    file = ContentFile(b"%PDF-1.4".ljust(2048), name=f"{title.lower()}.pdf")
    typed = {"title": title, "file": file, "collection": collection.pk}
    assert form.client.post("/admin/documents/add/", typed).status_code == 302
    return get_document_model().objects.get(title=title)


def test_public_documents_are_listed_with_type_and_size_and_those_of_a_private_collection_are_not(
    client, form, complete
):
    public = Collection.get_first_root_node()
    private = public.add_child(name="Internal")
    documents = [
        a_document(form, "Agreement", public),
        a_document(form, "Minutes", private),
        a_document(form, "Drafts", private.add_child(name="Notes")),
    ]
    typed = complete | rows("documents", *({"document": document.pk} for document in documents))
    assert form.send(PUBLISH, **typed).status_code == 302
    before = items_of(read(client, "/en/initiatives/nursery/"), "Documents")
    assert before == [f"{title} (PDF, 2.0 KB)" for title in ("Agreement", "Minutes", "Drafts")]

    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    page = read(client, "/en/initiatives/nursery/")
    assert items_of(page, "Documents") == ["Agreement (PDF, 2.0 KB)"]
    assert client.get(section_of(page, "Documents").a["href"]).status_code == 200
    assert "minutes" not in client.get("/en/initiatives/nursery/").content.decode().lower()

    CollectionViewRestriction.objects.create(collection=public, restriction_type="login")
    assert not section_of(read(client, "/en/initiatives/nursery/"), "Documents")


def test_without_documents_there_is_no_heading_for_them(client):
    assert not section_of(read(client, SAXAUL), "Documents")


# Confirmed on, and how to cite


def test_the_day_when_the_figures_were_confirmed(client, saxaul):
    assert "Figures confirmed on" not in read(client, SAXAUL).text
    saxaul.figures_confirmed_on = date(2026, 11, 5)
    saxaul.save_revision().publish()
    assert read(client, SAXAUL).facts["Figures confirmed on"] == "5 November 2026"


def citation(page):
    return " ".join(section_of(page, "How to cite this page").p.get_text().split())


def test_how_to_cite_the_page(client, it_is, iucn):
    it_is(2027, 3, 1, 1, 30)  # The evening before in London.
    confirmed = date(2027, 1, 15)
    an_initiative("Nursery & shade", iucn, slug="nursery", figures_confirmed_on=confirmed)
    it_is(2027, 4, 1, 1, 30)
    assert citation(read(client, "/en/initiatives/nursery/")) == (
        "IUCN Central Asia Office. Nursery & shade. http://127.0.0.1:8000/en/initiatives/nursery/. "
        "Changed on 1 March 2027. Figures confirmed on 15 January 2027. Accessed on 1 April 2027."
    )


def test_a_citation_does_not_speak_of_figures_that_nobody_confirmed(client, it_is, iucn):
    it_is(2027, 3, 1)
    an_initiative("Nursery", iucn, slug="nursery")
    assert citation(read(client, "/en/initiatives/nursery/")) == (
        "IUCN Central Asia Office. Nursery. http://127.0.0.1:8000/en/initiatives/nursery/. "
        "Changed on 1 March 2027. Accessed on 1 March 2027."
    )


# Words


def take_down(page):
    page.unpublish()


def expire(page):
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now())


def explain(*terms):
    index = InitiativeIndexPage.objects.get()
    index.glossary = [("word", {"term": term, "text": f"What {term} is."}) for term in terms]
    index.save_revision().publish()
    return index


def explained(client, address=SAXAUL):
    """Where each linked word leads."""
    return {words(link): link["href"] for link in read(client, address).main.select("a.explained")}


WORDS = {
    "Total budget": "/en/initiatives/#budget-basis",
    "Duration": "/en/initiatives/#duration",
    "Led by": "/en/initiatives/#lead",
    "Supported by": "/en/initiatives/#supporter",
    "With": "/en/initiatives/#partner",
}


def test_words_lead_to_their_explanations(client):
    explain(*GlossaryTerm.values)
    assert explained(client) == WORDS
    assert explained(client, "/en/initiatives/glacier-watch/") == {
        "Duration": "/en/initiatives/#duration",
        "Led by": "/en/initiatives/#lead",
        "Funded by": "/en/initiatives/#funder",
    }


def test_a_word_that_nobody_explained_is_only_a_word(client):
    assert explained(client) == {}
    explain("duration", "partner")
    assert explained(client) == {"Duration": "/en/initiatives/#duration", "With": "/en/initiatives/#partner"}
    assert read(client, SAXAUL).facts["Led by"] == "International Union for Conservation of Nature (IUCN)"


@pytest.mark.parametrize("hide", [take_down, expire])
def test_words_lead_nowhere_while_the_directory_is_not_public(client, hide):
    hide(explain(*GlossaryTerm.values))
    assert explained(client) == {}
    assert 'href="/en/initiatives/#' not in client.get(SAXAUL).content.decode()


def test_the_directory_explains_words_at_their_anchors(client):
    assert not section_of(read(client, "/en/initiatives/"), "What the words mean")
    explain("budget-basis", "lead")
    glossary = section_of(read(client, "/en/initiatives/"), "What the words mean")
    shown = [(entry["id"], words(entry.dt), words(entry.dd)) for entry in glossary.dl.find_all("div")]
    assert shown == [
        ("budget-basis", "Budget basis", "What budget-basis is."),
        ("lead", "Lead", "What lead is."),
    ]
