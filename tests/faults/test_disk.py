"""What an editor sees who uploads while the disk of the media is full, and what is left of it."""

from io import BytesIO

import pytest
import requests
from PIL import Image

from tests.faults.away import on_postgresql
from tests.faults.test_database_away import KEPT, keep
from tests.forms import Form

pytestmark = [pytest.mark.django_db, on_postgresql]


def a_photograph():
    """Small enough to be held in memory, larger than what is left."""
    content = BytesIO()
    Image.effect_noise((700, 500), 90).convert("RGB").save(content, "JPEG", quality=95)
    return content.getvalue()


def upload(site, staff, kind, **typed):
    path = f"/admin/{kind}/add/"
    form = Form(staff, staff.ask(site, path))
    data = {name: value for name, value in form.values.items() if value is not None and name != "file"}
    name, content = typed.pop("file")
    return staff.post(site.address + path, data=data | typed, files={"file": (name, content)}, timeout=60)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("images", {"credit": "Anna Petrova", "file": ("dunes.jpg", a_photograph())}),
        ("documents", {"file": ("plan.pdf", b"%PDF-1.7 " + b"the plan " * 60_000)}),
    ],
    ids=["picture", "document"],
)
def test_on_a_full_disk_an_upload_is_refused_with_a_sentence_and_leaves_nothing(site, staff, disk, kind, typed):
    table = {"images": "iucn_ca_creditedimage", "documents": "wagtaildocs_document"}[kind]
    before = disk.files()
    keep(site)
    with disk.full(site):
        answer = upload(site, staff, kind, title="Dunes", **typed)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "disk is full. What you sent was not saved." in answer.text
        assert {requests.get(site.address + path, timeout=60).status_code for path in KEPT} == {200}
    assert site.rows(f"SELECT count(*) FROM {table}") == [(0,)]
    assert disk.files() == before
    assert "Dunes" in upload(site, staff, kind, title="Dunes", **typed).text
    assert site.rows(f"SELECT count(*) FROM {table}") == [(1,)]
