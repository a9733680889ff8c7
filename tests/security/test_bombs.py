"""Small files that become large when they are opened: each is refused within seconds, and the memory doesn't grow."""

import json
import struct
import subprocess
import sys
import zlib
from functools import cache
from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from tests.security.test_uploads import chunk
from tests.test_pictures import encoded, png_that_claims

SECONDS = 5
# The largest picture that is taken needs more.
MEGABYTES = 120


def jpeg_that_claims(width, height):
    plain = encoded(60, 40)
    at = plain.index(b"\xff\xc0") + 5
    return plain[:at] + struct.pack(">HH", height, width) + plain[at + 4 :]


def with_chunks(*chunks):
    plain = encoded(60, 40, "PNG")
    at = plain.index(b"IDAT") - 4
    return plain[:at] + b"".join(chunks) + plain[at:]


@cache
def packed(megabytes):
    return zlib.compress(bytes(megabytes * 2**20))


def with_frames(file_format, number, **options):
    frames = [Image.new("RGB", (2000, 2000), (shade, 0, 0)) for shade in range(number)]
    output = BytesIO()
    frames[0].save(output, file_format, save_all=True, append_images=frames[1:], **options)
    return output.getvalue()


# Those that are to be refused have a sentence.
BOMBS = {
    "50,000 x 50,000.png": (lambda: png_that_claims(50_000, 50_000), "megapixels"),
    "5,001 x 5,000.png": (lambda: png_that_claims(5_001, 5_000), "megapixels"),
    "65,000 x 65,000.jpg": (lambda: jpeg_that_claims(65_000, 65_000), "megapixels"),
    "5,100 x 5,000.avif": (lambda: encoded(5_100, 5_000, "AVIF", speed=10), "megapixels"),
    "a text of 200 MB.png": (lambda: with_chunks(chunk(b"zTXt", b"a\0\0" + packed(200))), "valid image"),
    "an international one.png": (lambda: with_chunks(chunk(b"iTXt", b"a\0\1\0\0\0" + packed(200))), "valid image"),
    "a hundred texts.png": (lambda: with_chunks(*[chunk(b"zTXt", b"a\0\0" + packed(1))] * 100), "valid image"),
    "many colours.png": (lambda: with_chunks(chunk(b"iCCP", b"a\0\0" + packed(200))), "valid image"),
    "a film.png": (lambda: with_frames("PNG", 20, compress_level=1), "valid image"),
    "a film.webp": (lambda: with_frames("WEBP", 20, lossless=True, method=0), ""),
}

# Another process: the memory of this one has been larger already. The kernel forgets the peak when it is told to.
OPEN = """
import json, re, sys, time
import django
django.setup()
from pathlib import Path
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from iucn_ca.image_forms import PictureField
from iucn_ca.images import fit_to_keep

def megabytes(name):
    return int(re.search(rf"{name}:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

for path in map(Path, sys.argv[1:]):
    file, field = SimpleUploadedFile(path.name, path.read_bytes()), PictureField()
    Path("/proc/self/clear_refs").write_text("5")
    before, began, said = megabytes("VmRSS"), time.monotonic(), ""
    try:
        field.to_python(file)
        fit_to_keep(path.read_bytes())
    except ValidationError as error:
        said = error.messages[0]
    print(json.dumps([path.name, said, time.monotonic() - began, megabytes("VmHWM") - before]))
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """What was said of each file, after how many seconds, and how many megabytes that took."""
    folder = tmp_path_factory.mktemp("bombs")
    for name, (make, _) in [*BOMBS.items(), ("25 megapixels.jpg", (lambda: encoded(6_250, 4_000), ""))]:
        (folder / name).write_bytes(make())
    command = [sys.executable, "-c", OPEN, *map(str, folder.iterdir())]
    environment = {"DJANGO_SETTINGS_MODULE": "iucn_ca.settings.test", "PATH": ""}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        name: (said, seconds, megabytes, (folder / name).stat().st_size) for name, said, seconds, megabytes in found
    }


def test_the_memory_that_the_largest_picture_needs_is_seen(opened):
    said, _, megabytes, _ = opened["25 megapixels.jpg"]
    assert not said
    assert megabytes > 70


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_grows_when_it_is_opened_takes_neither_time_nor_memory(opened, name):
    said, seconds, megabytes, size = opened[name]
    assert size < settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE
    assert BOMBS[name][1] in said
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
