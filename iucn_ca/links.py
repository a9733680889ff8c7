"""Links that editors set to pages of the site: in the language at hand, and only while the page is public."""

from django.utils.html import escape
from django.utils.translation import get_language
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from .querysets import site_pages


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


LONGEST_NUMBER = 18  # digits; every database holds that


def number_in(attrs):
    """The record that a link names. A crafted request may have put anything there: nobody's, then."""
    number = attrs.get("id", "")
    return int(number) if number.isdecimal() and len(number) <= LONGEST_NUMBER else 0


class PublicPageLinkHandler(PageLinkHandler):
    """In running text the words stay, without their link."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list):
        ids = [number_in(attrs) for attrs in attrs_list]
        addresses = public_addresses(ids)
        return [f'<a href="{escape(addresses[pk])}">' if pk in addresses else "<a>" for pk in ids]


class ReadableDocumentLinkHandler(DocumentLinkHandler):
    @classmethod
    def get_many(cls, attrs_list):
        return super().get_many([{"id": number_in(attrs)} for attrs in attrs_list])
