"""Pictures: what may be uploaded, what is kept, what a page shows."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.urls import reverse
from PIL import Image

from iucn_ca.images import LADDER, CreditedImage, CreditedRendition, make_renditions
from tests.sampling import some_of

pytestmark = pytest.mark.django_db

UPRIGHT = 6  # Orientation of a photograph taken with the phone held upright


def encoded(width=1200, height=800, file_format="JPEG", colour=(120, 90, 60), **options):
    output = BytesIO()
    Image.new("RGB", (width, height), colour).save(output, file_format, **options)
    return output.getvalue()


def as_a_phone_writes_it(width, height):
    exif = Image.Exif()
    exif[0x0112] = UPRIGHT
    exif[0x010F] = "Telephone maker"
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 18.0, 30.0), 3: "E", 4: (69.0, 16.0, 10.0)})
    return encoded(width, height, exif=exif)


def png_that_claims(width, height):
    """A few bytes whose header says that they are a picture of any size."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )


def deep_grey():
    output = BytesIO()
    Image.new("I;16", (300, 200)).save(output, "PNG")
    return output.getvalue()


def a_picture(content=None, name="steppe.jpg", **fields):
    picture = CreditedImage(title="Steppe", file=ImageFile(BytesIO(content or encoded()), name=name), **fields)
    picture.save()
    return picture


def a_finished_picture(*args, **kwargs):
    picture = a_picture(*args, **kwargs)
    make_renditions(picture)
    picture.refresh_from_db()
    return picture


def many_at_once(client, content, name):
    answer = client.post(
        reverse("wagtailimages:add_multiple"),
        {"files[]": SimpleUploadedFile(name, content)},
        HTTP_X_REQUESTED_WITH="XMLHttpRequest",
    )
    return answer.json().get("error_message", "")


def alone(client, content, name):
    answer = client.post(reverse("wagtailimages:add"), {"title": "Steppe", "file": SimpleUploadedFile(name, content)})
    return answer.content.decode()


def while_choosing(client, content, name):
    answer = client.post(
        reverse("wagtailimages_chooser:create"),
        {"image-chooser-upload-title": "Steppe", "image-chooser-upload-file": SimpleUploadedFile(name, content)},
    )
    assert answer.status_code == 200
    return answer.content.decode()


def over_another(client, content, name):
    earlier = CreditedImage.objects.first() or a_picture()
    answer = client.post(
        reverse("wagtailimages:edit", args=[earlier.pk]), {"title": "Steppe", "file": SimpleUploadedFile(name, content)}
    )
    return answer.content.decode()


@pytest.fixture(params=[many_at_once, alone, while_choosing, over_another])
def upload(request, admin_client, django_capture_on_commit_callbacks):
    """Uploads a file on each of the ways that there are, and returns what the editor is told."""

    def upload(content, name):
        with django_capture_on_commit_callbacks(execute=True):
            return request.param(admin_client, content, name)

    return upload


SHARED = "{% sharing_image picture as sharing %}{{ sharing.url }} {{ sharing.width }} x {{ sharing.height }}"


def shown(template, **context):
    return Template("{% load pictures %}" + template).render(Context(context)).strip()


# Uploads


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (png_that_claims(8000, 5000), "wide.png", "This picture has more than 25 megapixels."),
        (png_that_claims(60_000, 60_000), "bomb.png", "This picture has more than 25 megapixels."),
        (encoded() + bytes(15 * 2**20), "heavy.jpg", "This file is too big"),
        (b"Dear colleagues, the picture is attached.", "letter.jpg", "Upload a valid image."),
        (encoded()[:3000], "half.jpg", "Upload a valid image."),
        (png_that_claims(800, 500), "empty.png", "Upload a valid image."),
        (deep_grey(), "relief.png", "more than 8 bits"),
        (encoded(file_format="PNG"), "renamed.jpg", "Not a valid .jpeg image."),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
            "drawing.svg",
            "Not a supported image format",
        ),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "drawing.png", "Not a valid .png image."),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[-5:-2] else "",
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(upload, content, name, sentence):
    assert sentence in upload(content, name)
    assert not CreditedImage.objects.exclude(file__contains="steppe").exists()


