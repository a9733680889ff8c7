"""What is not public, in words that stand nowhere else: no visitor gets one, nor from copies of earlier pages."""

import re
from datetime import timedelta
from html import unescape
from http.cookies import SimpleCookie
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.db import models
from django.test import Client
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.models import Collection, CollectionViewRestriction, Page, Site

from initiatives.models import InitiativePage, Theme
from iucn_ca.models import OfficeSettings
from iucn_ca.querysets import site_pages
from species.models import SpeciesPage
from tests.factories import a_member_of
from tests.hiding import (
    draft,
    expired_and_taken_down,
    for_those_who_log_in,
    hidden_pages,
    not_at_all,
    private,
    scheduled,
)
from tests.sampling import some_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

WORDS = re.compile(r"q[aeiouy]rq[aeiouy]x|quxqux|behind-\d")
LINK = re.compile(r'<a [^>]*href="([^"#]+)')
WAYS = [draft, private, scheduled, expired_and_taken_down, for_those_who_log_in]
# Of what every page has; titles have their words already.
OF_EVERY_PAGE = {"seo_title", "search_description"}
BESIDE_THE_PAGES = [
    "/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/.well-known/security.txt",
    "/en/no-such-page/",
    "/en/_util/login/",
    "/en/_util/authenticate_with_password/1/1/",
    "/en/search/?q=hushed",
    "/en/search/?q=quxqu",
    "/en/species/?q=hushed",
    "/en/initiatives/?q=hushed",
    *(f"/en/initiatives/initiatives.{name}" for name in ("csv", "json", "xlsx")),
    *(f"/en/initiatives/initiatives.{name}?q=hushed" for name in ("csv", "json", "xlsx")),
    *(f"/en/before-{number}/" for number in range(6)),
]


def with_words_in_every_text(page, number):
    """Every text of this page says something that no other says, and so does its address."""
    for field in page._meta.fields:
        if (field.model is Page and field.name not in OF_EVERY_PAGE) or field.choices or field.name == "outline":
            continue
        if isinstance(field, StreamField) and field.name == "body":
            page.body = [("text", "<p>Quxqux in the text.</p>"), ("highlight", "<p>Quxqux aside.</p>")]
        elif isinstance(field, models.URLField):
            setattr(page, field.name, "https://quxqux.example/")
        elif isinstance(field, models.CharField | models.TextField) and (field.max_length or 99) > 20:
            setattr(page, field.name, f"{getattr(page, field.name)} quxqux hushed".strip())
    if isinstance(page, SpeciesPage):
        # What is said of an assessment belongs to a category.
        page.red_list_category, page.red_list_scope, page.red_list_year = "NT", "species", 2023
        page.red_list_words = ""
    page.slug = f"behind-{number}"
    page.save_revision().publish()
    Redirect.objects.create(old_path=f"/en/before-{number}", redirect_page=page)
    return type(page).objects.get(pk=page.pk)


def changed_and_not_published():
    """Drafts of what is public, and a document that is not."""
    saxaul = InitiativePage.objects.get(slug="saxaul")
    collection = Collection.get_first_root_node().add_child(name="Quxqux papers")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    document = get_document_model().objects.create(
        title="Quxqux paper", file=ContentFile(b"%PDF-1.4", name="quxqux.pdf"), collection=collection
    )
    saxaul.documents.create(document=document)
    saxaul.save()
    theme = Theme.objects.get(slug="restoration")
    office = OfficeSettings.objects.create(site=Site.objects.get(), email="office@example.org")
    office.email, theme.name, saxaul.title = "quxqux@example.org", "Quxqux", "Quxqux"
    for record in (office, theme):
        record.save_revision()
    saxaul.save_revision()
    saxaul.go_live_at, saxaul.summary = timezone.now() + timedelta(days=1), "Quxqux"
    saxaul.change_note = "Quxqux."
    saxaul.save_revision().publish()


def public_addresses():
    pages = [page.url for page in site_pages().live().public().filter(depth__gt=1)]
    return [*pages, *BESIDE_THE_PAGES]


def read(client, address):
    """Everything that a visitor's program gets, in small letters, and the addresses that it leads to."""
    answer = client.get(address)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    text = content.decode()
    return f"{answer.headers} {text}".lower(), {unescape(link) for link in LINK.findall(text)}


def site(client):
    """Every public address and what it leads to by one choice of a filter, with what stands there."""
    found = {}
    addresses = public_addresses()
    for address in addresses:
        found[address], links = read(client, address)
        for link in sorted(links):
            if link.startswith("/en/") and link.count("=") < 2 and link not in addresses:
                addresses.append(link)
    return found


def leaks(client):
    return [(address, found[0]) for address, text in site(client).items() if (found := WORDS.findall(text))]


def left(client):
    """The same browser once its owner has logged out."""
    client.post("/admin/logout/")
    client.cookies = SimpleCookie({name: kept.value for name, kept in client.cookies.items() if kept.value})
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    return client


@pytest.mark.parametrize("keeping", ["files"], indirect=True)
@pytest.mark.parametrize("turn", some_of(range(len(WAYS)), 0))
def test_no_visitor_gets_a_word_of_what_is_not_public(keeping, turn):
    pages = [with_words_in_every_text(page, number) for number, page in enumerate(hidden_pages(not_at_all))]
    assert len(leaks(Client())) > 20, "while it is public it stands everywhere"

    publisher = a_member_of("Publishers")
    for page in pages:
        publisher.get(page.url)
        publisher.get(f"/admin/pages/{page.pk}/view_draft/")
    for number, page in enumerate(pages):
        WAYS[(number + turn) % len(WAYS)](page)
    changed_and_not_published()
    assert WORDS.search(read(publisher, f"/admin/pages/{pages[0].pk}/view_draft/")[0]), "staff read it still"

    assert leaks(left(publisher)) == []
    assert leaks(Client()) == [], "from what was kept for the one before"
    for page in Page.objects.filter(pk__in=[page.pk for page in pages]):
        # The address that was asked for stands in the way to the login.
        text = read(Client(), page.url)[0].replace(page.slug, "")
        assert not WORDS.search(text), page.url
    document = get_document_model().objects.get()
    assert "login" in Client().get(document.url)["Location"]
