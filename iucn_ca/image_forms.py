"""Uploads of pictures. Apart from the model: Wagtail's forms may be imported only when all models are loaded."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image as PillowImage
from PIL import UnidentifiedImageError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from .images import make_renditions


class PictureField(WagtailImageField):
    """Wagtail's field decodes a picture before it counts its bytes and pixels, and some broken ones end it with
    an error. This one reads no more than the header until the picture is known to be of a sane size."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_messages["file_too_many_pixels"] = _(
            "This picture has more than %(limit)s megapixels. Please make it smaller and upload it again."
        ) % {"limit": self.max_image_pixels // 1_000_000}
        self.error_messages["deep_colours"] = _(
            "This picture has more than 8 bits for each colour. Please save it with 8 bits and upload it again."
        )

    def to_python(self, data):
        try:
            if data:
                self.check_image_file_size(data)
                self.check_header(data)
            file = super().to_python(data)
            if file:
                PillowImage.open(file).load()
                file.seek(0)
        except ValidationError:
            raise
        except PillowImage.DecompressionBombError as error:
            raise self.error("file_too_many_pixels") from error
        except Exception as error:  # Every decoder has errors of its own.
            raise self.error("invalid_image") from error
        return file

    def check_header(self, data):
        try:
            with PillowImage.open(data) as picture:
                width, height = picture.size
                mode = picture.mode
        except UnidentifiedImageError:
            return  # Wagtail says what kind of file it wants.
        finally:
            data.seek(0)
        if width * height > self.max_image_pixels:
            raise self.error("file_too_many_pixels")
        if mode.startswith(("I", "F")):
            raise self.error("deep_colours")

    def error(self, code):
        return ValidationError(self.error_messages[code], code)


def read_file_as(field, form):
    """A field declared in the form's class would also appear where only the words of a file are edited."""
    if "file" in form.fields:
        stock = form.fields["file"]
        form.fields["file"] = field(label=stock.label, required=stock.required, widget=stock.widget)


class CreditedImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        read_file_as(PictureField, self)

    def save(self, commit=True):
        image = super().save(commit)
        if commit and "file" in self.changed_data:
            # Wagtail has just dropped the earlier file's renditions.
            transaction.on_commit(lambda: make_renditions(image), robust=True)
        return image
