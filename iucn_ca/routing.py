from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.utils.translation import get_language
from wagtail import views
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult


def serve(request, path):
    """Wagtail's view with the page found by its whole address.

    Wagtail goes down the tree, two queries for each part of the address and three for the home page;
    every page stores its address, so two are enough. A language without a home page has no pages:
    Wagtail would show the English ones under its address.
    """
    request._wagtail_route_for_request = RouteResult(find_page(path))
    return views.serve(request, path)


def find_page(path):
    """The live page at this address in the language of the request, with its pictures; or Http404."""
    home = next((r for r in Site.get_site_root_paths() if r.language_code == get_language()), None)
    if home is None:
        raise Http404
    parts = [part for part in path.split("/") if part]
    url_path = "/".join([home.root_path.rstrip("/"), *parts, ""])
    found = Page.objects.filter(url_path=url_path, live=True).values_list("pk", "content_type").first()
    if found is None:
        raise Http404
    page_id, type_id = found
    page_type = ContentType.objects.get_for_id(type_id).model_class()
    return page_type.objects.with_pictures().get(pk=page_id)
