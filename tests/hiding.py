"""The ways in which a page is not public, and pages with a word of their own in every text to try them on."""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import PageViewRestriction

from initiatives.models import InitiativePage
from initiatives.organisations import OrganisationPage
from regions.models import Country, CountryPage, Ecosystem, HotspotPage, RegionPage, Threat
from species.models import SpeciesPage
from tests import factories
from tests.factories import a_country, a_funder, a_partner, a_theme, an_initiative


def draft(page):
    page.unpublish()


def private(page):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
    restriction.groups.add(Group.objects.get_or_create(name="Donors")[0])


def for_those_who_log_in(page):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def below_a_private_page(page):
    for_those_who_log_in(page.get_parent())


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


def not_at_all(page):
    """The other half: it stays public."""


FOR_SOME = [private, for_those_who_log_in]
HIDING = [draft, *FOR_SOME, expired_and_taken_down, expired_a_moment_ago, scheduled]


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
