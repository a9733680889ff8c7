"""What holds for every page: its place in the tree, its form, its picture; and the office's own pages."""

import pytest
from wagtail.models import Locale, Page, Site, get_page_models

from initiatives.models import InitiativePage
from initiatives.organisations import OrganisationPage
from iucn_ca.models import BasePage, HomePage, OfficeSettings, StandardPage
from regions.models import Country, CountryPage, HotspotPage, RegionPage
from species.models import SpeciesPage
from tests.factories import a_member_of, a_picture, a_text_page
from tests.forms import Form, rows, stream
from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

DRAFT, PUBLISH = "", "action-publish"
# Page type: where it may stand, what may stand under it, whether there is only one.
TREE = {
    "HomePage": (
        ["Page"],
        ["InitiativeIndexPage", "OrganisationIndexPage", "RegionPage", "SpeciesIndexPage", "StandardPage"],
        True,
    ),
    "StandardPage": (["HomePage"], [], False),
    "RegionPage": (["HomePage"], ["CountryPage", "HotspotPage"], True),
    "CountryPage": (["RegionPage"], [], False),
    "HotspotPage": (["RegionPage"], [], False),
    "SpeciesIndexPage": (["HomePage"], ["SpeciesPage"], True),
    "SpeciesPage": (["SpeciesIndexPage"], [], False),
    "InitiativeIndexPage": (["HomePage"], ["InitiativePage"], True),
    "InitiativePage": (["InitiativeIndexPage"], [], False),
    "OrganisationIndexPage": (["HomePage"], ["OrganisationPage"], True),
    "OrganisationPage": (["OrganisationIndexPage"], [], False),
}
OURS = [model for model in get_page_models() if issubclass(model, BasePage)]


def names(models):
    return sorted(model.__name__ for model in models)


@pytest.fixture(scope="module")
def publisher(office):
    return a_member_of("Publishers")


def form_of_a_new(page_type):
    parent_type = page_type.allowed_parent_page_models()[0]
    parent = Page.objects.get(depth=1) if parent_type is Page else parent_type.objects.first()
    return f"/admin/pages/add/{page_type._meta.app_label}/{page_type._meta.model_name}/{parent.pk}/"


# The tree


def test_every_page_type_has_its_place():
    assert names(OURS) == sorted(TREE)
    assert names(Page.allowed_subpage_models()) == ["HomePage", "Page"]
    for model in OURS:
        parents, children, _ = TREE[model.__name__]
        assert names(model.allowed_parent_page_models()) == parents, model
        assert names(model.allowed_subpage_models()) == children, model


@pytest.mark.parametrize("page_type", OURS, ids=lambda model: model.__name__)
def test_a_second_page_is_offered_unless_one_is_enough(page_type, admin_client):
    answer = admin_client.get(form_of_a_new(page_type))
    only_one = TREE[page_type.__name__][2]
    assert answer.status_code == (302 if only_one else 200)


def test_a_page_where_it_does_not_belong_is_not_made(admin_client):
    region = RegionPage.objects.get()
    address = f"/admin/pages/add/iucn_ca/standardpage/{region.pk}/"
    before = Page.objects.count()
    assert admin_client.get(address).status_code in (302, 403)
    assert admin_client.post(address, {"title": "Stray", "slug": "stray", "summary": "Words."}).status_code != 200
    assert Page.objects.count() == before


# The forms


@pytest.mark.parametrize("page_type", OURS, ids=lambda model: model.__name__)
def test_no_form_asks_for_more_than_nine_things(page_type, admin_client):
    if TREE[page_type.__name__][2]:
        address = f"/admin/pages/{page_type.objects.get().pk}/edit/"
    else:
        address = form_of_a_new(page_type)
    required = Form.open(admin_client, address).required
    assert {"title", "summary", "slug"} <= required
    assert len(required) <= 9, required


@pytest.mark.parametrize("page_type", OURS, ids=lambda model: model.__name__)
def test_a_published_page_can_be_opened_and_published_again(page_type, publisher, client):
    page = page_type.objects.first()
    form = Form.open(publisher, f"/admin/pages/{page.pk}/edit/")
    answer = form.send(PUBLISH, title=f"{page.title} again")
    assert answer.status_code == 302, Form(publisher, answer).sentences
    assert f"{page.title} again" in client.get(page.url).content.decode()


