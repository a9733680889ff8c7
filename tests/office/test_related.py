"""Related initiatives: what two of them have in common, at most three, each with the reason."""

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from initiatives.models import InitiativePage, OrganisationPage, Theme
from regions.models import HotspotPage
from species.models import SpeciesPage
from tests.factories import a_funder, a_hotspot, a_partner, a_species, an_initiative, an_organisation
from tests.seeded import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

SAXAUL = "/en/initiatives/saxaul/"


@pytest.fixture
def saxaul():
    return InitiativePage.objects.get(slug="saxaul")


@pytest.fixture
def iucn():
    return OrganisationPage.objects.get(slug="iucn")


def related(client, address=SAXAUL):
    """(title, reason) pairs."""
    page = read(client, address)
    sections = [h.find_parent("section") for h in page.main.find_all("h2") if words(h) == "Related initiatives"]
    return [(words(item.a), words(item.span)) for section in sections for item in section.find_all("li")]


SAME_SPECIES, SAME_HOTSPOT = "Same species: Saiga antelope", "Same hotspot: Ustyurt Plateau"
SAME_FUNDER, SAME_THEME = "Same funder: Ministry of Rivers", "Same theme: Restoration"


def sharing(*what, title, lead="academy", **fields):
    """An initiative that has these in common with that on saxaul; the lead is no reason."""
    restoration, ministry = Theme.objects.get(slug="restoration"), OrganisationPage.objects.get(slug="ministry")
    shared = {
        "species": {"species": [SpeciesPage.objects.get(slug="saiga")]},
        "hotspot": {"hotspots": [HotspotPage.objects.get(slug="ustyurt")]},
        "theme": {"themes": [restoration]},
    }
    for name in what:
        fields |= shared.get(name, {})
    parts = [a_funder(ministry)] if "funder" in what else []
    return an_initiative(title, OrganisationPage.objects.get(slug=lead), *parts, **fields)


def test_related_initiatives_stand_in_the_order_of_how_rare_the_reason_is(client):
    sharing("theme", title="By theme", start_year=2029)
    sharing("funder", title="By funder", start_year=2028)
    sharing("hotspot", title="By hotspot", start_year=2027)
    assert related(client) == [("By hotspot", SAME_HOTSPOT), ("By funder", SAME_FUNDER), ("By theme", SAME_THEME)]
    sharing("species", title="By species", start_year=2026)
    assert related(client) == [("By species", SAME_SPECIES), ("By hotspot", SAME_HOTSPOT), ("By funder", SAME_FUNDER)]


def test_an_initiative_with_several_reasons_stands_once_with_the_rarest(client):
    sharing("theme", "funder", "hotspot", "species", title="By all")
    assert related(client) == [("By all", SAME_SPECIES), ("Glacier watch", SAME_THEME)]


def test_among_equals_current_ones_and_the_latest_start_come_first_and_three_are_enough(client):
    """Glacier watch, a previous activity with the same theme, is the fourth."""
    for title, start in [("Second", 2025), ("Third", 2024), ("First", 2026)]:
        sharing("theme", title=title, start_year=start)
    assert related(client) == [("First", SAME_THEME), ("Second", SAME_THEME), ("Third", SAME_THEME)]


def test_an_initiative_with_nothing_in_common_is_not_related(client, iucn):
    """The same lead, country or partner is no reason, and neither is who funds one and takes part in the other."""
    InitiativePage.objects.get(slug="glacier-watch").delete()
    academy, ministry = (OrganisationPage.objects.get(slug=slug) for slug in ("academy", "ministry"))
    countries = list(InitiativePage.objects.get(slug="saxaul").countries.all())
    an_initiative("Stranger", iucn, a_partner(academy), a_partner(ministry), countries=countries)
    assert related(client) == []
    assert related(client, "/en/initiatives/stranger/") == []
    sharing("theme", title="Relative")
    assert related(client) == [("Relative", SAME_THEME)]


def test_of_two_things_in_common_the_one_that_fewer_initiatives_share_is_the_reason(client, saxaul):
    water = Theme.objects.get(slug="water")
    saxaul.themes.add(water)
    saxaul.save()
    sharing("theme", title="One more")
    # Restoration is shared by all three, water by two.
    assert related(client) == [("One more", SAME_THEME), ("Glacier watch", "Same theme: Water")]


def take_down(page):
    page.unpublish()


def make_private(page):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def expire(page):
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now())


HIDING = pytest.mark.parametrize("hide", [take_down, make_private, expire])


@HIDING
def test_an_initiative_that_is_not_public_is_not_related(client, hide):
    page = sharing("species", title="By species")
    hide(page)
    assert related(client) == [("Glacier watch", SAME_THEME)]


@HIDING
@pytest.mark.parametrize("reason", ["species", "hotspot", "funder"])
def test_what_is_not_public_is_no_reason(client, hide, reason):
    sharing(reason, title="By secret")
    sharing(reason, "theme", title="By theme too")
    assert len(related(client)) == 3
    models = {"species": (SpeciesPage, "saiga"), "hotspot": (HotspotPage, "ustyurt")}
    model, slug = models.get(reason, (OrganisationPage, "ministry"))
    hide(model.objects.get(slug=slug))
    assert related(client) == [("By theme too", SAME_THEME), ("Glacier watch", SAME_THEME)]


def test_a_reason_names_what_is_public_where_something_private_is_shared_as_well(client, saxaul):
    secret = [a_species("Kestrel"), a_hotspot("Kestrel rock"), an_organisation("Kestrel Trust")]
    reasons = ["Same hotspot: Kestrel rock", "Same funder: Kestrel Trust", SAME_THEME]
    other = sharing("theme", title="Relative")
    for page in (saxaul, other):
        page.species.add(secret[0])
        page.hotspots.add(secret[1])
        page.participations.create(**a_funder(secret[2]))
        page.save()
    assert related(client)[0] == ("Relative", "Same species: Kestrel")
    for page, reason in zip(secret, reasons, strict=True):
        make_private(page)
        assert ("Relative", reason) in related(client)
    assert "Kestrel" not in client.get(SAXAUL).content.decode()
