"""Links in running text; a crafted request may have put anything into them.

Wagtail's handlers may be imported only when all models are loaded: no model imports this.
"""

from django.utils.html import escape
from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.rich_text.pages import PageLinkHandler

from .links import public_addresses
from .middleware import number_in


class PublicPageLinkHandler(PageLinkHandler):
    """In running text the words stay, without their link."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list):
        ids = [number_in(attrs.get("id", "")) for attrs in attrs_list]
        addresses = public_addresses(ids)
        return [f'<a href="{escape(addresses[pk])}">' if pk in addresses else "<a>" for pk in ids]


class ReadableDocumentLinkHandler(DocumentLinkHandler):
    @classmethod
    def get_many(cls, attrs_list):
        return super().get_many([{"id": number_in(attrs.get("id", ""))} for attrs in attrs_list])
