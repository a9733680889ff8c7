from django.http import Http404
from django.utils.translation import get_language
from wagtail import views
from wagtail.url_routing import RouteResult

from .frame import types_at
from .links import home_in
from .models import BasePage
from .querysets import IsRestricted, site_pages


def serve(request, path):
    """Wagtail's view with the page found by its whole address.

    Wagtail goes down the tree, two queries for each part of the address and three for the home page;
    every page stores its address, so one or two are enough. A language without a home page has no pages:
    Wagtail would show the English ones under its address. A file, `table.csv` for example, is its page's own affair.
    """
    above, _, name = path.rpartition("/")
    route = find_page(above).route(request, [name]) if name else RouteResult(find_page(path))
    request._wagtail_route_for_request = route
    request.is_private = route.page.get_view_restrictions().exists()
    return views.serve(request, path)


def stored_address(path, language):
    """What a page at this address beneath its language has in the database; None without a home page."""
    home = home_in(language)
    return home and "/".join([home.root_path.rstrip("/"), *filter(None, path.split("/")), ""])


def find_page(path):
    """The live page at this address in the language of the request, with its pictures; or Http404."""
    language = get_language()
    url_path = stored_address(path, language)
    if url_path is None:
        raise Http404
    address = "/".join(["", language, *filter(None, path.split("/")), ""])
    for model in types_at(address, language) or _type_at(url_path):
        found = _at(url_path, model.objects.with_pictures())
        page = found.annotate(is_restricted=IsRestricted("path")).first()
        if page:
            # The restrictions themselves are read only where there are some; an alias has those of its source.
            page.is_known_to_be_public = not (page.is_restricted or page.alias_of_id)
            return page
    raise Http404


def _type_at(url_path):
    """Of what no public page tells, like a private branch. Before the start content there is only Wagtail's welcome."""
    page = _at(url_path, site_pages()).only("content_type").first()
    return [page.specific_class] if page and issubclass(page.specific_class, BasePage) else []


def _at(url_path, pages):
    # Addresses have no index, their last parts have.
    return pages.live().filter(slug=url_path.split("/")[-2], url_path=url_path)
