"""The web of relations: whatever a page's relations lead to leads back, and nothing leads to what is not public."""

from collections import defaultdict

import pytest
from django.contrib.auth.models import Group
from wagtail.models import PageViewRestriction

from initiatives.models import InitiativePage, OrganisationPage
from iucn_ca.querysets import site_pages
from regions.models import CountryPage, HotspotPage, RegionPage
from species.models import SpeciesPage
from tests.html import parsed
from tests.seeded import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]

TERM = "ecosystem or threat"
KINDS = {
    CountryPage: "country",
    HotspotPage: "hotspot",
    InitiativePage: "initiative",
    OrganisationPage: "organisation",
    SpeciesPage: "species",
}
# Where a page says what it is related to. The rest of its links are text, menus, and others of its kind.
AREAS = ".key-facts, .term-rows, .species-list, .term-chart, .neighbours"


class Web:
    """By address (with its anchor for an ecosystem or a threat): its kind, and the addresses it leads to."""

    def __init__(self, client):
        self.kinds, self.links, self.texts = {}, defaultdict(set), {}
        pages = {page.url: page.specific_class for page in site_pages().live().public().filter(depth__gt=2)}
        for address, model in pages.items():
            if model in KINDS or model is RegionPage:
                main = parsed(client.get(address).content).main
                if model is RegionPage:
                    for entry in main.select(".terms .points > div"):
                        self.add(f"{address}#{entry['id']}", TERM, [entry])
                else:
                    areas = [area for area in main.select(AREAS) if "Other species" not in area.get_text()]
                    self.add(address, KINDS[model], areas)
        self.links = {address: found & set(self.kinds) for address, found in self.links.items()}

    def add(self, address, kind, areas):
        self.kinds[address] = kind
        self.links[address] = {link["href"] for area in areas for link in area.find_all("a")}
        self.texts[address] = " ".join(map(words, areas))

    @property
    def one_way(self):
        return [(a, b) for a, found in self.links.items() for b in found if a not in self.links[b]]

    @property
    def pairs(self):
        return {frozenset({self.kinds[a], self.kinds[b]}) for a, found in self.links.items() for b in found}


@pytest.fixture
def web(client):
    return Web(client)


def region(*slugs):
    return {f"/en/region/{slug}/" for slug in slugs}


def species(*slugs):
    return {f"/en/species/{slug}/" for slug in slugs}


def initiatives(*slugs):
    return {f"/en/initiatives/{slug}/" for slug in slugs}


def test_every_relation_is_shown_from_both_ends(web):
    assert web.one_way == []
    assert web.pairs == {
        frozenset(pair)
        for pair in [
            ("country", "hotspot"),
            ("country", "initiative"),
            ("country", "organisation"),
            ("country", "species"),
            ("hotspot", "initiative"),
            ("hotspot", "species"),
            ("hotspot", TERM),
            ("initiative", "organisation"),
            ("initiative", "species"),
            ("species", TERM),
            # The neighbours to the west and to the east, and those before and after in the directory.
            ("hotspot",),
            ("initiative",),
        ]
    }
    for address, leads_to in (
        ("/en/region/#tugai", region("aral-sea-basin-wetlands", "ili-balkhash") | species("bukhara-deer")),
        ("/en/region/#alpine-meadows", region("tien-shan", "pamir")),
        ("/en/region/#steppe", species("saiga", "asiatic-wild-ass", "wild-tulips")),
        ("/en/region/#infrastructure-development", region("ustyurt-plateau") | species("saiga", "asiatic-wild-ass")),
        ("/en/region/#desertification", set()),
        (
            "/en/species/snow-leopard/",
            region("tien-shan", "pamir", "kazakhstan", "kyrgyzstan", "tajikistan", "uzbekistan")
            | {"/en/region/#climate-change"}
            | initiatives("save-our-species"),
        ),
        (
            "/en/region/ustyurt-plateau/",
            region("kazakhstan", "turkmenistan", "uzbekistan", "aral-sea-basin-wetlands")
            | {"/en/region/#semi-arid-deserts", "/en/region/#infrastructure-development"}
            | species("saiga", "asiatic-wild-ass", "goitered-gazelle"),
        ),
    ):
        assert web.links[address] == leads_to, address


def draft(page):
    page.unpublish()


def private(page):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
    restriction.groups.add(Group.objects.get(name="Editors"))


def test_what_is_not_public_is_neither_linked_nor_named(client):
    hidden = [
        (HotspotPage.objects.get(slug="ili-balkhash"), draft),
        (SpeciesPage.objects.get(slug="asiatic-wild-ass"), private),
        (InitiativePage.objects.get(slug="save-our-species"), draft),
        (OrganisationPage.objects.get(slug="carec"), private),
        (CountryPage.objects.get(slug="kyrgyzstan"), private),
    ]
    for page, hide in hidden:
        hide(page)
    web = Web(client)
    assert web.one_way == []
    for page, _ in hidden:
        assert page.url not in web.kinds
    for address, text in web.texts.items():
        # A country is also a word of the list, and stands there without a link.
        for name in ("Ili-Balkhash", "Asiatic wild ass", "Save Our Species", "CAREC"):
            assert name not in text, address
    # The neighbours close up.
    assert "/en/region/tien-shan/" in web.links["/en/region/aral-sea-basin-wetlands/"]