def typed_into(page_type):
    """Something in every kind of field and row of a form, not yet saved."""
    source = rows("sources", {"title": "A source to look at", "url": ""})
    english = Locale.objects.get(language_code="en")
    Country.objects.create(name="Kyrgyzstan", slug="kyrgyzstan", code="KG", in_region=True, locale=english)
    uzbekistan, iucn = Country.objects.get(code="UZ").pk, OrganisationPage.objects.get(slug="iucn").pk
    return {
        StandardPage: stream("body", ("heading", "A heading to look at")),
        CountryPage: {"country": Country.objects.get(code="KG").pk, "state_member_since": "2020"},
        HotspotPage: source
        | rows("ecosystems", {"text": "salt flats"})
        | rows("threats", {"text": "fences"})
        | {"countries": [uzbekistan]},
        SpeciesPage: source
        | rows("names", {"language": "uz", "name": "Qulon"})
        | rows("threats", {"text": "fences"})
        | {"scientific_name": "Equus hemionus", "range_countries": [uzbekistan]}
        | {"hotspots": [HotspotPage.objects.get(slug="pamir").pk]},
        InitiativePage: source
        | rows("participations", {"organisation": iucn, "role": "lead"})
        | rows("targets", {"value": "50000", "unit": "hectares", "text": "land to be restored"})
        | {"start_year": "2025", "end_year": "2026", "countries": [uzbekistan]}
        | {"species": [SpeciesPage.objects.get(slug="saiga").pk]},
        OrganisationPage: {"kind": "ngo", "country": uzbekistan},
    }[page_type]


@pytest.mark.parametrize(
    ("page_type", "shown"),
    [
        (StandardPage, ["A heading to look at"]),
        (CountryPage, ["2020"]),
        (HotspotPage, ["Salt flats", "Fences", "Uzbekistan", "A source to look at"]),
        (SpeciesPage, ["Equus hemionus", "Qulon", "Fences", "Pamir", "Uzbekistan", "A source to look at"]),
        (
            InitiativePage,
            ["International Union", "50,000 hectares", "Saiga antelope", "Uzbekistan", "A source to look at"],
        ),
        (OrganisationPage, ["Non-governmental organisation", "Uzbekistan"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_page_is_previewed_before_it_was_ever_saved(page_type, shown, publisher):
    form = Form.open(publisher, form_of_a_new(page_type))
    typed = {"title": "Not saved yet", "slug": "not-saved", "summary": "Words to look at."} | typed_into(page_type)
    preview = f"{form_of_a_new(page_type)}preview/"
    assert publisher.post(preview, form.values | typed).json()["is_valid"]
    page = read(publisher, preview)
    assert page.title == "Not saved yet"
    for words in ["Words to look at.", *shown]:
        assert words in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert not Page.objects.filter(slug="not-saved").exists()


# Titles, slugs, texts


@pytest.fixture
def form(publisher):
    """The form of a new standard page."""
    return Form.open(publisher, form_of_a_new(StandardPage))


WORDS = {"title": "Terms", "slug": "terms", "summary": "What holds here."}


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"slug": "privacy"}, "slug", "The slug 'privacy' is already in use within the parent page."),
        ({"slug": "two words"}, "slug", "Enter a valid"),
        ({"title": ""}, "title", "This field is required."),
        ({"title": "T" * 256}, "title", "at most 255 characters"),
    ],
)
def test_a_title_or_address_that_cannot_be_is_refused(form, typed, field, sentence):
    refused = Form(form.client, form.send(PUBLISH, **WORDS | typed))
    assert sentence in refused.sentences[field]
    assert refused.values["summary"] == "What holds here."
    assert refused.values[field] == typed[field]


def test_a_title_in_any_script_with_quotes_is_shown_as_typed(form, client):
    title = "“Ҷайҳун” & Oʻzbekiston’s 'steppe' — ™ <em>"
    assert form.send(PUBLISH, **WORDS | {"title": title}).status_code == 302
    page = read(client, "/en/terms/")
    assert page.title == title
    assert not page.main.h1.find("em")


# Pictures


def test_a_picture_without_a_credit_stays_in_the_draft(form, client):
    picture = a_picture("Nameless", credit="", description="Grass.")
    typed = WORDS | {"picture": picture.pk}
    refused = Form(form.client, form.send(PUBLISH, **typed))
    assert refused.sentences["picture"] == "“Nameless” has no credit yet. Open the picture and enter it."
    assert refused.values["picture"] == str(picture.pk)
    assert form.send(DRAFT, **typed).status_code == 302
    assert client.get("/en/terms/").status_code == 404


def test_a_picture_in_the_text_needs_its_credit_too(form):
    picture = a_picture("Nameless", credit="")
    body = stream("body", ("picture", {"image": picture.pk, "alt_text": "Grass.", "decorative": ""}))
    refused = Form(form.client, form.send(PUBLISH, **WORDS | body))
    assert refused.sentences["body"].startswith("“Nameless” has no credit yet.")
    assert form.send(DRAFT, **WORDS | body).status_code == 302


def test_a_picture_that_nobody_described_stays_in_the_draft(form):
    picture = a_picture("Steppe", description="")
    typed = WORDS | {"picture": picture.pk}
    refused = Form(form.client, form.send(PUBLISH, **typed))
    assert refused.sentences == {"picture_alt": "Say what the picture shows, or mark it as decorative."}
    assert form.send(DRAFT, **typed).status_code == 302


