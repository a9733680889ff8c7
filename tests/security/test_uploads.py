"""What staff upload: only what its name says, nothing that grows in memory, nothing that tells where it was taken."""

import re
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, PngImagePlugin
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from iucn_ca.images import CreditedImage, make_renditions
from iucn_ca.middleware import LARGEST_BODY
from tests.test_pictures import a_picture, as_a_phone_writes_it, encoded

pytestmark = pytest.mark.django_db

Document = get_document_model()
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
SENTENCE = "This is not the kind of file that its name says."


def archive(*names, content=b"<w/>"):
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, content)
    return output.getvalue()


def open_document():
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", "<office/>")
    return output.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
PPTX = archive("[Content_Types].xml", "ppt/presentation.xml")


# Documents


def alone(client, file):
    return client.post(reverse("wagtaildocs:add"), {"title": "Plan", "file": file}).text


def many_at_once(client, file):
    headers = {"X-Requested-With": "XMLHttpRequest"}
    return str(client.post(reverse("wagtaildocs:add_multiple"), {"files[]": file}, headers=headers).json())


def while_choosing(client, file):
    typed = {"document-chooser-upload-title": "Plan", "document-chooser-upload-file": file}
    return client.post(reverse("wagtaildocs_chooser:create"), typed).text


def over_another(client, file):
    earlier = Document.objects.create(title="Earlier", file=ContentFile(PDF, name="earlier.pdf"))
    return client.post(reverse("wagtaildocs:edit", args=[earlier.pk]), {"title": "Plan", "file": file}).text


@pytest.fixture(params=[alone, many_at_once, while_choosing, over_another])
def upload(request, admin_client):
    """Uploads a document on each of the ways that there are, and returns what the editor is told."""
    return lambda content, name: request.param(admin_client, SimpleUploadedFile(name, content))


def kept():
    """What is kept of documents besides the one that another was to take the place of."""
    return list(Document.objects.exclude(title="Earlier").exclude(file__contains="earlier"))


OTHER_KINDS = {
    "page.pdf": HTML,
    "program.pdf": b"MZ\x90\x00 This program cannot be run in DOS mode",
    "page-behind-a-line.pdf": b"\n" + HTML + PDF,
    "page.docx": HTML,
    "table.docx": XLSX,
    "any-archive.xlsx": archive("readme.txt"),
    "page-before-an-archive.pptx": HTML + PPTX,
    "text.odt": DOCX,
    "page.txt": HTML,
    "page.csv": b"\xef\xbb\xbf \n<html><script>alert(1)</script>",
    "program.csv": b"MZ\x90\x00",
    "picture.csv": b"GIF89a=1;alert(1)",
    "nulls.txt": b"a\x00b",
    "old-encoding.csv": "Сайгак".encode("cp1251"),
}


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_a_document_that_is_not_what_its_name_says_is_refused_with_a_sentence(upload, name):
    assert SENTENCE in upload(OTHER_KINDS[name], name)
    assert not kept()


@pytest.mark.parametrize("name", ["drawing.svg", "page.html", "program.exe", "plan.pdf.html", "macros.docm", "none"])
def test_a_document_of_another_kind_is_refused(upload, name):
    assert "is not allowed" in upload(PDF, name)
    assert not kept()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PDF),
        ("PLAN.PDF", PDF),
        ("letter.docx", DOCX),
        ("table.xlsx", XLSX),
        ("talk.pptx", PPTX),
        ("letter.odt", open_document()),
        ("note.txt", "Сайгак — 1 < 2".encode()),
        ("table.csv", b"\xef\xbb\xbfyear;amount\r\n2024;1\r\n"),
        ("empty-but-a-line.csv", b"\n"),
    ],
)
def test_a_document_that_is_what_its_name_says_is_taken(upload, name, content):
    upload(content, name)
    [document] = kept() or Document.objects.filter(title="Plan")
    with document.open_file() as file:
        assert file.read() == content


def test_a_document_of_more_than_20_mb_is_refused(upload):
    assert "This file is too big" in upload(PDF + bytes(20 * 2**20), "heavy.pdf")
    assert not kept()


def test_an_archive_that_unpacks_to_a_gigabyte_is_never_unpacked(upload):
    bomb = archive("[Content_Types].xml", "word/document.xml", content=bytes(64 * 2**20))
    assert len(bomb) < 2**20
    upload(bomb, "letter.docx")
    assert Document.objects.filter(file_size=len(bomb)).exists()


def test_what_no_form_could_take_is_refused_before_it_is_read(admin_client):
    for length in (str(LARGEST_BODY + 1), "9" * 40):
        answer = admin_client.post(reverse("wagtaildocs:add"), {}, CONTENT_LENGTH=length)
        assert answer.status_code == 413
        assert "20 MB for a document" in answer.text


def a_document(name="plan.pdf", content=PDF, **fields):
    return Document.objects.create(title="Plan", file=ContentFile(content, name=name), **fields)


