import logging
from traceback import walk_tb
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.http import HttpResponse, HttpResponseBadRequest
from django.urls import NoReverseMatch
from django.utils import translation
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import parse_header_parameters
from wagtail.models import Page

from .policies import STAFF_PATH

logger = logging.getLogger(__name__)

LONGEST_PATH = 2000
LONGEST_QUERY = 4000
MOST_PARAMETERS = 100
LARGEST_BODY = 25 * 2**20  # a document and its form; as in deploy/nginx.conf.template
LARGEST_NUMBER = 2**63
OWN_CODE = {"iucn_ca", "regions", "species", "initiatives"}


def is_readable(request):
    """Whether everything that the site is going to read of this request is text of a sane size."""
    path, query = request.path_info, request.META.get("QUERY_STRING", "")
    if len(path) > LONGEST_PATH or len(query) > LONGEST_QUERY or query.count("&") >= MOST_PARAMETERS:
        return False
    if any(character < " " or character == "\x7f" for character in path):
        return False
    try:
        # A WSGI server hands bytes over as Latin-1.
        words = unquote_to_bytes(query.encode("latin-1")).decode()
    except UnicodeError:
        return False
    # Cookies can write any byte as \000.
    return "\0" not in words and not any("\0" in value for value in request.COOKIES.values())


def is_too_large(request):
    """Whether it says so: files are written to the disk as they come, and only then is their form asked."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and (len(length) > 10 or int(length) > LARGEST_BODY)


def unreadable():
    return HttpResponseBadRequest(
        "This address cannot be read. Please check it and try again.\n", content_type="text/plain; charset=utf-8"
    )


def number_in(text):
    """The number of a record as a view reads it: “ 5”, “+5” and “0005” are 5; what no column holds is nobody's, 0."""
    try:
        number = int(text)
    except ValueError:
        return 0
    return number if abs(number) < LARGEST_NUMBER else 0


class InputGuardMiddleware:
    """Answers 400 where the database or a codec would otherwise end in a server error."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_readable(request):
            return unreadable()
        if is_too_large(request):
            return HttpResponse(
                "This is more than the site takes at once: 15 MB for a picture, 20 MB for a document.\n",
                content_type="text/plain; charset=utf-8",
                status=413,
            )
        return self.get_response(request)

    def process_exception(self, request, exception):
        # Numbers that no column can hold: SQLite's driver raises the first, PostgreSQL the second.
        if isinstance(exception, (OverflowError, DataError)):
            logger.warning("Bad value in %s %s: %s", request.method, request.path, exception)
            return unreadable()
        if request.path_info.startswith(STAFF_PATH) and is_of_mangled_input(request, exception):
            logger.error("Mangled input in %s %s", request.method, request.path, exc_info=exception)
            return HttpResponseBadRequest(
                "This request cannot be read. Please go back, reload the page and try again.\n",
                content_type="text/plain; charset=utf-8",
            )
        return None


def is_of_mangled_input(request, exception):
    """Whether this is how the admin's stock views end where a form or an address is not one of their own making.

    What contradicts the database (a row that is sent a second time as a new one) has been rolled back, and is such too.
    Errors on whose way this site's own code was are its own to mend, whatever was sent; except where it asked the
    stock rows of a form, which end so when one of their fields is missing.
    """
    if isinstance(exception, IntegrityError):
        return request.method == "POST"
    frames = [frame for frame, _ in walk_tb(exception.__traceback__)]
    for module in reversed([frame.f_globals.get("__name__", "") for frame in frames]):
        if module == "django.forms.formsets":
            break
        if module.partition(".")[0] in OWN_CODE:
            return False
    if isinstance(exception, NoReverseMatch):
        # A `next` that is no address is taken for the name of a view; in a template it would be a mistake of ours.
        return any(frame.f_code.co_name == "resolve_url" for frame in frames)
    # What a form always sends is missing: the views don't ask first. A page that is only looked at has no such excuse.
    incomplete = (AttributeError, KeyError) if request.method == "POST" else ()
    return isinstance(exception, (ValueError, ValidationError, MultiValueDictKeyError, *incomplete))


class PathLocaleMiddleware:
    """The language is in the address and nowhere else: no cookie, no guess from the browser's languages.

    Under a language without a live home page Wagtail would show the English pages; here its addresses do not exist.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.languages = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request):
        prefix = request.path_info[1:].partition("/")[0]
        # An editor previews pages of a language before it goes live, by a request that Wagtail marks.
        spoken = prefix in self.languages and (
            prefix == settings.LANGUAGE_CODE or getattr(request, "is_dummy", False) or has_home(prefix)
        )
        request.LANGUAGE_CODE = prefix if spoken else settings.LANGUAGE_CODE
        translation.activate(request.LANGUAGE_CODE)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def has_home(language):
    return Page.objects.live().filter(depth=2, locale__language_code=language).exists()


def without_body_for_head(application):
    """Django answers HEAD with the body of GET and leaves it to the server, which would log each one that it drops."""

    def headed(environ, start_response):
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return answer
        answer.close()
        return []

    return headed


def with_readable_content_type(application):
    """Django decodes the query string by this header, of every request and before any middleware; Python knows
    encodings ("hex", "undefined") that end it with a server error or yield characters that no database takes."""

    def guarded(environ, start_response):
        try:
            _, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
            readable = parameters.get("charset", "utf-8").lower() in ("utf-8", "utf8")
        except ValueError:
            readable = False
        if not readable:
            environ["CONTENT_TYPE"] = ""
        return application(environ, start_response)

    return guarded
