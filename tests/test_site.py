"""Addresses that belong to the site itself: front door, languages, search, pictures, documents, robots, health."""

from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, OperationalError, connection
from django.test import RequestFactory
from django.utils import timezone
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, PageViewRestriction, Site

from iucn_ca.images import CreditedImage, make_renditions
from iucn_ca.middleware import with_readable_content_type, without_body_for_head
from iucn_ca.models import HomePage, StandardPage
from iucn_ca.views import server_error
from tests.factories import many_like
from tests.seeded import read, words

SITE_URL = "http://127.0.0.1:8000"

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node()
    page = root.add_child(instance=HomePage(title="Central Asia", slug="front", statement="Steppe.", summary="Here."))
    Site.objects.update(root_page=page)
    return page


def add(home, title, **fields):
    return home.add_child(instance=StandardPage(title=title, slug=title.lower(), summary="Words.", **fields))


def in_russian(page, **fields):
    locale, _ = Locale.objects.get_or_create(language_code="ru")
    copy = page.copy_for_translation(locale, copy_parents=True)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save()
    return copy


def private(page):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
    restriction.groups.add(Group.objects.create(name="Donors"))


def sitemap_parts(client):
    """What each part lists that the sitemap names."""
    return [locations(client, address) for address in locations(client, f"{SITE_URL}/sitemap.xml")]


