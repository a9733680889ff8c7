import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import AvifImagePlugin, ImageOps
from PIL import Image as PillowImage
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.search import index

from .shown import Shown

LONGEST_SIDE = 2400
# Plates in rows, phones, phones with denser and with dense screens and columns, wide columns, the full width.
# Wagtail never enlarges: the first width not below its own is the picture unscaled, wider ones are left out.
WIDTHS = (208, 416, 640, 960, 1600, 1920)
FORMATS = ("avif", "webp")
SHARING = "fill-1200x630|format-jpeg"
LADDER = [*(f"width-{width}|format-{name}" for name in FORMATS for width in WIDTHS), SHARING]

# At 8 instead of 6, the stock value that Willow has no name for, it takes a third of the time for files 4 % larger.
AVIF_SPEED = 8
stock_avif = PillowImage.SAVE[AvifImagePlugin.AvifImageFile.format]


def save_avif(image, file, name):
    image.encoderinfo.setdefault("speed", AVIF_SPEED)
    stock_avif(image, file, name)


PillowImage.register_save(AvifImagePlugin.AvifImageFile.format, save_avif)


def ladder(image):
    """The filters of LADDER that this picture needs."""
    enough = next((width for width in WIDTHS if width >= image.width), WIDTHS[-1])
    widths = [width for width in WIDTHS if width <= enough]
    return [*(f"width-{width}|format-{name}" for name in FORMATS for width in widths), SHARING]


def make_renditions(image):
    """Make what is missing of the ladder, note it down with the picture and return how many that were."""
    # As the database has it now: the one at hand may know renditions of an earlier file.
    image = CreditedImage.objects.prefetch_renditions(*LADDER).filter(pk=image.pk).first()
    if image is None:
        return 0
    already = {rendition.pk for rendition in image.prefetched_renditions}
    made = image.get_renditions(*ladder(image))
    image.finished = {spec: [r.file.name, r.width, r.height] for spec, r in made.items()}
    image.save(update_fields=["finished"])
    return sum(rendition.pk not in already for rendition in made.values())


def fit_to_keep(content):
    """The picture upright, at most 2,400 pixels on its longest side and without what cameras write into it (the
    place, for example), or None where the file is like that already."""
    with PillowImage.open(BytesIO(content)) as picture:
        picture.load()  # PNG may have remarks behind its pixels.
        if max(picture.size) <= LONGEST_SIDE and not has_remarks(picture, content):
            return None
        kept = ImageOps.exif_transpose(picture)
        kept.thumbnail((LONGEST_SIDE, LONGEST_SIDE), PillowImage.Resampling.LANCZOS)
        profile = picture.info.get("icc_profile")
        # Some formats write again whatever else Pillow has read.
        kept.info = {key: value for key, value in kept.info.items() if key == "transparency"}
        output = BytesIO()
        # Some phones hide a second picture behind the first one (MPO).
        file_format = "JPEG" if picture.format == "MPO" else picture.format
        kept.save(output, file_format, quality=92, icc_profile=profile, exif=b"")
        return output.getvalue()


def has_remarks(picture, content):
    """Whether the file holds anything besides the pixels and their colours, behind their end for example."""
    if not ends_with_its_picture(picture.format, content):
        return True
    # Of the segments of a JPEG: its density, its colours, how Adobe has stored them.
    segments = getattr(picture, "applist", [])
    if any(not (name in ("APP0", "APP14") or data.startswith(b"ICC_PROFILE")) for name, data in segments):
        return True
    told = picture.info.keys() & {"exif", "xmp", "comment", "photoshop", "mpoffset"}
    return bool(told) or any(isinstance(value, str) for value in picture.info.values())


def ends_with_its_picture(file_format, content):
    match file_format:
        case "JPEG" | "MPO":
            return content.endswith(b"\xff\xd9")
        case "PNG":
            return content.endswith(b"IEND\xaeB`\x82")
        case "WEBP":
            return int.from_bytes(content[4:8], "little") + 8 == len(content)
    return True


