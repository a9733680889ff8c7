"""Old addresses lead on, except to what not everybody may read: a draft's new address tells its title."""

from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_path
from wagtail.contrib.redirects.middleware import RedirectMiddleware

from .querysets import site_pages
from .routing import stored_address


class PublicRedirectMiddleware(RedirectMiddleware):
    def process_response(self, request, response):
        answer = super().process_response(request, response)
        if answer is not response and leads_to_hidden_page(answer["Location"], request.get_host()):
            return response
        return answer


def leads_to_hidden_page(url, host):
    path = urlsplit(url).path
    language = get_language_from_path(path)
    if not language or not url_has_allowed_host_and_scheme(url, {host}):
        return False
    within_language = path.removeprefix(f"/{language}/")
    above, _, name = within_language.rpartition("/")
    if "." in name:  # A file is its page's own affair.
        within_language = above
    pages = site_pages().filter(url_path=stored_address(within_language, language))
    return pages.exists() and not pages.live().public().exists()
