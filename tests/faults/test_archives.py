"""What can go wrong with an archive: while it is written, while it lies there, and when it is wanted back."""

import hashlib
import io
import json
import os
import random
import signal
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from wagtail.documents.models import Document

from iucn_ca import backups
from tests.factories import an_empty_site
from tests.faults.sites import no_file_longer_than, parted
from tests.sampling import some_of

pytestmark = pytest.mark.django_db

NAME = "site-20200101T000000Z.tar"


@pytest.fixture(scope="module")
def site(places):
    """A small site with a backup and a document."""
    place = places.new()
    with place.in_use():
        an_empty_site()
        Document.objects.create(title="Report", file=ContentFile(b"The report. " * 20_000, name="report.pdf"))
        call_command("backup")
        place.archive = place.archives[0].rename(place.folder / NAME)
        place.held, place.media = place.holds(), place.files()
    return place


@pytest.fixture
def used(site):
    """The small site in use, without archives but for one of 2020."""
    with site.in_use():
        for path in (site.folder / "backups").iterdir():
            path.unlink()
        (site.folder / "backups" / NAME).write_bytes(site.archive.read_bytes())
        yield site


def refused(command, *arguments, **options):
    """The one line that the command says."""
    with pytest.raises(CommandError) as error:
        call_command(command, *arguments, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def unfinished(place):
    return [path.name for path in (place.folder / "backups").iterdir() if path.suffix != ".tar"]


# Written


def test_an_archive_is_named_by_its_time_and_only_its_owner_reads_it(used):
    before = time.strftime("site-%Y%m%dT%H%M%SZ.tar", time.gmtime())
    call_command("backup")
    [_, path] = used.archives
    assert before <= path.name <= time.strftime("site-%Y%m%dT%H%M%SZ.tar", time.gmtime())
    assert path.stat().st_mode & 0o777 == 0o600 and unfinished(used) == []


def test_the_newest_archives_stay(used):
    for year in range(2001, 2005):
        (used.folder / "backups" / NAME.replace("2020", str(year))).write_bytes(b"an old one")
    (used.folder / "backups/notes.tar").write_bytes(b"somebody's")
    call_command("backup", keep=3)
    kept = [path.name for path in used.archives if path.name.startswith("site")]
    assert [name[5:9] for name in kept] == ["2004", "2020", time.strftime("%Y", time.gmtime())]
    assert (used.folder / "backups/notes.tar").exists()
    assert "--keep" in refused("backup", keep=0)


def test_a_full_disk_leaves_no_archive_and_takes_none_away(used):
    with no_file_longer_than(100_000):
        said = refused("backup", keep=1)
    assert "No backup was made" in said and "File too large" in said
    assert [path.name for path in used.archives] == [NAME] and unfinished(used) == []
    assert used.archives[0].read_bytes() == used.archive.read_bytes()


@pytest.mark.full
def test_what_is_read_back_otherwise_than_it_was_written_is_no_archive(used, monkeypatch):
    def spoiled(file, folder, write=backups.write):
        write(file, folder)
        file.seek(50_000)
        file.write(b"bad sector")

    monkeypatch.setattr(backups, "write", spoiled)
    assert "damaged" in refused("backup", keep=1)
    assert [path.name for path in used.archives] == [NAME] and unfinished(used) == []


@pytest.mark.parametrize(
    ("sign", "times"), some_of([(signal.SIGKILL, 2), (signal.SIGTERM, 1), (signal.SIGKILL, 20)], 0)
)
def test_a_backup_that_is_ended_leaves_no_half_archive(used, sign, times):
    started = time.monotonic()
    call_command("backup", keep=100)
    whole = time.monotonic() - started
    for path in used.archives[1:]:
        path.unlink()
    for _ in range(times):
        child = parted(lambda: call_command("backup", keep=100))
        time.sleep(random.uniform(0, whole))
        os.kill(child, sign)
        os.waitpid(child, 0)
        assert len(unfinished(used)) <= (sign == signal.SIGKILL)
        for path in used.archives:
            assert backups.verified(path)
    assert used.archives[0].read_bytes() == used.archive.read_bytes()
    call_command("backup")
    assert unfinished(used) == []


@pytest.mark.full
def test_two_backups_at_once_are_one_too_many(used):
    folder = os.open(used.folder / "backups", os.O_RDONLY)
    backups.locks.lock(folder, backups.locks.LOCK_EX)
    assert "Another backup" in refused("backup")
    os.close(folder)
    call_command("backup")


@pytest.mark.full
def test_a_file_that_is_gone_is_named(used, capsys):
    document = Document.objects.create(title="Lost", file=ContentFile(b"x", name="lost.pdf"))
    default_storage.delete(document.file.name)
    call_command("backup")
    assert document.file.name in capsys.readouterr().err
    assert backups.verified(used.archives[-1])["missing"] == [document.file.name]
    document.delete()


# Kept


@pytest.fixture(scope="module")
def damaged(site):
    """Write these bytes as an archive and say what is said of it."""
    path = site.folder / "damaged.tar"

    def said(content):
        path.write_bytes(content)
        with pytest.raises(backups.ArchiveError) as refusal:
            backups.verified(path)
        return str(refusal.value)

    return said


@given(data=st.data())
def test_a_byte_that_is_another_is_noticed_wherever_it_is(data, site, damaged):
    content = bytearray(site.archive.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    assert "damaged" in damaged(content)


@given(data=st.data())
def test_an_archive_that_is_cut_off_or_goes_on_is_noticed(data, site, damaged):
    content = site.archive.read_bytes()
    assert "damaged" in damaged(content[: data.draw(st.integers(0, len(content) - 1))])
    assert "damaged" in damaged(content + data.draw(st.binary(min_size=1, max_size=100)))


# Wanted back


def sealed(members):
    """An archive of these files, with a seal that holds."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue() + f"{hashlib.sha256(file.getvalue()).hexdigest()}\n".encode()


def with_change(archive, change):
    """The archive with another manifest, and what the change gives as further members."""
    with tarfile.open(archive) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    manifest = json.loads(members.pop()[1])
    members += change(manifest) or []
    return sealed([*members, (tarfile.TarInfo("manifest.json"), json.dumps(manifest).encode())])


def a_file(name):
    def change(manifest):
        manifest["files"][name] = {"size": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}
        return [(tarfile.TarInfo(name), b"evil")]

    return change


def a_link(manifest):
    link = tarfile.TarInfo("media/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return [(link, b"")]


def more_rows(manifest):
    manifest["rows"]["auth_group"] += 1


def a_newer_migration(manifest):
    manifest["migrations"].append(["iucn_ca", "9999_from_the_future"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (a_file("media/../../evil"), "'media/../../evil'"),
        (a_file("/elsewhere/evil"), "'/elsewhere/evil'"),
        (a_file("media//elsewhere/evil"), "'media//elsewhere/evil'"),
        (a_file("elsewhere/evil"), "'elsewhere/evil'"),
        (a_link, "not those of its manifest"),
        (lambda manifest: manifest["files"].popitem() and None, "not those of its manifest"),
        (lambda manifest: manifest.update(format=2), "format 2"),
        (a_newer_migration, "newer site (Python"),
        (more_rows, "rows of auth_group"),
    ],
)
def test_an_archive_that_is_not_ours_is_refused_and_nothing_is_touched(change, words, used, places):
    path = used.folder / "changed.tar"
    path.write_bytes(with_change(used.archive, change))
    with nothing_changed(used):
        assert words in refused("restore", path, replace=True, interactive=False)
    assert not list(used.folder.parent.rglob("evil")) and not Path("/elsewhere/evil").exists()


@contextmanager
def nothing_changed(place):
    held, files = place.holds(), place.files()
    yield
    assert place.holds() == held
    assert place.files() == files


@pytest.mark.parametrize(
    "content", [b"", b"no archive at all", sealed([]), sealed([(tarfile.TarInfo("manifest.json"), b"[]")])]
)
def test_what_is_no_archive_is_refused(content, used):
    path = used.folder / "none.tar"
    path.write_bytes(content)
    assert "none.tar" in refused("restore", path, replace=True, interactive=False)
    assert "No such file" in refused("restore", used.folder / "nowhere.tar", replace=True, interactive=False)


def test_a_site_with_content_is_replaced_only_by_whoever_says_yes(used, monkeypatch, capsys):
    get_user_model().objects.create_user("later")
    later = Document.objects.create(title="Later", file=ContentFile(b"later", name="later.pdf"))
    with default_storage.open("documents/report.pdf", "wb") as file:
        file.write(b"another report")
    with nothing_changed(used):
        assert "--replace" in refused("restore", used.archive)
        for answer in ("", "no", "YES please"):
            monkeypatch.setattr("builtins.input", lambda question, answer=answer: answer)
            assert "Nothing was changed" in refused("restore", used.archive, replace=True)
    monkeypatch.setattr("builtins.input", lambda question: "yes")
    call_command("restore", used.archive, replace=True)
    assert used.holds() == used.held
    assert used.files() == used.media | {later.file.name: hashlib.sha256(b"later").hexdigest()}
    default_storage.delete(later.file.name)


def test_a_restore_that_fails_leaves_the_site_as_it_was(used):
    default_storage.delete("documents/report.pdf")
    Group.objects.create(name="Of this site only")
    with nothing_changed(used), no_file_longer_than(200_000):
        assert "Nothing was restored" in refused("restore", used.archive, replace=True, interactive=False)
    connection.close()  # as with the process that has failed
    call_command("restore", used.archive, replace=True, interactive=False)
    assert used.holds() == used.held and used.files() == used.media


@pytest.mark.full
def test_a_restore_that_is_killed_leaves_the_site_as_it_was(used):
    default_storage.delete("documents/report.pdf")
    Group.objects.create(name="Of this site only")
    held = used.holds()
    child = parted(lambda: call_command("restore", used.archive, replace=True, interactive=False))
    time.sleep(random.uniform(0.5, 1))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert used.holds() in (held, used.held)
    call_command("restore", used.archive, replace=True, interactive=False)
    assert used.holds() == used.held and used.files() == used.media


def test_every_table_of_the_site_is_in_a_backup_but_sessions_failed_sign_ins_and_search_index(used):
    made = set(connection.introspection.table_names())
    left_out = {name for name in made if name.startswith(("axes_", "wagtailsearch_"))}
    left_out |= {"django_session", "django_migrations"}
    assert backups.verified(used.archive)["rows"].keys() == made - left_out
