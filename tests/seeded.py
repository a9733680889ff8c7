"""The start content in the test database, and its pages as a visitor reads them."""

from io import BytesIO
from unittest.mock import patch

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image
from wagtail.models import Page

from iucn_ca.models import CreditedImage
from tests.html import parsed


def a_dot(picture, *arguments, **options):
    content = BytesIO()
    Image.new("RGB", (2, 1)).save(content, "WEBP")
    return ContentFile(content.getvalue(), name=f"{picture.file_hash}.webp")


def seed(*options):
    """The command with a dot for every rendition: encoders are slow, and test_pictures tests them."""
    few = patch.multiple("iucn_ca.images", WIDTHS=(416,), FORMATS=("webp",))
    with few, patch.object(CreditedImage, "generate_rendition_file", a_dot):
        call_command("seed", *options)


def everything():
    """How many rows each table has, and the identity of what staff could have changed."""
    counts = {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.managed}
    pages = list(Page.objects.order_by("pk").values_list("pk", "title", "latest_revision_id", "last_published_at"))
    pictures = list(CreditedImage.objects.order_by("pk").values_list("pk", "file", "finished"))
    return counts, pages, pictures


class Reading:
    """What stands on a page between header and footer; a no-break space counts as a space."""

    def __init__(self, answer):
        assert answer.status_code == 200, answer
        self.main = parsed(answer.content).main
        self.text = words(self.main)
        self.title = words(self.main.h1)

    @property
    def facts(self):
        """The texts of the page's description lists by their terms."""
        return {words(term): words(term.find_next("dd")) for term in self.main.find_all("dt")}

    def links_under(self, heading):
        """The words of the links in the section with this heading."""
        [found] = [h for h in self.main.find_all(["h2", "h3"]) if words(h) == heading]
        return [words(link) for link in found.find_parent("section").find_all("a")]


def words(element):
    return " ".join(element.get_text(" ").split()).replace(" ,", ",").replace(" .", ".")


def read(client, path):
    return Reading(client.get(path))
