"""The admin's lists ask the database as much of five hundred pages as of fifty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.models import InitiativeIndexPage
from regions.models import HotspotPage
from species.models import SpeciesPage
from tests.factories import a_hotspot, a_member_of, a_species, many_initiatives, many_like
from tests.html import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

MOST_QUERIES = 50
LISTS = [
    "/admin/",
    "/admin/initiatives/",
    "/admin/initiatives/?p=2",
    "/admin/initiatives/?ordering=start_year&group=current",
    "/admin/species/",
    "/admin/hotspots/",
    "/admin/country-pages/",
    "/admin/organisations/",
    "/admin/snippets/regions/country/",
    "/admin/images/",
    "/admin/documents/",
    "/admin/pages/search/?q=saxaul",
]


def grow(number):
    many_initiatives(number)
    many_like(SpeciesPage.objects.get(slug="saiga"), number)
    many_like(HotspotPage.objects.get(slug="ustyurt"), number)


def queries(member):
    found = {}
    for address in [*LISTS, f"/admin/pages/{InitiativeIndexPage.objects.get().pk}/"]:
        with CaptureQueriesContext(connection) as captured:
            assert member.get(address).status_code == 200, address
        found[address] = len(captured)
    return found


def test_the_lists_of_the_admin_ask_little_and_no_more_for_more_pages():
    members = [a_member_of(group) for group in ("Editors", "Publishers")]
    grow(50)
    for member in members:
        queries(member)  # The first visit fills what a process keeps.
    few = [queries(member) for member in members]
    grow(450)
    assert [queries(member) for member in members] == few
    for found in few:
        assert {address: number for address, number in found.items() if number > MOST_QUERIES} == {}


def test_species_are_listed_by_hotspots_that_stay_chosen():
    ustyurt, other = HotspotPage.objects.get(slug="ustyurt"), a_hotspot("Reeds & <b>lakes</b>")
    a_species("Reed cat", "Felis chaus", hotspots=[other])
    member = a_member_of("Editors")

    def listed(*hotspots):
        query = "&".join(f"hotspots={hotspot.pk}" for hotspot in hotspots)
        page = parsed(member.get(f"/admin/species/?{query}").content)
        chosen = page.select("select[name=hotspots] option[selected]")
        assert [option.text for option in chosen] == sorted(hotspot.title for hotspot in hotspots)
        return {"Reed cat", "Saiga antelope"} & {link.text.strip() for link in page.select("td.title a")}

    assert listed() == {"Reed cat", "Saiga antelope"}
    assert listed(other) == {"Reed cat"}
    assert listed(ustyurt) == {"Saiga antelope"}
    assert listed(other, ustyurt) == {"Reed cat", "Saiga antelope"}
