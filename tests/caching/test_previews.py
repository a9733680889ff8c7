"""A new page is previewed before it is saved, also where the process keeps what pages ask alike."""

import pytest
from django.test import Client

from initiatives.models import InitiativeIndexPage
from initiatives.organisations import OrganisationIndexPage
from iucn_ca.models import HomePage
from regions.models import Country, RegionPage
from species.models import SpeciesIndexPage
from tests.factories import a_country, a_member_of
from tests.forms import Form, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

NEW = {
    "iucn_ca/standardpage": (HomePage, dict),
    "initiatives/organisationpage": (OrganisationIndexPage, lambda: {"kind": "ngo"}),
    "initiatives/initiativepage": (
        InitiativeIndexPage,
        lambda: {"start_year": "2024", "end_year": "2026", "countries": [str(Country.objects.get(code="UZ").pk)]},
    ),
    "regions/hotspotpage": (RegionPage, lambda: rows("threats", {"text": "grazing"})),
    "regions/countrypage": (RegionPage, lambda: {"country": str(a_country("Tajikistan", "TJ").pk)}),
    "species/speciespage": (SpeciesIndexPage, lambda: {"scientific_name": "Nomen novum"}),
}


@pytest.mark.parametrize("kind", NEW)
def test_a_new_page_is_previewed_before_it_is_saved(keeping, kind):
    parent, typed = NEW[kind]
    publisher = a_member_of("Publishers")
    address = f"/admin/pages/add/{kind}/{parent.objects.get().pk}/"
    Client().get("/en/")
    given = {"title": "Not yet saved", "slug": "not-yet-saved", "summary": "It is new.", **typed()}
    values = Form.open(publisher, address).values | given
    answer = publisher.post(f"{address}preview/", {name: value for name, value in values.items() if value is not None})
    assert answer.json() == {"is_valid": True, "is_available": True}
    page = publisher.get(f"{address}preview/")
    assert page.status_code == 200
    assert "Not yet saved" in page.content.decode()
