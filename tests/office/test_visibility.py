"""What is not public stands nowhere: no page of the site changes by a letter when hidden pages are added."""

import pytest
from django.test import Client
from wagtail.models import Page

from initiatives.models import InitiativeIndexPage, InitiativePage
from initiatives.organisations import OrganisationIndexPage
from iucn_ca.models import HomePage, StandardPage
from iucn_ca.querysets import site_pages
from regions.models import RegionPage
from species.models import SpeciesIndexPage, SpeciesPage
from tests import factories
from tests.hiding import FOR_SOME, HIDING, draft, expired_a_moment_ago, hidden_pages, not_at_all, private
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


@pytest.fixture(params=HIDING, ids=lambda hide: hide.__name__)
def hide(request):
    return request.param


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
