"""What is not public stands nowhere: no page of the site changes by a letter when hidden pages are added."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationIndexPage, OrganisationPage
from iucn_ca.models import HomePage, StandardPage
from iucn_ca.querysets import site_pages
from regions.models import Country, CountryPage, Ecosystem, HotspotPage, RegionPage, Threat
from species.models import SpeciesIndexPage, SpeciesPage
from tests import factories
from tests.factories import a_country, a_funder, a_partner, a_theme, an_initiative
from tests.seeded import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

MORE = [
    "/en/search/?q=hushed",
    "/en/search/?q=saiga",
    "/en/species/?country=uzbekistan",
    "/en/initiatives/?status=current",
    "/en/initiatives/?country=uzbekistan&theme=restoration",
    "/en/no-such-page/",
    "/sitemap-1.xml",
    "/robots.txt",
]


def whole_site(client):
    """Every public address with what stands there."""
    addresses = [page.url for page in site_pages().live().public().filter(depth__gt=1).order_by("path")]
    return {address: client.get(address).content.decode() for address in addresses + MORE}


# Each of these makes a page that is not public.


def draft(page):
    page.unpublish()


def private(page):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
    restriction.groups.add(Group.objects.get_or_create(name="Donors")[0])


def for_those_who_log_in(page):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def expired_and_taken_down(page):
    page.expire_at = timezone.now() - timedelta(days=1)
    page.unpublish(set_expired=True)


def expired_a_moment_ago(page):
    """Before anything has taken it down."""
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))


def scheduled(page):
    page.unpublish()
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()


FOR_SOME = [private, for_those_who_log_in]
HIDING = [draft, *FOR_SOME, expired_and_taken_down, expired_a_moment_ago, scheduled]


@pytest.fixture(params=HIDING, ids=lambda hide: hide.__name__)
def hide(request):
    return request.param


def hidden_pages(hide):
    """A page of each kind with a word of its own in every text, related in both directions to public ones."""
    way = hide.__name__.replace("_", " ")
    uzbekistan = Country.objects.get(code="UZ")
    saxaul = InitiativePage.objects.get(slug="saxaul")
    saiga = SpeciesPage.objects.get(slug="saiga")
    ustyurt = HotspotPage.objects.get(slug="ustyurt")

    hotspot = HotspotPage(title=f"Qarqax {way}", summary="A hushed qarqax.", countries=[uzbekistan])
    hotspot.ecosystems.create(ecosystem=factories.an_ecosystem(f"Qarqaxland {way}"))
    hotspot.threats.create(threat=Threat.objects.get(), text="qarqax")
    hotspot = factories.publish(RegionPage.objects.get(), hotspot)
    turkmenistan = a_country(f"Turkmenistan {way}", "X" + chr(ord("A") + Country.objects.count()))
    elsewhere = Country.objects.filter(code="QY").first() or a_country("Qyrqyxstan", "QY", False)
    country_page = factories.publish(
        RegionPage.objects.get(), CountryPage(title=f"Qerqex {way}", summary="A hushed qerqex.", country=turkmenistan)
    )
    species = factories.a_species(
        f"Qirqix {way}",
        "Qirqix qirqix",
        summary="A hushed qirqix.",
        hotspots=[ustyurt],
        range_countries=[uzbekistan],
        ecosystems=list(Ecosystem.objects.all()),
        kingdom="Qirqixia",
    )
    organisation = factories.an_organisation(
        f"Qorqox {way}", acronym="QORQOX", summary="A hushed qorqox.", country=uzbekistan
    )
    initiative = an_initiative(
        f"Qurqux {way}",
        OrganisationPage.objects.get(slug="iucn"),
        a_funder(organisation),
        a_partner(OrganisationPage.objects.get(slug="academy")),
        acronym="QURQUX",
        summary="A hushed qurqux.",
        countries=[uzbekistan, elsewhere],
        hotspots=[ustyurt],
        species=[saiga],
        themes=[a_theme(f"Qyrqyx {way}")],
        # They would lengthen the common axis of the charts.
        start_year=1990,
        end_year=2099,
    )
    text_page = factories.a_text_page(f"Qarqex {way}", summary="A hushed qarqex.", show_in_menus=True)

    saxaul.hotspots.add(hotspot)
    saxaul.species.add(species)
    for part in [
        a_funder(organisation, label="Qorqox label", programme="Qorqox programme"),
        a_partner(organisation),
        {"organisation": organisation, "role": "lead"},
    ]:
        saxaul.participations.create(**part)
    saxaul.save()
    saiga.hotspots.add(hotspot)
    saiga.save()

    pages = [hotspot, country_page, species, organisation, initiative, text_page]
    for page in pages:
        hide(page)
    return pages


@pytest.fixture(scope="module")
def before(office):
    return whole_site(Client())


@pytest.mark.parametrize(
    "ways",
    [[way for way in HIDING if way is not expired_a_moment_ago], [expired_a_moment_ago]],
    ids=["all that lasts", "expired a moment ago"],
)
def test_hidden_pages_change_no_page_of_the_site(client, before, ways):
    pages = {way: hidden_pages(way) for way in ways}
    after = whole_site(client)
    assert list(after) == list(before)
    for address, text in after.items():
        for word in ("qarqax", "qerqex", "qirqix", "qorqox", "qurqux", "qyrqyx", "qarqex", "original_images"):
            assert word not in text.lower(), (address, word)
        assert text == before[address], address
    if ways != [expired_a_moment_ago]:  # The schedule takes it down within a minute.
        for word in ("qarqax", "qerqex", "qirqix", "qorqox", "qurqux", "qarqex"):
            assert "0 results" in client.get(f"/en/search/?q={word}").content.decode(), word
    for way, hidden in pages.items():
        for page in hidden:
            answer = client.get(page.url)
            if way in FOR_SOME:
                assert answer.status_code == 302
                login = client.get(answer["Location"])
                assert login.status_code == 200
                assert b'name="password"' in login.content
            else:
                assert answer.status_code == 404


def test_the_same_pages_are_everywhere_while_they_are_public(client):
    """The other half of the test above: it would also pass on a site that shows nothing at all."""

    def not_at_all(page):
        pass

    pages = hidden_pages(not_at_all)
    site = whole_site(client)
    for page in pages:
        shown = [address for address, text in site.items() if page.title in text and address != page.url]
        assert len(shown) >= 2, (page.title, shown)
    assert "Qyrqyx" in site["/en/initiatives/"], "the facets offer its theme"
    assert "Qorqox label" in site["/en/initiatives/saxaul/"]


# A branch of the tree


@pytest.mark.parametrize(
    ("index", "titles", "hide"),
    [
        (RegionPage, ["Ustyurt Plateau", "Pamir"], private),
        (SpeciesIndexPage, ["Saiga antelope", "Snow leopard"], private),
        (InitiativeIndexPage, ["Saxaul for the Aral Sea", "Glacier watch"], private),
        (OrganisationIndexPage, ["Ministry of Rivers", "Academy of Sciences"], private),
        (RegionPage, [], draft),
        (SpeciesIndexPage, [], expired_a_moment_ago),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_private_branch_is_private_to_its_last_page(client, index, titles, hide):
    index = index.objects.get()
    children = [page.url for page in index.get_children()]
    hide(index)
    site = whole_site(client)
    assert index.url not in site
    for address, text in site.items():
        assert f'href="{index.url}"' not in text, address
        for title in titles:
            assert title not in text, address
    for address in children:
        assert client.get(address).status_code == (302 if hide is private else 200)


# Links that editors set


def test_a_link_in_a_text_to_a_page_that_is_not_public_does_not_give_its_address_away(client, hide):
    hidden = factories.a_text_page("Qarqex")
    shown = factories.a_text_page("Open page")
    words = [f'<a linktype="page" id="{page.pk}">a link</a>' for page in (hidden, shown)]
    factories.a_text_page(
        "Reading",
        body=[
            ("text", f"<p>{words[0]} and {words[1]}</p>"),
            ("highlight", f"<p>{words[0]}</p>"),
            ("link_list", {"links": [{"text": "a link", "page": hidden}, {"text": "a link", "page": shown}]}),
        ],
    )
    links = [link["href"] for link in read(client, "/en/reading/").main.find_all("a", string="a link")]
    assert links == ["/en/qarqex/", "/en/open-page/", "/en/qarqex/", "/en/qarqex/", "/en/open-page/"]
    hide(hidden)
    assert "qarqex" not in client.get("/en/reading/").content.decode()
    main = read(client, "/en/reading/").main
    assert [link["href"] for link in main.find_all("a", href=True)] == ["/en/open-page/", "/en/open-page/"]
    assert all(item.text.strip() for item in main.find_all("li"))


# The next request


def test_an_unpublished_page_is_gone_at_the_next_request(client):
    addresses = ["/en/", "/en/species/", "/en/region/ustyurt/", "/en/search/?q=saiga", "/sitemap-1.xml"]
    for address in addresses:
        assert "/en/species/saiga/" in client.get(address).content.decode(), address
    SpeciesPage.objects.get(slug="saiga").unpublish()
    for address in addresses:
        assert "/en/species/saiga/" not in client.get(address).content.decode(), address
    assert client.get("/en/species/saiga/").status_code == 404


def test_a_published_page_is_there_at_the_next_request(client):
    page = factories.draft(HomePage.objects.get(), StandardPage(title="Terms", summary="Rules.", show_in_menus=True))
    assert client.get("/en/terms/").status_code == 404
    page.get_latest_revision().publish()
    assert client.get("/en/terms/").status_code == 200
    for address in ("/en/", "/sitemap-1.xml", "/en/search/?q=terms"):
        assert "/en/terms/" in client.get(address).content.decode(), address


def test_the_draft_of_a_public_page_changes_nothing(client, before):
    page = InitiativePage.objects.get(slug="saxaul")
    page.title = "Another title"
    page.budget_amount = 1
    page.participations.add(page.participations.first())
    page.save_revision()
    assert whole_site(client) == before


def test_a_page_that_is_moved_away_leaves_no_address_behind(client):
    page = Page.objects.get(slug="privacy")
    page.slug = "data"
    page.save()
    site = whole_site(client)
    assert "/en/data/" in site["/en/"]
    assert not any("/en/privacy/" in text for text in site.values())
    assert client.get("/en/privacy/").status_code == 404