def test_a_picture_of_25_megapixels_is_taken_and_reduced(upload):
    upload(encoded(6250, 4000), "valley.jpg")
    picture = CreditedImage.objects.get(file__contains="valley")
    assert (picture.width, picture.height) == (2400, 1536)
    with picture.file.open() as file:
        assert Image.open(file).size == (2400, 1536)


def test_a_phone_s_picture_is_turned_upright_and_tells_no_place(upload):
    upload(as_a_phone_writes_it(3000, 2000), "lake.jpg")
    picture = CreditedImage.objects.get(file__contains="lake")
    assert (picture.width, picture.height) == (1600, 2400)
    assert picture.renditions.filter(filter_spec__in=LADDER).count() == 11
    for file in (picture.file, *(rendition.file for rendition in picture.renditions.all())):
        with file.open() as opened:
            assert not Image.open(opened).getexif()


def test_a_small_picture_loses_its_remarks_too():
    picture = a_picture(as_a_phone_writes_it(600, 400))
    assert (picture.width, picture.height) == (400, 600)
    with picture.file.open() as file:
        assert b"Telephone maker" not in file.read()


def test_a_picture_that_fits_is_kept_byte_for_byte():
    content = encoded(1600, 1000, "WEBP")
    picture = a_picture(content, "scene.webp")
    with picture.file.open() as file:
        assert file.read() == content
    assert picture.file_size == len(content)


@pytest.mark.parametrize("mode", some_of(["L", "LA", "P", "RGBA", "CMYK", "1"], 2, 4))
def test_pictures_of_every_colour_mode_get_their_renditions(mode):
    content = BytesIO()
    Image.new(mode, (2500, 1700)).save(content, "JPEG" if mode == "CMYK" else "PNG")
    picture = a_picture(content.getvalue(), "mode.jpg" if mode == "CMYK" else "mode.png")
    assert picture.width == 2400
    assert make_renditions(picture) == 13


# Renditions


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (150, [150]),
        (416, [208, 416]),
        (480, [208, 416, 480]),
        (1600, [208, 416, 640, 960, 1600]),
        (2400, [208, 416, 640, 960, 1600, 1920]),
    ],
)
def test_a_picture_has_every_width_up_to_its_own(width, widths):
    picture = a_picture(encoded(width, 400))
    made = make_renditions(picture)
    for file_format in ("avif", "webp"):
        rungs = picture.renditions.filter(filter_spec__endswith=f"format-{file_format}")
        assert sorted(rungs.values_list("width", flat=True)) == widths
    assert made == len(widths) * 2 + 1
    assert make_renditions(CreditedImage.objects.get()) == 0


