"""Uploads of documents. Wagtail's forms may be imported only when all models are loaded: no model imports this."""

from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm

from .image_forms import read_file_as

# An archive is told by the names in it, which stand there as they are. It is never unpacked, however much it holds.
ARCHIVE = b"PK\x03\x04"
PARTS = {
    ".docx": [b"[Content_Types].xml", b"word/document"],
    ".odt": [b"mimetypeapplication/vnd.oasis.opendocument.text"],
    ".pptx": [b"[Content_Types].xml", b"ppt/presentation"],
    ".xlsx": [b"[Content_Types].xml", b"xl/workbook"],
}
KINDS = {*PARTS, ".csv", ".pdf", ".txt"}
# What begins like this is something else, whatever its name says.
NO_TEXT = (b"%PDF", b"GIF8", b"MZ", b"<", b"#!", b"{\\rtf")


def is_what_it_says(name, content):
    """Whether a file is of the kind that its name promises."""
    kind = PurePath(name).suffix.lower()
    if kind in PARTS:
        return content.startswith(ARCHIVE) and all(part in content for part in PARTS[kind])
    if kind == ".pdf":
        return content.startswith(b"%PDF-")
    return is_text(content)


def is_text(content):
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return b"\0" not in content and not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(NO_TEXT)


class DocumentField(WagtailDocumentField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_messages["other_kind"] = _(
            "This is not the kind of file that its name says. Please save it again as what it is; texts and tables "
            "(TXT, CSV) in the encoding UTF-8."
        )

    def to_python(self, data):
        file = super().to_python(data)
        # A kind that is not allowed at all is refused by the model, in Wagtail's words.
        if file and PurePath(file.name).suffix.lower() in KINDS:
            content = file.read()
            file.seek(0)
            if not is_what_it_says(file.name, content):
                raise ValidationError(self.error_messages["other_kind"], "other_kind")
        return file


class DocumentForm(BaseDocumentForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        read_file_as(DocumentField, self)
