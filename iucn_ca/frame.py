"""What stands around every page: the menu, the footer's links and the office's texts."""

from dataclasses import dataclass
from functools import lru_cache

from django.contrib.contenttypes.models import ContentType
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from .kept import kept_in_process
from .links import home_in, shown_links
from .models import HomePage, OfficeSettings
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
    home = home_in(language)
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
        "menu": tuple(page for page in pages if page.in_menu),
        "more_links": tuple(page for page in pages if not page.in_menu),
    }


def types_at(address, language):
    """Of which types a page at this address can be, as far as the public pages around it tell."""
    around = _pages(language)
    if address == around["home_url"]:
        return [HomePage]
    above = next((page for page in around["pages"] if address.startswith(page.url)), None)
    if above is None:
        return []
    return [above.model] if address == above.url else above.model.clean_subpage_models()


@kept_in_process
def _office(language):
    office = OfficeSettings.objects.filter(site__is_default_site=True, live=True).first()
    return _texts(office or OfficeSettings(), language)


def _texts(office, language):
    texts = office.in_language(language)
    links = shown_links([block.value for block in office.links])
    return {
        "email": office.email,
        "phone": office.phone,
        "social_links": tuple((link["text"], link["url"]) for link in links),
        **{name: texts.get(name, "") for name in ("footer", "address", "map_note")},
    }


def header(request):
    around = frame(request)
    inside = tuple(page.url for page in around["menu"] if request.path.startswith(page.url))
    path = request.path if request.path in (*inside, reverse("search")) else ""
    return _header(get_language(), around["home_url"], around["menu"], inside, path)


@lru_cache(maxsize=128)
def _header(language, home_url, menu, inside, path):
    """Of a page that is not in the menu itself only the entry above it counts: so it is the same on many pages."""
    shown = {"home_url": home_url, "menu": menu, "inside": inside, "path": path}
    return render_to_string("components/header.html", shown)


def footer(request):
    around = frame(request)
    shown = [(name, value) for name, value in around.items() if name not in ("home_url", "pages")]
    return _footer(get_language(), str(timezone.localdate().year), *shown)


@lru_cache(maxsize=128)
def _footer(language, year, *shown):
    """Its words alone decide: the footer of a draft, in a preview, is nobody else's."""
    return render_to_string("components/footer.html", dict(shown) | {"year": year})
