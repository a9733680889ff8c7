"""A site that is backed up and restored, on the same database and on the other, is the same to the last row."""

import gzip
import json
import os
import signal
import subprocess
import sys
import tarfile
import time

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from taggit.models import Tag
from wagtail.documents.models import Document
from wagtail.models import Page

from iucn_ca.querysets import site_pages
from species.models import SpeciesPage
from tests.factories import a_small_office, an_empty_site
from tests.faults.sites import parted
from tests.serving import EMPTY

pytestmark = pytest.mark.django_db

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
PASSWORD = "a long password of one editor"
REMARK = "Ўзбекистон, “saiga” \\ %s 'x' {\"y\": 1}\n\t🐎"
BYTES = bytes(range(256)) * 1000


# By way of which databases. Where there are no tables yet, the command makes them, which takes most of a minute.
WAYS = [
    pytest.param(("same",), id="same"),
    pytest.param(("other", "same"), id="other-and-back", marks=pytest.mark.full),
]


@pytest.fixture(scope="module")
def original(places):
    place = places.new()
    with place.in_use():
        a_small_office()
        editor = get_user_model().objects.create_user("editor", password=PASSWORD)
        editor.groups.add(Group.objects.get(name="Publishers"))
        get_user_model().objects.create_user("gone").delete()
        saiga = SpeciesPage.objects.get(slug="saiga")
        saiga.summary = REMARK
        saiga.save_revision(user=editor)
        Document.objects.create(title=REMARK, file=ContentFile(BYTES, name="Отчёт 2025.pdf"))
        place.pages, place.editor = pages(), editor.pk
        call_command("backup")
    return place


def pages():
    """What a visitor gets at each public address."""
    client = Client()
    return {page.url: client.get(page.url).content for page in site_pages().live().public().filter(depth__gt=1)}


@pytest.mark.parametrize("way", WAYS)
def test_a_restored_site_is_the_same(way, original, places):
    if "other" in way and connection.vendor == "sqlite":
        pytest.skip("the run on PostgreSQL goes this way")
    vendors = {"same": connection.vendor, "other": OTHER[connection.vendor]}
    held, files, last = original.holds(), original.files(), original
    _columns, users, last_number = held["iucn_ca_user"]
    assert len(held) > 90
    assert (len(users), last_number) == (1, original.editor + 1)  # the number of the deleted one is given to nobody
    for name in way:
        place = places.new(vendors[name])
        by_command(place, "restore", last.archives[-1])
        assert place.holds() == held
        assert place.files() == files
        by_command(place, "backup")
        last = place
    with last.in_use():
        assert pages() == original.pages
        assert any(file.endswith(".pdf") for file in files)
        assert_it_works()


def by_command(place, *arguments):
    """In a process of its own where it is the other database: a process knows the search index of one."""
    if place.url.partition(":")[0][:6] == connection.vendor[:6]:
        with place.in_use():
            call_command(*arguments)
        return
    variables = {"SECRET_KEY": "of a test only", "SITE_URL": "http://127.0.0.1:8000"}
    environment = {**EMPTY, **variables, "VAR_DIR": str(place.folder), "DATABASE_URL": place.url}
    subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)], cwd=settings.BASE_DIR, env=environment, check=True
    )


def assert_it_works():
    client = Client()
    assert "/en/species/saiga/" in client.get("/en/search/?q=saiga").content.decode()
    form = {"login": "editor", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", form).status_code == 302
    assert client.get(f"/admin/pages/{SpeciesPage.objects.get(slug='saiga').pk}/edit/").status_code == 200
    assert Document.objects.get().title == REMARK
    with Document.objects.get().open_file() as file:
        assert file.read() == BYTES
    # The number of the one who is gone is given to nobody.
    assert get_user_model().objects.create_user("new").pk == get_user_model().objects.get(username="editor").pk + 2


@pytest.mark.full
def test_an_empty_machine_and_a_site_of_another_version_take_an_archive(original, places):
    """The commands make the tables; what is there, of whatever version, gives way."""
    place, older = places.new(empty=True), [("initiatives", "0003_drafts_of_lists"), ("species", "0001_initial")]
    with place.in_use():
        MigrationExecutor(connection).migrate(older)
        get_user_model().objects.create_user("of the older site")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as each start does on SQLite
        call_command("backup")
        held = place.holds()
        call_command("restore", original.archives[-1], replace=True, interactive=False)
        assert place.holds() == original.holds()
        assert place.files() == original.files()
        assert pages() == original.pages
        # The older archive goes through the migrations that it lacks.
        call_command("restore", place.archives[0], replace=True, interactive=False)
        assert get_user_model().objects.get().username == "of the older site"
        assert not MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
        now = place.holds()
        assert all(now[table] == held[table] for table in ("iucn_ca_user", "wagtailcore_page", "wagtailcore_site"))


def test_what_is_published_meanwhile_is_in_an_archive_wholly_or_not_at_all(places):
    """And whoever publishes does not wait for the backup."""
    place = places.new()
    with place.in_use():
        an_empty_site()
        publish_and_back_up(place)


def publish_and_back_up(place):
    page = Page.objects.get(slug="region").specific

    def publish():
        for number in range(10_000):
            page.title = f"Title {number}"
            page.save_revision().publish()
            Tag.objects.update_or_create(pk=1, defaults={"name": page.title, "slug": "count"})

    child = parted(publish)
    try:
        while not Tag.objects.exists():
            time.sleep(0.01)
        seen = []
        for _ in range(2):
            before = Tag.objects.get().name
            call_command("backup")
            assert Tag.objects.get().name != before
            seen.append(list(archived(place.archives[-1], "wagtailcore_page", "wagtailcore_revision")))
            place.archives[-1].unlink()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    for pages, revisions in seen:
        [copy] = [row for row in pages if row["id"] == page.pk]
        [revision] = [row for row in revisions if row["id"] == copy["live_revision_id"]]
        assert json.loads(revision["content"])["title"] == copy["title"]
        assert copy["latest_revision_id"] == max(row["id"] for row in revisions if row["object_id"] == str(page.pk))


def archived(path, *tables):
    with tarfile.open(path) as tar:
        for table in tables:
            with gzip.open(tar.extractfile(f"database/{table}.jsonl.gz")) as lines:
                names = json.loads(next(lines))
                yield [dict(zip(names, json.loads(line), strict=True)) for line in lines]
