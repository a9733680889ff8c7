"""Links that editors set to pages of the site: in the language at hand, and only while the page is public."""

from django.utils.translation import get_language
from wagtail.models import Page, Site

from .querysets import site_pages


def home_in(language):
    """Where the pages of this language begin, or None while it has no home page."""
    return next((root for root in Site.get_site_root_paths() if root.language_code == language), None)


def public_addresses(page_ids):
    """The addresses of these pages by their ids, or of their translations; those that are not public have none."""
    chosen = Page.objects.filter(pk__in=page_ids)
    pages = list(
        site_pages()
        .live()
        .public()
        .filter(translation_key__in=chosen.values("translation_key"))
        .select_related("locale")
    )
    here = {page.translation_key: page for page in pages if page.locale.language_code == get_language()}
    return {page.pk: here.get(page.translation_key, page).url for page in pages}


def shown_links(links):
    """Words and address of each link that leads somewhere."""
    chosen = [link["page"].pk for link in links if link["page"]]
    addresses = public_addresses(chosen) if chosen else {}
    found = [(link["text"], link["url"] or (link["page"] and addresses.get(link["page"].pk))) for link in links]
    return [{"text": text, "url": url} for text, url in found if url]
