"""Lists and the office's texts: drafts that nobody sees, a preview, and what is published at the next request."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Site

from initiatives.models import InitiativePage, Theme
from initiatives.organisations import OrganisationPage
from iucn_ca.models import HomePage, OfficeSettings
from iucn_ca.querysets import site_pages
from regions.models import Country, Ecosystem, HotspotPage, Threat
from species.models import SpeciesPage
from tests import factories
from tests.forms import Form, stream
from tests.html import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

SEARCHES = ["/en/search/?q=", "/en/initiatives/?q="]
LISTS = [
    (Country, "Kazakhstan", "/en/species/saiga/"),
    (Ecosystem, "Steppe", "/en/region/ustyurt/"),
    (Threat, "Poaching", "/en/region/"),
    (Theme, "Restoration", "/en/initiatives/saxaul/"),
]
each_list = pytest.mark.parametrize(
    ("model", "name", "address"), LISTS, ids=["country", "ecosystem", "threat", "theme"]
)


@pytest.fixture
def publisher():
    return factories.a_member_of("Publishers")


def form_of(record):
    return reverse(type(record).snippet_viewset.get_url_name("edit"), args=[record.pk])


def naming(client, word):
    """The public addresses on which this word stands."""
    return all_naming(client, [word])[word]


def all_naming(client, words):
    """The same for several words, with one visit to each page."""
    addresses = [page.url for page in site_pages().live().public().filter(depth__gt=1)]
    texts = {address: client.get(address).content.decode() for address in addresses}
    return {word: {address for address, text in texts.items() if word in text} for word in words}


def found(client, word):
    return {address for address in SEARCHES if "0 " not in words_of(client, f"{address}{word}")}


def words_of(client, address):
    page = parsed(client.get(address).content)
    return page.main.find(role="status").get_text(" ", strip=True)


def preview(client, address, **typed):
    """What the panel beside the form shows while these values are typed."""
    form = Form.open(client, address)
    address = address.replace("/edit/", "/preview/")
    assert client.post(address, form.values | typed).json()["is_valid"]
    return client.get(address).content.decode()


# Lists


def test_a_draft_of_a_list_is_named_nowhere(client):
    before = naming(client, "Hushed")
    saxaul, saiga = InitiativePage.objects.get(slug="saxaul"), SpeciesPage.objects.get(slug="saiga")
    ustyurt, academy = HotspotPage.objects.get(slug="ustyurt"), OrganisationPage.objects.get(slug="academy")
    country = factories.a_country("Hushed country", "HU")
    ecosystem, threat = factories.an_ecosystem("Hushed marsh", "Wet."), factories.a_threat("Hushed noise", "Loud.")
    theme = factories.a_theme("Hushed theme")
    saxaul.countries.add(country)
    saxaul.themes.add(theme)
    saiga.range_countries.add(country)
    saiga.ecosystems.add(ecosystem)
    saiga.threats.create(threat=threat)
    ustyurt.countries.add(country)
    ustyurt.ecosystems.create(ecosystem=ecosystem)
    ustyurt.threats.create(threat=threat)
    academy.country = country
    for page in (saxaul, saiga, ustyurt, academy):
        page.save_revision().publish()
    shown = naming(client, "Hushed")
    assert before == set()
    assert shown == {
        "/en/initiatives/",
        "/en/initiatives/saxaul/",
        "/en/organisations/academy/",
        "/en/region/",
        "/en/region/ustyurt/",
        "/en/species/",
        "/en/species/saiga/",
    }
    assert found(client, "hushed") == set(SEARCHES)
    for record in (country, ecosystem, threat, theme):
        record.unpublish()
    assert naming(client, "Hushed") == set()
    assert found(client, "hushed") == set()
    assert b"Hushed" not in b"".join(client.get("/en/initiatives/initiatives.csv").streaming_content)
    assert "occurs in no initiative" in client.get("/en/initiatives/?theme=hushed-theme").content.decode()
    assert "<li></li>" not in client.get("/en/region/ustyurt/").content.decode()


def test_a_change_of_a_list_waits_until_it_is_published(client, publisher):
    addresses = {name: address for _, name, address in LISTS}
    before = all_naming(client, addresses)
    assert all(address in before[name] for name, address in addresses.items())
    for model, name, _ in LISTS:
        record = model.objects.get(name=name)
        assert Form.open(publisher, form_of(record)).send(name=f"Another {name}ish").status_code == 302
        assert Form.open(publisher, form_of(record)).values["name"] == f"Another {name}ish"
    assert all_naming(client, [*addresses, "Another"]) == before | {"Another": set()}
    for model, name, _ in LISTS:
        form = Form.open(publisher, form_of(model.objects.get(name=name)))
        assert form.send("action-publish").status_code == 302
    shown = all_naming(client, [f"Another {name}ish" for name in addresses])
    for name, address in addresses.items():
        assert address in shown[f"Another {name}ish"]
        assert "/en/search/?q=" in found(client, f"{name.lower()}ish")


@each_list
def test_an_entry_of_a_list_is_previewed_while_it_is_typed(publisher, model, name, address):
    text = preview(
        publisher, form_of(model.objects.get(name=name)), name="Hushed <b>word</b>", description="Wet & wild."
    )
    assert "Hushed &lt;b&gt;word&lt;/b&gt;" in text
    assert ("Wet &amp; wild." in text) == (model in (Ecosystem, Threat))
    assert model.objects.filter(name=name).exists()


def schedule(publisher, record, **typed):
    """What a Publisher sends who wants this published in an hour."""
    in_an_hour = f"{timezone.localtime() + timedelta(hours=1):%Y-%m-%d %H:%M}"
    answer = Form.open(publisher, form_of(record)).send("action-publish", go_live_at=in_an_hour, **typed)
    assert answer.status_code == 302


@pytest.fixture
def in_two_hours(monkeypatch):
    """Moves the clock and lets the schedule run."""

    def run():
        later = timezone.now() + timedelta(hours=2)
        monkeypatch.setattr(timezone, "now", lambda: later)
        call_command("publish_scheduled", verbosity=0)

    return run


def test_a_scheduled_change_leaves_what_is_public_until_its_hour(client, publisher, in_two_hours):
    for model, name, _ in LISTS:
        schedule(publisher, model.objects.get(name=name), name=f"Another {name}ish")
    shown = all_naming(client, [*(name for _, name, _ in LISTS), "Another"])
    assert shown["Another"] == set()
    assert all(address in shown[name] for _, name, address in LISTS)
    in_two_hours()
    shown = all_naming(client, [f"Another {name}ish" for _, name, _ in LISTS])
    assert all(address in shown[f"Another {name}ish"] for _, name, address in LISTS)


def test_an_entry_that_cannot_be_published_on_its_hour_stops_no_other(client, publisher, in_two_hours, caplog):
    restoration, water = Theme.objects.get(name="Restoration"), Theme.objects.get(name="Water")
    schedule(publisher, restoration, name="Rewilding", slug="rewilding")
    schedule(publisher, water, name="Rivers")
    factories.a_theme("Rewilding")
    in_two_hours()
    assert "/en/initiatives/" in naming(client, "Rivers")
    assert "/en/initiatives/saxaul/" in naming(client, "Restoration")
    assert "Another entry of this list already has this short name." in caplog.text


def test_a_deleted_entry_is_found_no_more(client):
    assert found(client, "restoration") == set(SEARCHES)
    Theme.objects.get(name="Restoration").delete()
    assert found(client, "restoration") == set()


def test_the_page_of_a_country_that_is_taken_down_leads_to_no_filter_of_it(client):
    assert "?country=kazakhstan" in client.get("/en/region/kazakhstan/").content.decode()
    Country.objects.get(code="KZ").unpublish()
    assert "?country=kazakhstan" not in client.get("/en/region/kazakhstan/").content.decode()


# The office's texts


def office_settings():
    return OfficeSettings.objects.create(site=Site.objects.get(), email="office@example.org")


def test_the_office_s_texts_are_previewed_drafted_and_published(client, publisher):
    office = office_settings()
    text = preview(publisher, form_of(office), email="draft@example.org")
    assert "draft@example.org" in text
    assert "Central Asia" in text
    footer = stream("texts", ("texts", {"language": "en", "address": "9 New Street", "map_note": "", "footer": ""}))
    assert Form.open(publisher, form_of(office)).send(email="draft@example.org", **footer).status_code == 302
    assert "office@example.org" in client.get("/en/").content.decode()
    assert naming(client, "draft@example.org") == naming(client, "9 New Street") == set()
    assert Form.open(publisher, form_of(office)).send("action-publish", **footer).status_code == 302
    assert "/en/species/saiga/" in naming(client, "draft@example.org") & naming(client, "9 New Street")


def test_a_scheduled_change_of_the_office_s_texts_leaves_the_footer_until_its_hour(client, publisher, in_two_hours):
    schedule(publisher, office_settings(), email="later@example.org")
    assert "office@example.org" in client.get("/en/").content.decode()
    in_two_hours()
    assert "later@example.org" in client.get("/en/").content.decode()


def test_the_office_s_texts_are_previewed_in_each_language(publisher):
    home = HomePage.objects.get()
    russian = home.copy_for_translation(Locale.objects.create(language_code="ru"))
    russian.title = "Центральная Азия"
    russian.save_revision().publish()
    address = form_of(office_settings())
    typed = stream(
        "texts",
        ("texts", {"language": "en", "address": "9 New Street", "map_note": "", "footer": ""}),
        ("texts", {"language": "ru", "address": "Новая улица, 9", "map_note": "", "footer": ""}),
    )
    assert "9 New Street" in preview(publisher, address, **typed)
    text = publisher.get(address.replace("/edit/", "/preview/"), {"mode": "ru"}).content.decode()
    assert "Новая улица, 9" in text
    assert '<html lang="ru"' in text


def test_a_publisher_makes_the_office_s_texts_where_there_are_none(publisher):
    Form.open(publisher, "/admin/snippets/iucn_ca/officesettings/add/").send("action-publish", email="a@example.org")
    assert OfficeSettings.objects.get().live


def test_the_site_has_the_office_s_texts_once(admin_client):
    address = "/admin/snippets/iucn_ca/officesettings/add/"
    assert Form.open(admin_client, address).send("action-publish", email="first@example.org").status_code == 302
    second = Form(admin_client, Form.open(admin_client, address).send("action-publish", email="second@example.org"))
    assert "The site has these texts already: change those." in second.text
    assert second.values["email"] == "second@example.org"
    assert [office.email for office in OfficeSettings.objects.all()] == ["first@example.org"]