def locations(client, address):
    answer = client.get(address.removeprefix(SITE_URL))
    assert answer["Content-Type"] == "application/xml"
    tree = ElementTree.fromstring(answer.content)
    return [element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def sitemap(client):
    [addresses] = sitemap_parts(client)
    return addresses


# Languages


def test_a_database_that_is_away_is_a_503_in_the_site_s_look_that_says_when_to_try_again():
    try:
        raise OperationalError("server closed the connection")
    except OperationalError:
        answer = server_error(RequestFactory().get("/en/"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert "cannot reach its database" in answer.text
    assert "site-header" in answer.text


def test_any_other_fault_is_a_500_that_tells_nothing_of_itself():
    try:
        raise RuntimeError("a secret detail")
    except RuntimeError:
        answer = server_error(RequestFactory().get("/en/"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "secret" not in answer.text


def test_the_bare_address_leads_to_the_default_language_whatever_the_browser_speaks(client, home):
    answer = client.get("/", headers={"accept-language": "ru, uz"})
    assert answer.status_code == 302
    assert answer["Location"] == "/en/"


def test_the_language_comes_from_the_address_alone(client, home):
    in_russian(home, title="Центральная Азия", live=True)
    answer = client.get("/ru/", headers={"accept-language": "en"})
    assert answer["Content-Language"] == "ru"
    assert '<html lang="ru"' in answer.content.decode()
    assert client.get("/en/", headers={"accept-language": "ru"})["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/ru/", "/ru/search/", "/uz/about/", "/kk/", "/EN/", "/en-gb/"])
def test_a_language_that_the_site_does_not_speak_is_not_found(client, home, path):
    add(home, "About")
    assert client.get(path).status_code == 404


def test_a_language_whose_home_is_still_a_draft_is_not_found(client, home):
    in_russian(home, live=False)
    assert client.get("/ru/").status_code == 404
    assert client.get("/ru/search/").status_code == 404


def test_a_visit_leaves_no_cookie_and_can_be_cached(client, home):
    add(home, "About")
    for path in ("/", "/en/", "/en/about/", "/en/search/?q=about", "/robots.txt", "/sitemap.xml"):
        answer = client.get(path)
        assert not answer.cookies, path
        assert "Cookie" not in answer.get("Vary", ""), path


# Search


def test_search_finds_public_pages_and_shows_no_others(client, home):
    add(home, "Saxaul")
    private(add(home, "Secret"))
    add(home, "Sketch", live=False)
    found = client.get("/en/search/", {"q": "saxaul"}).content.decode()
    assert "/en/saxaul/" in found
    for hidden in ("secret", "sketch"):
        assert f"/en/{hidden}/" not in client.get("/en/search/", {"q": hidden}).content.decode()


@pytest.mark.parametrize("page", ["", "0", "-1", "2", "last", "1e9", "9" * 40, "٣"])
def test_a_senseless_page_number_still_shows_results(client, home, page):
    add(home, "Saxaul")
    answer = client.get("/en/search/", {"q": "saxaul", "page": page})
    assert answer.status_code == 200
    assert "/en/saxaul/" in answer.content.decode()


def test_an_empty_search_is_only_the_form(client, home):
    for address in ("/en/search/", "/en/search/?q=", "/en/search/?q=%20%20", "/en/search/?q=!%3F"):
        page = read(client, address)
        assert [words(form) for form in page.main.find_all("form")] == ["Words to look for Search"]
        assert not page.main.find("section", class_="results")


# Robots and sitemap


def test_robots_are_kept_from_the_admin_and_told_of_the_sitemap(client, settings):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Disallow: /admin/" in answer.content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in answer.content.decode()


def test_the_sitemap_lists_public_pages_of_every_live_language(client, home, settings):
    about = add(home, "About")
    add(home, "Sketch", live=False)
    private(add(home, "Donors"))
    add(home, "Expired", live=False, expired=True)
    in_russian(home, live=True)
    in_russian(about, live=True)
    paths = ["/en/", "/en/about/", "/ru/", "/ru/about/"]
    assert sitemap(client) == [settings.SITE_URL + path for path in paths]


def test_the_sitemap_leaves_out_a_language_whose_home_is_a_draft(client, home, settings):
    about = in_russian(add(home, "About"), live=True)
    about.get_parent().specific.unpublish()
    assert sitemap(client) == [settings.SITE_URL + path for path in ("/en/", "/en/about/")]


def test_the_sitemap_asks_no_more_for_more_pages(client, home, django_assert_max_num_queries):
    for number in range(30):
        add(home, f"Page{number}", last_published_at=timezone.now() - timedelta(days=number))
    for address, number in [("/sitemap.xml", 1), ("/sitemap-1.xml", 31)]:
        with django_assert_max_num_queries(8):
            assert len(locations(client, address)) == number


def test_the_sitemap_has_parts_of_a_hundred_pages_and_each_page_once(client, home):
    many_like(add(home, "Saxaul"), 203)
    parts = sitemap_parts(client)
    assert [len(part) for part in parts] == [100, 100, 5]
    assert parts[1][0] == f"{SITE_URL}/en/saxaul-100/"
    assert len({address for part in parts for address in part}) == 205
    for number in ("0", "01", "4", "9" * 20, "x"):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404, number


# Pictures and documents


@pytest.fixture
def picture():
    content = BytesIO()
    Image.new("RGB", (500, 300)).save(content, "WEBP")
    picture = CreditedImage(title="Steppe", file=ImageFile(content, name="steppe.webp"))
    picture.save()
    make_renditions(picture)
    return picture


def test_renditions_are_served_for_good(client, picture):
    for rendition in picture.renditions.all():
        answer = client.get(rendition.url)
        assert answer.status_code == 200
        assert answer["Content-Type"] in ("image/avif", "image/webp", "image/jpeg")
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        with rendition.file.open() as file:
            assert b"".join(answer.streaming_content) == file.read()


def test_originals_and_documents_have_no_address_to_guess(client, picture):
    default_storage.save("documents/plan.pdf", ContentFile(b"%PDF"))
    default_storage.save("images/plan.pdf", ContentFile(b"%PDF"))
    assert client.get(picture.file.url).status_code == 404
    for path in (
        "documents/plan.pdf",
        "images/plan.pdf",
        "images/",
        "images/..",
        "images/../documents/plan.pdf",
        f"images/../{picture.file.name}",
        f"images/..%2f{picture.file.name.replace('/', '%2f')}",
        f"images/%2e%2e/{picture.file.name}",
        f"images/{'a' * 300}.webp",
        "images/no-such.webp",
    ):
        assert client.get(f"/media/{path}").status_code == 404, path


def a_document(**fields):
    document = get_document_model()(title="Plan", file=ContentFile(b"%PDF-1.7", name="plan.pdf"), **fields)
    document.save()
    return document


def test_a_document_is_served_by_its_own_address(client):
    answer = client.get(a_document().url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_private_document_is_not_served_to_a_visitor(client):
    collection = Collection.get_first_root_node().add_child(name="Donors")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    answer = client.get(a_document(collection=collection).url)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize(
    "path", ["9" * 30 + "/plan.pdf", "1/other.pdf", "0/", "authenticate_with_password/" + "9" * 30 + "/"]
)
def test_a_document_that_there_is_not_is_not_found(client, path):
    assert client.get(f"/documents/{path}").status_code == 404


# Health


@pytest.mark.django_db(databases=[])
def test_the_site_says_that_it_lives_without_asking_the_database(client):
    answer = client.get("/-/live")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_the_site_is_ready_while_the_database_answers(client, monkeypatch):
    assert client.get("/-/ready").status_code == 200

    def fail():
        raise DatabaseError("password of the database")

    monkeypatch.setattr(connection, "cursor", fail)
    answer = client.get("/-/ready")
    assert answer.status_code == 503
    assert b"password" not in answer.content


@pytest.mark.parametrize("path", ["/-/live", "/-/ready"])
def test_of_its_health_it_says_one_word_to_whoever_asks(client, path):
    client.cookies["sessionid"] = "of nobody"
    answer = client.get(path)
    assert (answer.status_code, answer.text, answer["Content-Type"]) == (200, "ok\n", "text/plain")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "no-store" in answer["Cache-Control"]
    assert client.head(path).status_code == 200
    for method in ("post", "put", "delete", "options"):
        refused = getattr(client, method)(path)
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD"), method


# Input that is no text


@pytest.mark.parametrize(
    "address",
    [
        "/en/?q=%00",
        "/en/search/?q=%00",
        "/en/search/?q=%FF",
        "/en/search/?q=%ED%A0%80",
        "/en/search/?%C3%28=1",
        "/en/%00/",
        "/en/a%0Ab/",
        "/en/" + "a" * 2001 + "/",
        "/en/search/?q=" + "a" * 4001,
        "/en/search/?" + "&".join(f"a{number}=1" for number in range(101)),
        "/admin/login/?next=%00",
        "/documents/1/%00",
        "/media/images/%00.webp",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_with_a_sentence(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.content.decode() == "This address cannot be read. Please check it and try again.\n"


@pytest.mark.parametrize("address", ["/en/search/?q=%D1%81%D0%B0%D0%B9%D0%B3%D0%B0", "/en/search/?q=%F0%9F%90%AA+ʻ%0A"])
def test_text_in_any_script_can_be_read(client, home, address):
    assert client.get(address).status_code == 200


def test_a_cookie_with_a_null_character_is_refused(client):
    client.cookies.load('sessionid="aaaaaaaa\\000aaaa"')
    assert client.get("/admin/").status_code == 400


@pytest.mark.parametrize("charset", ["hex", "unicode_escape", "utf-16", "undefined", "no-such", "*=nonsense'en'b"])
def test_a_request_in_a_strange_encoding_is_read_as_any_other(charset):
    answered = []
    environ = RequestFactory().get("/-/live?q=a").environ | {"CONTENT_TYPE": f"text/html; charset={charset}"}
    with_readable_content_type(WSGIHandler())(environ, lambda status, headers: answered.append(status))
    assert answered == ["200 OK"]


def test_whoever_asks_for_the_head_gets_no_body(home):
    answered = []
    for method, is_empty in (("head", True), ("get", False)):
        environ = getattr(RequestFactory(), method)("/robots.txt").environ
        body = without_body_for_head(WSGIHandler())(environ, lambda *head: answered.append(head))
        assert (b"".join(body) == b"") == is_empty
    (head, of_head), (got, of_get) = [(status, dict(headers)) for status, headers in answered]
    assert of_head.pop("X-Request-ID") != of_get.pop("X-Request-ID")
    assert (head, of_head) == (got, of_get)
    assert of_head["Content-Length"] != "0"


@pytest.mark.parametrize("number", ["9" * 20, "9" * 200])
def test_numbers_beyond_every_column_are_refused_in_the_admin_too(admin_client, home, number):
    for path in (f"pages/{number}/", f"pages/{number}/edit/", f"images/{number}/", f"documents/edit/{number}/"):
        assert admin_client.get(f"/admin/{path}").status_code in (400, 404), path
    assert admin_client.get(f"/admin/bulk/wagtailcore/page/publish/?id={number}").status_code < 500
    assert admin_client.get(f"/admin/pages/?p={number}").status_code < 500


@pytest.mark.parametrize("host", ["evil.example", "[::1", "a b", "127.0.0.1:x", "ü.example"])
def test_another_host_is_refused(client, host):
    assert client.get("/en/", headers={"host": host}).status_code == 400
