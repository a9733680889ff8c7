from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.html import format_html_join

from iucn_ca.frame import footer, frame, header
from iucn_ca.models import HomePage, StandardPage
from iucn_ca.search import mark

register = template.Library()


@register.simple_tag(takes_context=True)
def site_header(context):
    return header(context["request"])


@register.simple_tag(takes_context=True)
def site_footer(context):
    return footer(context["request"])


@register.inclusion_tag("components/breadcrumbs.html", takes_context=True)
def breadcrumbs(context):
    """The index page above this one: the tree is no deeper."""
    path = context["page"].path
    return {"above": [p for p in frame(context["request"])["pages"] if path.startswith(p.path)]}


@register.simple_tag(takes_context=True)
def about_page(context):
    """The first page of text in the menu, or nothing while none is public."""
    return next((page for page in frame(context["request"])["menu"] if page.model is StandardPage), None)


@register.inclusion_tag("components/nothing_found.html", takes_context=True)
def nothing_found(context):
    """With the pages of the menu that lead on to others."""
    return {"ways_on": [page for page in frame(context["request"])["menu"] if page.model is not StandardPage]}


@register.inclusion_tag("components/office_place.html", takes_context=True)
def office_place(context):
    """The thread picture of the home page, in the language of this page."""
    home = HomePage.objects.published(context["page"].locale_id).only("place", "place_text").first()
    return {"place": home.place, "text": home.place_text} if home else {}


@register.simple_tag(takes_context=True)
def may_be_staff(context):
    """Asking who the visitor is would make every page vary by cookie; without one it is nobody."""
    return settings.SESSION_COOKIE_NAME in context["request"].COOKIES


register.filter("mark", mark)


@register.filter
def as_links(pages):
    """“Pamir, Tien Shan”: a country may have hundreds."""
    return _links(tuple((page.url, page.title) for page in pages))


@lru_cache(maxsize=500)
def _links(pages):
    return format_html_join(", ", '<a href="{}">{}</a>', pages)


@register.simple_tag
def absolute(address):
    return f"{settings.SITE_URL}{address}"
