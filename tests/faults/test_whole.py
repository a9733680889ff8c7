"""What is done is done wholly or not at all, nothing is said of what was taken back, and what is full is said to be."""

import pytest
from django.contrib.messages import success
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.base import ContentFile
from django.db import DatabaseError, OperationalError, connections
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import RequestFactory

from iucn_ca.media_folder import Folder
from iucn_ca.publishing import WholePageMiddleware
from iucn_ca.views import server_error

pytestmark = pytest.mark.django_db


class Full(ContentFile):
    """The disk is full after its first words; meanwhile somebody else's file may take its name."""

    def __init__(self, meanwhile):
        super().__init__(b"words " * 9)
        self.meanwhile = meanwhile

    def chunks(self, chunk_size=None):
        yield b"words "
        self.meanwhile()
        raise OSError(28, "No space left on device")


def test_of_a_file_that_does_not_fit_nothing_stays_and_a_shorter_one_of_its_name_does(tmp_path):
    folder = Folder(location=tmp_path)
    with pytest.raises(OSError, match="No space left"):
        folder.save("plan.pdf", Full(lambda: (tmp_path / "plan.pdf").write_bytes(b"whole")))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("plan.pdf", b"whole")]


def test_two_files_of_one_name_are_both_kept(tmp_path):
    folder = Folder(location=tmp_path)
    names = [folder.save("plans/plan.pdf", ContentFile(text)) for text in (b"first", b"second")]
    assert names[0] == "plans/plan.pdf" != names[1]
    assert [folder.open(name).read() for name in names] == [b"first", b"second"]
    assert len(list((tmp_path / "plans").iterdir())) == 2


def broken(request):
    raise DatabaseError("it was away when all was written")


@pytest.mark.parametrize("end", [lambda request: HttpResponse(status=503), broken])
def test_what_was_taken_back_is_not_said_to_be_published(end):
    request = RequestFactory().post("/admin/pages/1/edit/")
    request._messages = CookieStorage(request)

    def publish(request):
        success(request, "Page published.")
        return end(request)

    try:
        WholePageMiddleware(publish)(request)
    except DatabaseError:
        assert end is broken
    answer = HttpResponse()
    request._messages.update(answer)
    assert not answer.cookies.get("messages") or not answer.cookies["messages"].value


@pytest.mark.parametrize(
    ("limit", "sentence"), [("max_page_count = 2", "disk is full"), ("query_only = 1", "nothing can be changed")]
)
def test_a_database_that_takes_no_more_is_said_to(tmp_path, limit, sentence):
    usual = {**connections.settings["default"], "OPTIONS": {}}
    options = {**usual, "ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "db.sqlite3"}
    database = ConnectionHandler({"default": options})["default"]
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE words (word text)")
        cursor.execute(f"PRAGMA {limit}")
        try:
            cursor.execute("INSERT INTO words VALUES (zeroblob(100000))")
        except OperationalError:
            answer = server_error(RequestFactory().post("/admin/"))
    database.close()
    assert answer.status_code == 503
    assert sentence in answer.text
