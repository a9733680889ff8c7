"""What stands around every page: the menu, the footer's links and the office's texts."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import get_language
from wagtail.models import Site

from .caching import kept_in_process
from .links import shown_links
from .models import OfficeSettings
from .querysets import site_pages

TOP_LEVEL = 3  # the root, the home page, the pages beneath it


@dataclass(frozen=True)
class Entry:
    """A page beneath the home page, for menu, narrow menu and footer: plain values, since it stands on every page."""

    title: str
    url: str
    path: str
    model: type
    in_menu: bool


def frame(request):
    """Asked once in a request; a page that is not public has no link."""
    if not hasattr(request, "site_frame"):
        language, draft = get_language(), getattr(request, "office_settings", None)
        request.site_frame = _pages(language) | (_texts(draft, language) if draft else _office(language))
    return request.site_frame


@kept_in_process
def _pages(language):
    home = next((root for root in Site.get_site_root_paths() if root.language_code == language), None)
    home_url = f"/{language}/"
    pages = []
    if home:
        beneath = site_pages().filter(depth=TOP_LEVEL, url_path__startswith=home.root_path)
        shown = beneath.live().public().order_by("path")
        for title, url_path, path, kind, in_menu in shown.values_list(
            "title", "url_path", "path", "content_type", "show_in_menus"
        ):
            url = home_url + url_path.removeprefix(home.root_path)
            pages.append(Entry(title, url, path, ContentType.objects.get_for_id(kind).model_class(), in_menu))
    return {
        "home_url": home_url,
        "pages": pages,
        "menu": [page for page in pages if page.in_menu],
        "more_links": [page for page in pages if not page.in_menu],
    }


@kept_in_process
def _office(language):
    office = OfficeSettings.objects.filter(site__is_default_site=True, live=True).first()
    return _texts(office or OfficeSettings(), language)


def _texts(office, language):
    return {
        "office": office,
        "social_links": shown_links([block.value for block in office.links]),
        "texts": office.in_language(language),
    }
