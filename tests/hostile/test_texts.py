"""No text that an editor can enter runs anywhere, neither for visitors nor inside the admin."""

import json
import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client
from django.utils import timezone
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Comment, Page
from wagtail.rich_text import RichText

from initiatives.changes import ChangeNote, figures_of
from initiatives.models import InitiativePage
from iucn_ca.images import CreditedImage, make_renditions
from iucn_ca.models import StandardPage
from regions.models import HotspotPage
from species.models import SpeciesPage
from tests.factories import SQUARE
from tests.hostile.strategies import routes
from tests.hostile.texts import ADDRESS, MARK, TEXTS, Reader, fill_in_everywhere, is_text, rows, strings

pytestmark = [
    pytest.mark.django_db,
    # A list of wagtail-localize has no order; elsewhere in the tests such a warning is an error.
    pytest.mark.filterwarnings("ignore:Pagination may yield inconsistent results"),
]

OWN_APPS = {"iucn_ca", "regions", "species", "initiatives"}
RUNNING = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,<script>1</script>"]
RUNNING += ["java\tscript:alert(1)", "vbscript:x", "//evil.example", "\u2028javascript:alert(1)"]


@pytest.fixture(scope="module")
def told(full_office, ids, django_db_blocker):
    """The fields that hold the text now."""
    with django_db_blocker.unblock():
        picture = CreditedImage.objects.get()
        make_renditions(picture)
        for kind in (InitiativePage, SpeciesPage, HotspotPage):
            page = kind.objects.first()
            for name, fields in rows().items():
                if hasattr(page, name):
                    getattr(page, name).model.objects.create(page=page, **fields)
        page = InitiativePage.objects.get(slug="saxaul")
        before = figures_of(page) | {"start_year": 1999}
        ChangeNote.objects.create(page=page, date="2026-01-01", sentence="-", old=before, new=figures_of(page))
        Comment.objects.create(page=page, user=full_office["administrator"], text="-", contentpath="title")
        outline = json.dumps(json.loads(SQUARE) | {"name": TEXTS[0]})
        HotspotPage.objects.filter(slug="ustyurt").update(outline=outline)
        for kind in {type(page) for page in Page.objects.filter(depth__gt=1).specific()}:
            kind.objects.update(picture=picture)
        Page.objects.update(last_published_at=timezone.now())
        return fill_in_everywhere()


def addresses(ids):
    """Those of the admin that name a record by its number, and those that name none."""
    for route in sorted(set(routes())):
        if "logout" in route or re.search(r"<(str|slug|uidb64)|<\w+>|\(", route):
            continue
        names = re.findall(r"<int:(\w+)>", route)
        known = [next((ids[word] for word in ids if word in name), None) for name in names]
        known = [k or next((ids[word] for word in ids if word in route), ids["page"]) for k in known]
        # Of pages one of each type, of others the last.
        several = (
            known[0] if len(names) == 1 and re.search(r"pages/<int:page_id>/(edit|history|delete)/", route) else [None]
        )
        for one in several:
            values = [one or pks[-1] for pks in known]
            yield "/" + re.sub(r"<int:\w+>", "{}", route).format(*values)


def harm_in(answer):
    if "html" in answer["Content-Type"]:
        reader = Reader(answer.text)
        return reader.harm, reader.said
    if "json" in answer["Content-Type"]:
        readers = [Reader(text) for text in strings(json.loads(answer.text)) if "<div" in text or "<form" in text]
        return [found for reader in readers for found in reader.harm], sum(reader.said for reader in readers)
    return [], 0


@pytest.mark.parametrize("text", [*TEXTS, ADDRESS, f"<a href='javascript:{MARK}()'>", f"<p>{MARK}49</p>"])
def test_a_text_that_is_shown_as_it_is_would_be_noticed(text):
    assert Reader(f'<p title="{text}">{text}</p>').harm


def test_the_text_stands_in_every_field_of_every_kind_of_record(told):
    kinds = [model for model in apps.get_models() if model._meta.app_label in OWN_APPS and model.objects.exists()]
    assert len(kinds) > 20
    for model in kinds:
        for field in model._meta.local_fields:
            if isinstance(field, StreamField | models.URLField) or is_text(field):
                assert f"{model.__name__}.{field.name}" in told


def test_no_text_runs_on_a_public_page(told, client):
    said = {}
    pages = list(Page.objects.live().filter(depth__gt=1))
    for path in [*(page.url for page in pages), f"/en/search/?q={MARK}", f"/en/initiatives/?q={MARK}", "/en/none/"]:
        answer = client.get(path)
        harm, said[path] = harm_in(answer)
        assert not harm, path
    # Else nothing has been shown at all.
    assert all(said[page.url] > 3 for page in pages)
    assert said[f"/en/search/?q={MARK}"] > 10


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_file_of_texts_is_no_page(told, client, kind):
    answer = client.get(f"/en/initiatives/initiatives.{kind}")
    assert answer.status_code == 200
    assert "html" not in answer["Content-Type"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_no_text_runs_inside_the_admin(told, ids, full_office):
    administrator = Client()
    administrator.force_login(full_office["administrator"])
    seen = 0
    for path in addresses(ids):
        answer = administrator.get(path)
        if answer.status_code == 200 and not answer.streaming:
            harm, said = harm_in(answer)
            assert not harm, path
            seen += said > 0
    assert seen > 150


@pytest.mark.parametrize("page_type", [InitiativePage, SpeciesPage, HotspotPage])
def test_no_text_runs_in_a_comparison_or_a_preview(told, full_office, page_type):
    administrator = Client()
    administrator.force_login(full_office["administrator"])
    page = page_type.objects.order_by("pk").first()
    compared = administrator.get(f"/admin/pages/{page.pk}/revisions/compare/earliest...latest/")
    shown = administrator.get(f"/admin/pages/{page.pk}/view_draft/")
    for answer in (compared, shown):
        assert answer.status_code == 200
        harm, said = harm_in(answer)
        assert not harm
        assert said > 3


@pytest.mark.parametrize("number", [f'1" onx="{MARK}', "9" * 30, "-1", "", "²", "None"])
@pytest.mark.parametrize("kind", ["page", "document"])
def test_a_link_to_what_no_record_can_be_numbered_by_is_shown_as_its_words(office, client, kind, number):
    text = f"<p><a linktype=\"{kind}\" id='{number}'>the plan</a></p>"
    about = StandardPage.objects.get(slug="about")
    about.body = [("text", RichText(text))]
    about.save()
    answer = client.get(about.url)
    assert answer.status_code == 200
    assert "<a>the plan</a>" in answer.text


# What forms refuse


def every_address():
    """Every field, and every part of a text, that is an address."""
    for model in apps.get_models():
        for field in model._meta.local_fields if model._meta.app_label in OWN_APPS else ():
            if isinstance(field, models.URLField):
                yield pytest.param(field.formfield(assume_scheme="https"), id=str(field))
            elif isinstance(field, StreamField):
                for name, block in url_blocks(field.stream_block, str(field)):
                    yield pytest.param(block, id=name)


def url_blocks(block, name):
    if isinstance(block, blocks.URLBlock):
        yield name, block
    inner = getattr(block, "child_blocks", {}) or {"": getattr(block, "child_block", None)}
    for part, child in inner.items():
        if child is not None:
            yield from url_blocks(child, f"{name}.{part}")


@pytest.mark.parametrize("field", list(every_address()))
def test_an_address_that_runs_is_refused(field):
    for address in RUNNING:
        with pytest.raises(ValidationError):
            assert field.clean(address).startswith(("http://", "https://"))
            raise ValidationError("made harmless")