@pytest.mark.parametrize(
    ("typed", "description", "shown"),
    [
        ({"picture_alt": "Grass in the wind."}, "Grass.", "Grass in the wind."),
        ({}, "Grass.", "Grass."),
        ({"picture_is_decorative": "on"}, "Grass.", ""),
        ({"picture_is_decorative": "on", "picture_alt": "Grass in the wind."}, "", ""),
    ],
)
def test_a_picture_with_credit_and_words_or_marked_as_decorative_is_published(form, typed, description, shown):
    picture = a_picture("Steppe", description=description)
    assert form.send(PUBLISH, **WORDS | {"picture": picture.pk} | typed).status_code == 302
    page = StandardPage.objects.get(slug="terms")
    assert page.live
    assert page.shown_alt == shown


# Blocks


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"text": "Here", "page": "", "url": ""}, "one of the two"),
        ({"text": "Here", "page": "home", "url": "https://www.iucn.org/"}, "one of the two"),
        ({"text": "Here", "page": "", "url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"text": "Here", "page": "home", "url": ""}, None),
        ({"text": "Here", "page": "", "url": "https://www.iucn.org/"}, None),
    ],
)
def test_a_link_leads_to_one_place(form, client, link, sentence):
    link["page"] = link["page"] and HomePage.objects.get().pk
    links = {"count": "1", "0": {"value": link, "order": "0", "deleted": "", "type": "item"}}
    answer = form.send(PUBLISH, **WORDS | stream("body", ("link_list", {"heading": "More", "links": links})))
    if sentence:
        assert sentence in Form(form.client, answer).sentences["body"]
        assert not StandardPage.objects.filter(slug="terms").exists()
    else:
        assert answer.status_code == 302
        [found] = read(client, "/en/terms/").main.find_all("a", string="Here")
        assert found["href"] in ("/en/", "https://www.iucn.org/")


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        ({"counted": "", "figure": ""}, "one of the two"),
        ({"counted": "species", "figure": "7"}, "one of the two"),
        ({"counted": "", "figure": "7"}, "A typed figure needs its source and date."),
        ({"counted": "", "figure": "7", "source": "IUCN"}, "A typed figure needs its source and date."),
        ({"counted": "", "figure": "7", "source": "IUCN", "as_of": "2026-11-22"}, None),
        ({"counted": "species", "figure": ""}, None),
    ],
)
def test_a_figure_of_the_home_page_can_be_checked(publisher, client, figure, sentence):
    home = HomePage.objects.get()
    form = Form.open(publisher, f"/admin/pages/{home.pk}/edit/")
    value = {"text": "counted things", "source": "", "as_of": "", **figure}
    answer = form.send(PUBLISH, **stream("figures", ("figure", value)))
    if sentence:
        assert sentence in Form(publisher, answer).sentences["figures"]
    else:
        assert answer.status_code == 302
        facts = read(client, "/en/").text
        assert "counted things" in facts
        assert ("22 November 2026" in facts) == bool(figure.get("as_of"))


def test_the_home_page_counts_its_records(client):
    home = HomePage.objects.get()
    kinds = ["countries", "hotspots", "species", "initiatives"]
    home.figures = [("figure", {"counted": kind, "text": f"all the {kind}"}) for kind in kinds]
    home.save_revision().publish()
    facts = read(client, "/en/").text
    for words in ("2 all the countries", "2 all the hotspots", "2 all the species", "2 all the initiatives"):
        number, what = words.split(" ", 1)
        assert words in facts or f"{what} {number}" in facts, facts


# Settings


def test_the_footer_speaks_the_language_of_the_page(client):
    settings = OfficeSettings.for_site(Site.objects.get(is_default_site=True))
    settings.email = "office@example.org"
    settings.texts = [
        ("texts", {"language": "en", "address": "1 Garden Street", "map_note": "Lines are schematic.", "footer": ""}),
        ("texts", {"language": "ru", "address": "Садовая улица, 1", "map_note": "", "footer": ""}),
    ]
    settings.save()
    footer = client.get("/en/").content.decode().split("<footer", 1)[1]
    assert "1 Garden Street" in footer
    assert "office@example.org" in footer
    assert "Садовая" not in footer
    assert settings.in_language("ru")["address"] == "Садовая улица, 1"
    assert settings.in_language("uz")["address"] == "1 Garden Street"
    assert OfficeSettings().in_language("en") == {}


def test_a_page_says_who_it_is_to_search_engines(client):
    a_text_page("Accessibility", seo_title="Reading this site", search_description="How anyone reads it.")
    head = client.get("/en/accessibility/").content.decode().split("</head>")[0]
    assert "<title>Reading this site | " in head
    assert 'content="How anyone reads it."' in head
    assert 'rel="canonical" href="http://127.0.0.1:8000/en/accessibility/"' in head