@dataclass(frozen=True)
class Finished:
    """A finished rendition as a visitor's browser needs it."""

    url: str
    width: int
    height: int

    def __str__(self):
        """As one entry of a `srcset`."""
        return f"{self.url} {self.width}w"


class CreditedImage(AbstractImage):
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Photographer or artist as it must be printed. No page is published with a picture without it."),
    )
    licence = models.CharField(
        _("licence"),
        max_length=120,
        blank=True,
        help_text=_("For example “CC BY 4.0” or “by permission of the author”."),
    )
    source = models.CharField(
        _("source"), max_length=500, blank=True, help_text=_("Where the picture came from: an address or a sentence.")
    )
    is_illustration = models.BooleanField(
        _("illustration"), default=False, help_text=_("Drawn or painted, not photographed. The credit line says so.")
    )
    caption = models.CharField(
        _("caption line"),
        max_length=300,
        blank=True,
        help_text=_(
            "Printed under the picture in place of the credit line. For example “Illustration drawn for this site. "
            "The office's photograph of Ustyurt is by Mark Pestov.”"
        ),
    )

    # Rendition files by filter: a page with thirty pictures asks the database for none of them.
    finished = models.JSONField(default=dict, editable=False)

    SHOWN_IN_LISTS = ("description", "width", "height", "finished")

    admin_form_fields = (
        *Image.admin_form_fields[:3],  # title, file, description
        "credit",
        "licence",
        "source",
        "is_illustration",
        "caption",
        *Image.admin_form_fields[3:],
    )
    search_fields = [
        *AbstractImage.search_fields,
        index.SearchField("credit"),
        index.AutocompleteField("credit"),
        index.SearchField("caption"),
        index.FilterField("is_illustration"),
    ]

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def save(self, *args, **kwargs):
        whole = not kwargs.get("update_fields")
        if whole:
            self._take_in_new_file()
        super().save(*args, **kwargs)
        if whole:
            # After the transaction: nobody else's saving waits for the encoder, and its failure costs no upload.
            transaction.on_commit(lambda: make_renditions(self), robust=True)

    def _take_in_new_file(self):
        known = CreditedImage.objects.filter(pk=self.pk).values_list("file", flat=True).first()
        if not self.file or self.file.name == known:
            return
        with self.open_file() as file:
            content = file.read()
        better = fit_to_keep(content)
        if better is not None:
            if self.file._committed:
                self.file.storage.delete(self.file.name)
            content = better
            self.file = ContentFile(content, name=PurePath(self.file.name).name)
        self.finished = {}  # Those of an earlier file are about to go.
        self.file_size = len(content)
        self.file_hash = hashlib.sha1(content, usedforsecurity=False).hexdigest()

    @property
    def finished_renditions(self):
        """By filter, narrow to wide."""
        storage = CreditedRendition._meta.get_field("file").storage
        noted = {spec: self.finished[spec] for spec in ladder(self) if spec in self.finished}
        return {spec: Finished(storage.url(name), *size) for spec, (name, *size) in noted.items()}

    @property
    def as_shown(self):
        """By its renditions."""
        return Shown(self, (self.width, str(self.finished)))

    @property
    def caption_line(self):
        """What stands under the picture."""
        if self.caption or not self.credit:
            return self.caption
        words = gettext("Illustration: %(credit)s") if self.is_illustration else gettext("Photograph: %(credit)s")
        return ", ".join(filter(None, (words % {"credit": self.credit}, self.licence)))


class CreditedRendition(AbstractRendition):
    image = models.ForeignKey(CreditedImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="iucn_ca_one_rendition_per_filter"
            )
        ]

    def get_upload_to(self, filename):
        # Browsers keep a rendition for a year: another picture never gets the address of an earlier one.
        return super().get_upload_to(f"{self.image.file_hash[:8]}-{filename}")
