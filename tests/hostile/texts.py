"""A text that would run, if it could, in every field of every record; and a reader who sees whether it could."""

import datetime
import json
from html.parser import HTMLParser

from django.apps import apps
from django.db import models
from wagtail import blocks
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

MARK = "kaboom"
# The longest that fits is taken.
BREAK_OUT = f"\"'--></title></script></textarea></template><script>{MARK}()</script><img src=x onerror={MARK}()>"
TEXTS = [
    BREAK_OUT + f"<a href=javascript:{MARK}()>{MARK}{{{{7*7}}}}\u2028</a>",
    f"\"'></script><script>{MARK}()</script>",
    f'"><i onx={MARK}>',
]
ADDRESS = f"https://example.org/\"'><script>{MARK}()</script><img/src=x/onerror={MARK}()>"
# What no text could stand in, and what decides what a record is and where.
NOT_TEXTS = (models.SlugField, models.EmailField, models.FileField, models.UUIDField)
NOT_THESE = {
    *("path", "url_path", "file_hash", "password", "username", "outline", "code", "budget_currency", "hostname"),
    *("language_code", "codename", "app_label", "model", "session_key", "base_url", "filter_spec", "focal_point_key"),
}
APPS = {"iucn_ca", "regions", "species", "initiatives", "wagtaildocs", "wagtailredirects", "taggit", "auth"}
MODELS_OF_WAGTAIL = {"page", "collection", "site", "workflow", "task", "comment", "taskstate"}


def fitting(limit, number=""):
    return next((text + number for text in TEXTS if len(text + number) <= (limit or 10_000)), None)


def rich_text(features):
    """What an editor's text is stored as if a crafted request sends links and pictures that the editor never makes."""
    entities = [
        ("LINK", {"url": f"javascript:{MARK}()"}),
        ("LINK", {"url": ADDRESS}),
        ("LINK", {"url": f"data:text/html,<script>{MARK}()</script>"}),
        ("DOCUMENT", {"id": "1", "url": f"javascript:{MARK}()"}),
        ("IMAGE", {"id": "1", "src": f"javascript:{MARK}()", "alt": TEXTS[0], "format": f'left" onx="{MARK}'}),
        ("EMBED", {"url": f"javascript:{MARK}()"}),
    ]
    lines = [
        {
            "key": str(number),
            "type": kind,
            "text": TEXTS[0],
            "depth": 0,
            "inlineStyleRanges": [{"offset": 0, "length": 9, "style": "BOLD"}],
            "entityRanges": [{"offset": 2, "length": 9, "key": number}],
        }
        for number, kind in enumerate(
            ["unstyled", "unstyled", "unstyled", "unstyled", "unordered-list-item", "unstyled"]
        )
    ]
    known = {str(n): {"type": kind, "mutability": "MUTABLE", "data": data} for n, (kind, data) in enumerate(entities)}
    converter = ContentstateConverter(features)
    return converter.to_database_format(json.dumps({"blocks": lines, "entityMap": known}))


def value_of(block):
    """A value of this block as the database keeps it, with the text wherever one can stand."""
    match block:
        case blocks.StreamBlock():
            kinds = [(name, value_of(child)) for name, child in block.child_blocks.items()]
            return [{"type": name, "value": value} for name, value in kinds if value is not None]
        case blocks.StructBlock():
            return {name: value_of(child) for name, child in block.child_blocks.items()}
        case blocks.ListBlock():
            return [value_of(block.child_block)]
        case blocks.RichTextBlock():
            return rich_text(block.features)
        case blocks.URLBlock():
            return block.clean(ADDRESS)
        case blocks.ChoiceBlock():
            return next((key for key, _ in block.field.choices if key), None) if block.required else ""
        case blocks.CharBlock() | blocks.TextBlock():
            return fitting(block.field.max_length)
        case blocks.DateBlock():
            return "2026-01-01"
        case blocks.DecimalBlock() | blocks.IntegerBlock() | blocks.FloatBlock():
            return 7
        case blocks.ChooserBlock():
            first = block.model_class.objects.order_by("pk").last()
            return first and first.pk
    return None


def is_text(field):
    if field.name in NOT_THESE or field.choices or isinstance(field, NOT_TEXTS):
        return False
    return isinstance(field, models.CharField | models.TextField)


def texts_of(record):
    """By the names of its own fields; a page's title is a field of another table."""
    found = {}
    for field in record._meta.local_concrete_fields:
        if isinstance(field, StreamField):
            found[field.name] = blocks.StreamValue(field.stream_block, value_of(field.stream_block), is_lazy=True)
        elif isinstance(field, RichTextField):
            found[field.name] = rich_text(field.features)
        elif isinstance(field, models.URLField):
            found[field.name] = field.clean(ADDRESS, record)
        elif is_text(field):
            found[field.name] = fitting(field.max_length, f"{record.pk}")
    return {name: text for name, text in found.items() if text is not None}


def fill_in_everywhere():
    """Past every form: a restored or older database may hold what no form would take."""
    filled = set()
    for model in apps.get_models():
        if model._meta.app_label in APPS or model._meta.model_name in MODELS_OF_WAGTAIL:
            for record in model.objects.all():
                if texts := texts_of(record):
                    model.objects.filter(pk=record.pk).update(**texts)
                    filled |= {f"{model.__name__}.{name}" for name in texts}
    for page in Page.objects.filter(depth__gt=1).specific():
        page.save_revision(clean=False)
        index.insert_or_update_object(page)
    return filled


def rows():
    """A child row of each kind, for records that have none."""
    day = datetime.date(2026, 1, 1)
    return {
        "targets": {
            "value": 7,
            "unit": "ha",
            "text": "restored",
            "progress": 1,
            "progress_on": day,
            "progress_source": "R",
        },
        "sources": {"title": "Report", "url": "https://example.org/"},
        "names": {"language": "ru", "name": "Saiga"},
        "threats": {"text": "Snares"},
    }


ADDRESSES = {"href", "src", "action", "formaction", "srcdoc", "data", "xlink:href"}


class Reader(HTMLParser):
    """Collects what has come into being out of a text."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.harm, self.inside, self.said = [], "", 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        for name, value in attrs:
            value = (value or "").strip().lower()
            if name.startswith("on") and (MARK in value or MARK in name):
                self.harm.append((tag, name, value))
            if name in ADDRESSES and value.startswith(("javascript:", "data:text/html", "vbscript:")) and MARK in value:
                self.harm.append((tag, name, value))

    def handle_data(self, text):
        self.said += text.count(MARK)
        if self.inside == "script" and text.strip().startswith(MARK):
            self.harm.append(("script", "", text))
        if f"{MARK}49" in text:
            self.harm.append(("template", "", text))

    def handle_endtag(self, tag):
        self.inside = ""


def strings(value):
    """The texts somewhere in an answer of JSON: Wagtail's dialogues come as HTML in it."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)
    elif isinstance(value, str) and "<" in value:
        yield value