@pytest.mark.parametrize("name", ["plan.pdf", "note.txt", "table.csv", "letter.docx"])
def test_a_document_is_an_attachment_that_can_do_nothing(client, name):
    answer = client.get(a_document(name).url)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert set(answer["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'",
        "frame-ancestors 'none'",
        "sandbox",
    }
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_neither_a_document_nor_an_original_has_an_address_that_can_be_guessed(client, admin_client):
    document, picture = a_document(), a_picture()
    for somebody in (client, admin_client):
        for path in (
            f"/media/{document.file.name}",
            f"/media/{picture.file.name}",
            f"/media/images/../{document.file.name}",
            f"/media/images/..%2F{document.file.name}",
            f"/media/images/%2e%2e/{picture.file.name}",
            f"/en/media/{document.file.name}",
            f"/documents/{document.pk}/other.pdf",
        ):
            assert somebody.get(path).status_code == 404, path


def test_a_document_of_a_private_collection_is_for_its_group_alone(client, admin_client):
    donors = Collection.get_first_root_node().add_child(instance=Collection(name="Donors"))
    restriction = CollectionViewRestriction.objects.create(collection=donors, restriction_type="groups")
    restriction.groups.add(Group.objects.create(name="Donors"))
    document = a_document(collection=donors)
    # Whoever knows what is in the file learns nothing from asking by its sum.
    for headers in ({}, {"If-None-Match": f'"{document.get_file_hash()}"'}, {"If-None-Match": "*"}):
        answer = client.get(document.url, headers=headers)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")
        assert document.file_hash not in str(answer.headers)
    answer = admin_client.get(document.url)
    assert b"".join(answer.streaming_content) == PDF
    assert "public" not in answer.get("Cache-Control", "")


# Other ways for files


def test_there_are_no_portraits_of_staff_and_no_tables_to_unpack(admin_client, admin_user):
    assert not re.search("type=.file", admin_client.get("/admin/account/").text)
    admin_client.post("/admin/account/", {"avatar-avatar": SimpleUploadedFile("me.gif", encoded(file_format="GIF"))})
    assert not hasattr(admin_user, "wagtail_userprofile") or not admin_user.wagtail_userprofile.avatar
    file = SimpleUploadedFile("redirects.xlsx", XLSX)
    answer = admin_client.post("/admin/redirects/import/", {"import_file": file}, follow=True)
    assert "is not supported" in answer.text


# Pictures


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def place():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 18.0, 30.0), 3: "E", 4: (69.0, 16.0, 10.0)})
    exif[0x010F] = "Telephone maker"
    return exif.tobytes()


XMP = b'<x:xmpmeta><rdf:Description exif:GPSLatitude="41,18.5N" tiff:Make="Telephone maker"/></x:xmpmeta>'


def with_png_text(behind):
    """A PNG with its remarks before or behind the pixels."""
    plain = encoded(300, 200, "PNG")
    remark = chunk(b"tEXt", b"Comment\0GPS 41.3 N by Telephone maker") + chunk(b"eXIf", place()[6:])
    at = plain.index(b"IEND") - 4 if behind else plain.index(b"IDAT") - 4
    return plain[:at] + remark + plain[at:]


def with_segment(number, data):
    """A JPEG with one more segment."""
    plain = encoded(300, 200)
    return plain[:2] + bytes([0xFF, number]) + struct.pack(">H", len(data) + 2) + data + plain[2:]


def xmp_in_png():
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return encoded(300, 200, "PNG", pnginfo=info)


TOLD = {
    "exif.jpg": as_a_phone_writes_it(300, 200),
    "exif.png": encoded(300, 200, "PNG", exif=place()),
    "exif.webp": encoded(300, 200, "WEBP", exif=place()),
    "exif.avif": encoded(300, 200, "AVIF", exif=place()),
    "xmp.jpg": encoded(300, 200, xmp=XMP),
    "xmp.png": xmp_in_png(),
    "xmp.webp": encoded(300, 200, "WEBP", xmp=XMP),
    "xmp.avif": encoded(300, 200, "AVIF", xmp=XMP),
    "more-xmp.jpg": with_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + XMP),
    "makers-own.jpg": with_segment(0xE7, b"GPS 41.3 N by Telephone maker"),
    "remark.jpg": with_segment(0xFE, b"GPS 41.3 N by Telephone maker"),
    "before.png": with_png_text(behind=False),
    "behind.png": with_png_text(behind=True),
    "film-behind.jpg": encoded(300, 200) + b"....ftypmp42 GPS 41.3 N by Telephone maker",
    "page-behind.png": encoded(300, 200, "PNG") + b"<script>GPS Telephone maker</script>",
    "page-behind.webp": encoded(300, 200, "WEBP") + b"<script>GPS Telephone maker</script>",
}


@pytest.mark.parametrize("name", TOLD)
def test_no_file_of_a_picture_tells_where_it_was_taken(name):
    assert b"Telephone maker" in TOLD[name]
    picture = a_picture(TOLD[name], name)
    make_renditions(picture)
    files = [picture.file, *(rendition.file for rendition in picture.renditions.all())]
    assert len(files) > 3
    for file in files:
        with file.open() as opened:
            content = opened.read()
        assert not re.search(rb"GPS|Telephone maker|script", content), file.name
        with Image.open(BytesIO(content)) as shown:
            assert not shown.getexif(), file.name


@pytest.mark.parametrize("file_format", ["GIF", "BMP", "TIFF", "ICO"])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_picture_of_another_kind_is_refused_whatever_its_name_says(admin_client, file_format, suffix):
    content = encoded(60, 40, file_format) + b"=1;alert(1)"
    file = SimpleUploadedFile(f"steppe.{suffix}", content)
    answer = admin_client.post(reverse("wagtailimages:add"), {"title": "Steppe", "file": file})
    assert re.search(r"Not a valid|Upload a valid image|Not a supported", answer.text)
    assert not CreditedImage.objects.exists()
