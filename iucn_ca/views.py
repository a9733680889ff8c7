import errno
import logging
import sys
from datetime import UTC, timedelta
from functools import reduce
from operator import or_
from pathlib import PurePosixPath
from sqlite3 import SQLITE_FULL, SQLITE_READONLY
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem, sitemap
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg.errors import DiskFull, ReadOnlySqlTransaction
from wagtail.models import Locale, Site, get_page_models

from .frame import frame
from .kept import kept_in_process
from .models import BasePage, CreditedImage
from .querysets import site_pages
from .search import hidden_pages, search_pages

logger = logging.getLogger(__name__)

RESULTS_PER_PAGE = 20
LONGEST_SEARCH = 200
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
PAGES_IN_PART = 100  # of the sitemap
SECURITY_TXT_HOLDS = timedelta(days=180)
RENDITION_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


def server_error(request):
    """What is away or full is said to be so, in the site's look; the page needs neither database nor files."""
    fault = fault_of_others(sys.exc_info()[1])
    page, status = ("503.html", 503) if fault else ("500.html", 500)
    shown = {"LANGUAGE_CODE": get_language(), "fault": fault, "is_sent": request.method not in ("GET", "HEAD")}
    response = HttpResponse(render_to_string(page, shown), status=status)
    if fault:
        response["Retry-After"] = "60"
        response["Cache-Control"] = "no-store"
    return response


def fault_of_others(error):
    """Of the database, the store of the media or the disk; None for a mistake of this site."""
    cause = getattr(error, "__cause__", None)  # what the database's driver said
    sqlite = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # above that it tells the kinds of one error apart
    if (isinstance(error, OSError) and error.errno in FULL) or isinstance(cause, DiskFull) or sqlite == SQLITE_FULL:
        return "full"
    # A server that takes over, or has been told so because its disk is nearly full.
    if isinstance(cause, ReadOnlySqlTransaction) or sqlite == SQLITE_READONLY:
        return "read-only"
    if isinstance(error, (InterfaceError, OperationalError)):
        return "database"
    return "files" if isinstance(error, ConnectionError) else None


@require_safe
def front_door(request):
    return redirect(reverse("wagtail_serve", args=[""]))


@require_safe
def search(request):
    query = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found = search_pages(query, Locale.get_active(), _hidden())
    paginator = Paginator(found, RESULTS_PER_PAGE)
    results = paginator.get_page(request.GET.get("page"))
    shown = {"query": query, "results": results, "groups": by_kind(results)}
    return render(request, "search.html", shown | {"total": paginator.count, "has_more": found.has_more})


@kept_in_process
def _hidden():
    return hidden_pages()


def by_kind(results):
    """(kind, pages) with the kind of the best result first."""
    ranked = [page.pk for page in results]
    types = [model._meta.model_name for model in get_page_models() if issubclass(model, BasePage)]
    # Two queries for pages of whatever types, not two for each of them.
    pages = (
        site_pages()
        .filter(pk__in=ranked)
        .listed("content_type")
        .annotate(
            summary=Coalesce(*(f"{name}__summary" for name in types)),
            picture_id=Coalesce(*(f"{name}__picture" for name in types)),
        )
    )
    pictures = CreditedImage.objects.only(*CreditedImage.SHOWN_IN_LISTS).in_bulk({page.picture_id for page in pages})
    kinds = {}
    for page in sorted(pages, key=lambda page: ranked.index(page.pk)):
        page.picture = pictures.get(page.picture_id)
        kinds.setdefault(page.specific_class._meta.verbose_name_plural, []).append(page)
    return list(kinds.items())


@require_safe
def rendition(request, name):
    """A finished rendition. Originals and documents lie beside this folder and have no address."""
    content_type = RENDITION_TYPES.get(PurePosixPath(name).suffix)
    if content_type is None:
        raise Http404
    try:
        file = default_storage.open(f"images/{name}")
    except ConnectionError as error:
        logger.error("%s: %s", request.path, error)
        return HttpResponse(
            "The pictures cannot be reached at the moment. Please try again in a minute.\n",
            content_type="text/plain; charset=utf-8",
            status=503,
            headers={"Retry-After": "60"},
        )
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request):
    """Whom to tell of a hole (RFC 9116): the office's address, if staff entered one; none is made up."""
    email = frame(request)["email"]
    if not email:
        raise Http404
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + SECURITY_TXT_HOLDS
    lines = [
        f"Contact: mailto:{quote(email, safe='@+')}",
        f"Expires: {expires.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {settings.LANGUAGE_CODE}",
        f"Canonical: {settings.SITE_URL}{request.path}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@kept_in_process
def sitemap_parts(languages):
    """Where each part of the sitemap begins in the tree: the path of its first page."""
    public = site_pages().live().public().order_by("path")
    paths = public.filter(_beneath(languages)).values_list("path", flat=True)
    return list(paths)[::PAGES_IN_PART]


def _beneath(paths):
    return reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk=None))


class SitemapPart(Sitemap):
    protocol = urlsplit(settings.SITE_URL).scheme

    def __init__(self, request, languages, first, beyond):
        self.request, self.languages, self.first, self.beyond = request, languages, first, beyond

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc

    def items(self):
        pages = site_pages().live().public().filter(_beneath(self.languages), path__gte=self.first)
        if self.beyond:
            pages = pages.filter(path__lt=self.beyond)
        return list(pages.select_related("locale").order_by("path"))

    def location(self, page):
        return page.get_url(self.request)

    def lastmod(self, page):
        return page.last_published_at


def live_languages(request):
    homes = Site.find_for_request(request).root_page.get_translations(inclusive=True).live()
    return tuple(homes.values_list("path", flat=True))


@require_safe
def site_map(request):
    """The index of its parts: a part costs the same however many pages there are."""
    return HttpResponse(sitemap_index(live_languages(request)), content_type="application/xml")


@kept_in_process
def sitemap_index(languages):
    parts = range(1, len(sitemap_parts(languages)) + 1)
    addresses = [f"{settings.SITE_URL}{reverse('sitemap_part', args=[number])}" for number in parts]
    return render_to_string("sitemap_index.xml", {"sitemaps": [SitemapIndexItem(address) for address in addresses]})


@require_safe
def sitemap_part(request, number):
    languages = live_languages(request)
    first, beyond, *_ = [*sitemap_parts(languages)[int(number) - 1 :], None, None]
    if first is None:
        raise Http404
    part = SitemapPart(request, languages, first, beyond)
    return sitemap(request, {"pages": part})


@require_safe
@never_cache
def live(request):
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request):
    """Whether pages can be made. A database that can only be read is enough for that, one without tables is not."""
    try:
        Site.objects.exists()
    except (DatabaseError, InterfaceError):
        return HttpResponse("not ready\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
