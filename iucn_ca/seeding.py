"""The start content: fixtures/*.yaml, put on an empty site through the page API.

A file holds, by model and key, the fields of each record: pages by their address, pictures by their file,
countries by their code, other terms by their slug. Records refer to each other by the last part of the key.
In a body a string is a paragraph and a list of strings a bulleted list.
"""

from itertools import groupby
from urllib.parse import urlsplit

import yaml
from django.conf import settings
from django.core.files.images import ImageFile
from django.utils.text import slugify
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page, Site

from initiatives.models import InitiativeIndexPage, InitiativePage, Theme
from initiatives.organisations import OrganisationIndexPage, OrganisationPage
from regions.models import Country, CountryPage, Ecosystem, HotspotPage, RegionPage, Threat
from species.models import SpeciesIndexPage, SpeciesPage

from .images import make_renditions
from .models import CreditedImage, HomePage, OfficeSettings, StandardPage
from .staff import set_up_groups

FIXTURES = settings.BASE_DIR / "fixtures"
# In the order of making: a record refers only to those made before it. Pages under one parent keep this order.
MODELS = [
    CreditedImage,
    HomePage,
    Country,
    Ecosystem,
    Threat,
    RegionPage,
    HotspotPage,
    CountryPage,
    SpeciesIndexPage,
    SpeciesPage,
    Theme,
    InitiativeIndexPage,
    OrganisationIndexPage,
    OrganisationPage,
    InitiativePage,
    StandardPage,
]


def is_empty():
    """Whether nobody has entered anything yet; the page that Wagtail installs doesn't count."""
    return not any(model.objects.exists() for model in MODELS)


def clear():
    """Remove every page, term and picture, of whatever language."""
    for model in reversed(MODELS):
        model.objects.all().delete()


def fill():
    """Put the start content on an empty site; return how many records of each model that were."""
    content = StartContent()
    for model in MODELS:
        content.make_all(model)
    [home] = content.made[HomePage].values()
    site = Site.objects.get(is_default_site=True)
    OfficeSettings.objects.create(
        site=site, **content.values(OfficeSettings, content.read("iucn_ca")["OfficeSettings"])
    )
    set_up_groups(home)
    return {model: len(records) for model, records in content.made.items()}


class StartContent:
    def __init__(self):
        self.made = {}
        self.files = {}

    def read(self, app):
        if app not in self.files:
            self.files[app] = yaml.safe_load((FIXTURES / f"{app}.yaml").read_text())
        return self.files[app]

    def make_all(self, model):
        make = {CreditedImage: self.make_picture, HomePage: self.make_home}.get(model)
        make = make or (self.make_page if issubclass(model, Page) else self.make_term)
        records = self.made[model] = {}
        for key, fields in self.read(model._meta.app_label)[model.__name__].items():
            records[key.rpartition("/")[2]] = make(model, key, self.values(model, fields))

    def make_picture(self, model, key, values):
        with (FIXTURES / "media" / f"{key}.avif").open("rb") as file:
            picture = model(file=ImageFile(file, name=f"{key}.avif"), **values)
            picture.full_clean()
            picture.save()
        # Here and not after the commit: an interrupted start leaves nothing half done.
        make_renditions(picture)
        return picture

    def make_term(self, model, key, values):
        term = model(**{"slug": slugify(values["name"]), "code" if model is Country else "slug": key, **values})
        term.full_clean()
        term.save()
        return term

    def make_page(self, model, key, values):
        parent, _, slug = key.rpartition("/")
        [home] = self.made[HomePage].values()
        above = Page.objects.get(url_path=f"{home.url_path}{parent}/" if parent else home.url_path)
        return self.publish(above, model(slug=slug, **values))

    def make_home(self, model, key, values):
        """The home page takes the place of the one that Wagtail installs, and the site follows SITE_URL."""
        root = Page.get_first_root_node()
        site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
        site.root_page = root
        site.site_name = settings.WAGTAIL_SITE_NAME
        address = urlsplit(settings.SITE_URL)
        site.hostname = address.hostname
        site.port = address.port or (443 if address.scheme == "https" else 80)
        site.save()
        root.get_children().delete()
        site.root_page = home = self.publish(Page.get_first_root_node(), model(slug=key, **values))
        site.save()
        return home

    def publish(self, parent, page):
        parent.add_child(instance=page)
        page.save_revision().publish()
        return page

    def values(self, model, fields):
        return {name: self.value(model._meta.get_field(name), given) for name, given in fields.items()}

    def value(self, field, given):
        if isinstance(field, StreamField):
            return field.stream_block.clean(field.stream_block.to_python(self.stream(field.stream_block, given)))
        if field.one_to_many:
            return [self.row(field.related_model, number, fields) for number, fields in enumerate(given)]
        if field.many_to_many:
            return [self.made[field.related_model][key] for key in given]
        if field.is_relation:
            return self.made[field.related_model][given]
        return given

    def row(self, model, number, fields):
        row = model(sort_order=number, **self.values(model, fields))
        row.full_clean(exclude=["page"])
        return row

    def stream(self, block, given):
        if len(block.child_blocks) == 1:
            [(name, child)] = block.child_blocks.items()
            return [{"type": name, "value": self.block_value(child, entry)} for entry in given]
        found = []
        for is_text, entries in groupby(given, lambda entry: not isinstance(entry, dict)):
            if is_text:
                found.append({"type": "text", "value": "".join(map(rich_text, entries))})
            else:
                pairs = [pair for entry in entries for pair in entry.items()]
                found += [{"type": n, "value": self.block_value(block.child_blocks[n], v)} for n, v in pairs]
        return found

    def block_value(self, block, given):
        if isinstance(block, blocks.StructBlock):
            return {name: self.block_value(block.child_blocks[name], value) for name, value in given.items()}
        if isinstance(block, blocks.ListBlock):
            return [self.block_value(block.child_block, value) for value in given]
        return rich_text(given) if isinstance(block, blocks.RichTextBlock) else given


def rich_text(given):
    if isinstance(given, str):
        return f"<p>{given}</p>"
    return f"<ul>{''.join(f'<li>{item}</li>' for item in given)}</ul>"
