"""Pages and records for the tests, made as staff make them: through the page API, and published."""

from copy import copy
from io import BytesIO
from itertools import count, cycle, product
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.images import ImageFile
from django.db import connection, transaction
from django.test import Client
from django.utils.text import slugify
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from PIL import Image
from wagtail.models import Locale, Orderable, Page, Site
from wagtail.search.models import IndexEntry

from initiatives.models import InitiativeIndexPage, InitiativePage, Participation, Theme
from initiatives.organisations import OrganisationIndexPage, OrganisationPage
from iucn_ca.models import CreditedImage, HomePage, StandardPage
from iucn_ca.staff import set_up_groups
from regions.models import Country, CountryPage, Ecosystem, HotspotPage, RegionPage, Threat
from species.models import SpeciesIndexPage, SpeciesPage

BATCH = 200
numbers = count(1)
# What no two pages have in common.
OF_ONE_PAGE = {"page_ptr", "path", "slug", "title", "draft_title", "url_path", "translation_key"}

SQUARE = '{"type": "Polygon", "coordinates": [[[60, 40], [62, 40], [62, 42], [60, 42], [60, 40]]]}'


@pytest.fixture(scope="module")
def office(django_db_setup, django_db_blocker):
    """The small office for all the tests of a module; each test's changes, then all of it, are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        a_small_office()
        yield
        transaction.set_rollback(True)
        cache.clear()


def english():
    return Locale.objects.get_or_create(language_code="en")[0]


def publish(parent, page):
    page.slug = page.slug or slugify(page.title)
    page.summary = page.summary or f"What {page.title} is about."
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def draft(parent, page):
    page.slug = page.slug or slugify(page.title)
    page.live = False
    parent.add_child(instance=page)
    page.save_revision()
    return page


def an_empty_site():
    """The home page and the indexes under it, without any record."""
    locale, root = english(), Page.get_first_root_node()
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    address = urlsplit(settings.SITE_URL)
    site.hostname, site.port, site.root_page = address.hostname, address.port, root
    site.save()
    root.get_children().delete()
    root = Page.get_first_root_node()
    home = publish(root, HomePage(title="Central Asia", slug="home", statement="A region of steppe.", locale=locale))
    site.root_page = home
    site.save()
    cache.clear()
    for page_type, title in [
        (RegionPage, "Region"),
        (SpeciesIndexPage, "Species"),
        (InitiativeIndexPage, "Initiatives"),
        (OrganisationIndexPage, "Organisations"),
    ]:
        publish(home, page_type(title=title, show_in_menus=True))
    return home


def a_country(name, code, in_region=True):
    return Country.objects.create(name=name, slug=slugify(name), code=code, in_region=in_region, locale=english())


def a_theme(name):
    return Theme.objects.create(name=name, slug=slugify(name), locale=english())


def an_ecosystem(name, description=""):
    return Ecosystem.objects.create(name=name, slug=slugify(name), description=description, locale=english())


def a_threat(name, description=""):
    return Threat.objects.create(name=name, slug=slugify(name), description=description, locale=english())


def a_country_page(country, **fields):
    return publish(RegionPage.objects.get(), CountryPage(title=country.name, country=country, **fields))


def a_hotspot(title, **fields):
    return publish(RegionPage.objects.get(), HotspotPage(title=title, **fields))


def a_species(title, scientific_name="Nomen nudum", **fields):
    page = SpeciesPage(title=title, scientific_name=scientific_name, **fields)
    return publish(SpeciesIndexPage.objects.get(), page)


def an_organisation(title, kind="ngo", **fields):
    return publish(OrganisationIndexPage.objects.get(), OrganisationPage(title=title, kind=kind, **fields))


def an_initiative(title, lead, *parts, start_year=2024, end_year=2029, **fields):
    """`parts` are further participations, as dictionaries."""
    page = InitiativePage(title=title, start_year=start_year, end_year=end_year, **fields)
    page.participations = [
        Participation(sort_order=number, **part)
        for number, part in enumerate([{"organisation": lead, "role": "lead"}, *parts])
    ]
    return publish(InitiativeIndexPage.objects.get(), page)


def a_funder(organisation, wording="funded", **fields):
    return {"organisation": organisation, "role": "funder", "wording": wording, **fields}


def a_partner(organisation, **fields):
    return {"organisation": organisation, "role": "partner", **fields}


def a_text_page(title, **fields):
    return publish(HomePage.objects.get(), StandardPage(title=title, **fields))


def a_picture(title="Steppe", credit="Anna Petrova", **fields):
    content = BytesIO()
    Image.new("RGB", (60, 40), (120, 90, 60)).save(content, "WEBP")
    content.seek(0)
    file = ImageFile(content, name=f"{slugify(title)}-{next(numbers)}.webp")
    picture = CreditedImage(title=title, file=file, credit=credit, **fields)
    picture.save()
    return picture


def a_small_office():
    """One or two records of every kind, all related to each other."""
    home = an_empty_site()
    uzbekistan, kazakhstan = a_country("Uzbekistan", "UZ"), a_country("Kazakhstan", "KZ")
    mongolia = a_country("Mongolia", "MN", in_region=False)
    a_country_page(uzbekistan, state_member_since=2024)
    a_country_page(kazakhstan)
    restoration, water = a_theme("Restoration"), a_theme("Water")
    steppe = an_ecosystem("Steppe", "Grass to the horizon.")
    poaching = a_threat("Poaching", "Animals are taken against the law.")

    ustyurt = HotspotPage(
        title="Ustyurt Plateau",
        slug="ustyurt",
        also_known_as="Ustyurt Chink",
        countries=[uzbekistan, kazakhstan],
        outline=SQUARE,
    )
    ustyurt.ecosystems.create(ecosystem=steppe, text="steppe on chalk")
    ustyurt.threats.create(threat=poaching)
    ustyurt = publish(RegionPage.objects.get(), ustyurt)
    pamir = a_hotspot("Pamir", countries=[uzbekistan])
    saiga = a_species(
        "Saiga antelope",
        "Saiga tatarica",
        slug="saiga",
        red_list_category="NT",
        red_list_taxon="Saiga tatarica",
        red_list_scope="species",
        red_list_year=2023,
        range_countries=[uzbekistan, kazakhstan, mongolia],
        hotspots=[ustyurt],
    )
    a_species("Snow leopard", "Panthera uncia", range_countries=[uzbekistan], hotspots=[pamir])

    iucn = an_organisation("International Union for Conservation of Nature", "iucn", slug="iucn", acronym="IUCN")
    ministry = an_organisation("Ministry of Rivers", "donor_government", slug="ministry", acronym="MOR")
    academy = an_organisation("Academy of Sciences", "research", slug="academy", country=uzbekistan)
    an_initiative(
        "Saxaul for the Aral Sea",
        iucn,
        a_funder(ministry, "supported", programme="River Facility"),
        a_partner(academy),
        slug="saxaul",
        acronym="SAX",
        budget_amount="11000000",
        budget_currency="EUR",
        budget_basis="total_budget",
        countries=[uzbekistan, kazakhstan, mongolia],
        hotspots=[ustyurt],
        species=[saiga],
        themes=[restoration],
    )
    an_initiative(
        "Glacier watch",
        academy,
        a_funder(iucn),
        group="previous",
        start_year=2014,
        end_year=2017,
        countries=[kazakhstan],
        hotspots=[pamir],
        themes=[water, restoration],
    )
    a_text_page("About", show_in_menus=True)
    a_text_page("Privacy")
    set_up_groups(home)
    return home


def a_member_of(group, name="", **names):
    """The browser of somebody of this group, logged in."""
    user = get_user_model().objects.create_user(name or group.lower(), password="words that nobody guesses", **names)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def insert(parent, pages):
    rows = [Page(**{field.attname: getattr(page, field.attname) for field in Page._meta.fields}) for page in pages]
    Page.objects.bulk_create(rows, BATCH)
    ids = dict(Page.objects.child_of(parent).values_list("path", "pk"))
    for page in pages:
        page.pk = page.page_ptr_id = ids[page.path]
        # The row of the page is there; this adds that of its own type.
        page.save_base(raw=True, force_insert=True)


def many_initiatives(number, like="saxaul"):
    """Published initiatives, each related to the same records as the one with this slug, without a second for each.

    Every table gets its rows at once, and what the page API does besides (place in the tree, address) is done by
    hand. Search finds all of them by the words of the initiative that they are modelled on, "saxaul" for example.
    """
    index = InitiativeIndexPage.objects.get()
    model = InitiativePage.objects.get(slug=like)
    relations = [(name, getattr(model, name).all()) for name in ("countries", "hotspots", "species", "themes")]
    parts = list(model.participations.all())
    first = index.numchild + 1

    pages = [
        InitiativePage(
            title=f"Initiative {step:04}",
            draft_title=f"Initiative {step:04}",
            slug=f"initiative-{step}",
            url_path=f"{index.url_path}initiative-{step}/",
            summary="One of many.",
            path=InitiativePage._get_path(index.path, index.depth + 1, step),
            depth=index.depth + 1,
            content_type_id=model.content_type_id,
            locale_id=index.locale_id,
            group="current" if step % 2 else "previous",
            start_year=2000 + step % 20,
            end_year=2030,
            budget_amount=step * 1000,
            budget_currency="EUR",
            budget_basis="total_budget",
        )
        for step in range(first, first + number)
    ]
    insert(index, pages)
    Participation.objects.bulk_create(
        [
            Participation(
                page=page,
                sort_order=part.sort_order,
                organisation_id=part.organisation_id,
                role=part.role,
                wording=part.wording,
                programme=part.programme,
            )
            for page in pages
            for part in parts
        ],
        BATCH,
    )
    for name, targets in relations:
        through = getattr(InitiativePage, name).through
        target_name = InitiativePage._meta.get_field(name).m2m_reverse_name()
        through.objects.bulk_create(
            [through(initiativepage_id=page.pk, **{target_name: t.pk}) for page in pages for t in targets], BATCH
        )
    index.numchild += number
    index.save(update_fields=["numchild"])
    found = IndexEntry.objects.get(content_type_id=model.content_type_id, object_id=model.pk)
    words = {name: getattr(found, name) for name in ("content_type_id", "title", "title_norm", "body", "autocomplete")}
    IndexEntry.objects.bulk_create([IndexEntry(object_id=page.pk, **words) for page in pages], BATCH)
    count_rows()
    return pages


def count_rows():
    """PostgreSQL counts them now and then, to plan with, and SQLite at each start; a test doesn't last until then."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def many_like(model, number):
    """Published pages beside this one with its fields, rows and relations, without a second for each."""
    kind, parent, last = type(model), model.get_parent(), model.get_siblings().last()
    fields = [field for field in kind._meta.concrete_fields if field.name not in {*OF_ONE_PAGE, "id"}]
    own = {field.attname: getattr(model, field.attname) for field in fields}
    first = Page._str2int(last.path[-Page.steplen :]) + 1
    pages = [
        kind(
            **own,
            title=f"{model.title} {step}",
            draft_title=f"{model.title} {step}",
            slug=f"{model.slug}-{step}",
            url_path=f"{parent.url_path}{model.slug}-{step}/",
            path=Page._get_path(parent.path, parent.depth + 1, step),
        )
        for step in range(first, first + number)
    ]
    insert(parent, pages)
    for field in get_all_child_m2m_relations(kind):
        through, target = field.remote_field.through, field.m2m_reverse_field_name()
        keys = [record.pk for record in getattr(model, field.name).all()]
        names = (f"{field.m2m_field_name()}_id", f"{target}_id")
        rows = [through(**dict(zip(names, pair, strict=True))) for pair in product([p.pk for p in pages], keys)]
        through.objects.bulk_create(rows, BATCH)
    for relation in get_all_child_relations(kind):
        if issubclass(relation.related_model, Orderable):
            rows = [copy(row) for row in getattr(model, relation.get_accessor_name()).all() for _ in pages]
            for row, page in zip(rows, cycle(pages), strict=False):
                row.pk, row.page_id = None, page.pk
            relation.related_model.objects.bulk_create(rows, BATCH)
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + number)
    count_rows()
    return pages