def test_renditions_are_made_when_a_picture_is_saved(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        picture = a_picture()
    assert picture.renditions.count() == 11
    sharing = picture.renditions.get(filter_spec__startswith="fill")
    assert (sharing.width, sharing.height) == (1200, 630)


def test_a_failing_encoder_costs_no_upload(django_capture_on_commit_callbacks, monkeypatch, caplog):
    def fail(*filters):
        raise OSError("no space left")

    monkeypatch.setattr(CreditedImage, "get_renditions", fail)
    with django_capture_on_commit_callbacks(execute=True):
        a_picture()
    assert CreditedImage.objects.exists()
    assert "no space left" in caplog.text


def test_another_file_under_the_same_name_never_gets_an_earlier_address(
    admin_client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        picture = a_picture()
    earlier = {rendition.url for rendition in picture.renditions.all()}
    with django_capture_on_commit_callbacks(execute=True):
        over_another(admin_client, encoded(colour=(0, 90, 200)), "steppe.jpg")
    later = {rendition.url for rendition in CreditedImage.objects.get().renditions.filter(filter_spec__in=LADDER)}
    assert len(later) == len(earlier) == 11
    assert not earlier & later


def test_another_focal_point_gives_another_sharing_picture(admin_client, django_capture_on_commit_callbacks):
    picture = a_finished_picture(encoded(2000, 2000))
    before = shown(SHARED, picture=picture)
    with django_capture_on_commit_callbacks(execute=True):
        picture.focal_point_x = picture.focal_point_y = picture.focal_point_width = picture.focal_point_height = 300
        picture.save()
    after = shown(SHARED, picture=CreditedImage.objects.get())
    assert before.endswith(".jpg 1200 x 630")
    assert after.endswith(".jpg 1200 x 630")
    assert before != after
    assert make_renditions(picture) == 0


def test_a_picture_whose_file_was_exchanged_shows_no_dead_addresses_until_the_new_ones_are_made(admin_client):
    picture = a_finished_picture()
    over_another(admin_client, encoded(colour=(0, 90, 200)), "steppe.jpg")
    picture.refresh_from_db()
    assert shown("{% picture picture %}", picture=picture) == ""


# On a page


def test_a_page_offers_the_smallest_file_that_does():
    picture = a_finished_picture()
    html = shown(
        '{% picture picture alt="Steppe in May" sizes="50vw" class="scene" loading="eager" %}', picture=picture
    )
    assert html.index('type="image/avif"') < html.index("<img")
    for part in (
        'width="1200" height="800"',
        'alt="Steppe in May"',
        'class="scene"',
        'loading="eager"',
        "416w",
        "1200w",
    ):
        assert part in html
    assert html.count('sizes="50vw"') == 2
    assert "original_images" not in html


@pytest.mark.parametrize(
    ("tag", "alt"),
    [
        ("{% picture picture %}", "Saxaul on sand"),
        ('{% picture picture alt="" %}', ""),
        ("{% picture picture alt=text %}", "&lt;b&gt;&quot;Aral&quot;"),
    ],
)
def test_the_alternative_text_is_the_page_s_own_or_else_the_description(tag, alt):
    picture = a_finished_picture(description="Saxaul on sand")
    assert f' alt="{alt}"' in shown(tag, picture=picture, text='<b>"Aral"')


def test_a_visit_makes_no_rendition_and_a_picture_without_any_is_not_shown():
    picture = a_picture()
    for without in (picture, None):
        assert shown("{% picture picture %}", picture=without) == ""
        assert shown(SHARED, picture=without).endswith("/static/img/sharing.jpg 1200 x 630")
    assert not CreditedRendition.objects.exists()


def test_pictures_in_a_list_cost_no_query_of_their_own(django_assert_num_queries):
    for number in range(3):
        a_finished_picture(encoded(500, 300), name=f"steppe{number}.jpg")
    with django_assert_num_queries(1):
        html = shown(
            f"{{% for picture in pictures %}}{{% picture picture %}}{SHARED}{{% endfor %}}",
            pictures=CreditedImage.objects.all(),
        )
    assert html.count("<picture>") == 3


def test_the_sharing_picture_has_a_whole_address(settings):
    settings.SITE_URL = "https://site.example"
    picture = a_finished_picture()
    url = shown(SHARED, picture=picture)
    assert url.startswith("https://site.example/media/images/")


def test_the_sharing_picture_of_a_small_picture_says_how_small_it_is():
    assert shown(SHARED, picture=a_finished_picture(encoded(500, 400))).endswith(".jpg 500 x 264")


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({}, ""),
        ({"licence": "CC BY 4.0"}, ""),
        ({"credit": "Chris Magin"}, "Photograph: Chris Magin"),
        ({"credit": "Chris Magin", "licence": "CC BY 4.0"}, "Photograph: Chris Magin, CC BY 4.0"),
        ({"credit": "A. Painter", "is_illustration": True}, "Illustration: A. Painter"),
        ({"credit": "A. Painter", "caption": "Drawn for this site."}, "Drawn for this site."),
    ],
)
def test_the_line_under_a_picture(fields, line):
    assert CreditedImage(**fields).caption_line == line


def test_a_deleted_picture_takes_its_files_along(django_capture_on_commit_callbacks):
    picture = a_finished_picture()
    names = [picture.file.name, *(rendition.file.name for rendition in picture.renditions.all())]
    assert all(default_storage.exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        picture.delete()
    assert not any(default_storage.exists(name) for name in names)
