from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Country, CountryPage, Ecosystem, HotspotPage, Threat
from .views import outline_preview


@hooks.register("register_admin_urls")
def outline_preview_url():
    return [path("regions/outline/", outline_preview, name="outline_preview")]


class HotspotListing(PageListingViewSet):
    model = HotspotPage
    name = "hotspots"
    menu_label = _("Hotspots")
    icon = "site"


class CountryPageListing(PageListingViewSet):
    model = CountryPage
    name = "country-pages"
    menu_label = _("Country pages")
    icon = "doc-full-inverse"


class TermViewSet(SnippetViewSet):
    list_display = ["name", "slug"]
    menu_item_is_registered = True


class CountryViewSet(TermViewSet):
    model = Country
    menu_label = _("List of countries")
    icon = "globe"
    list_display = ["name", "code", "in_region"]
    list_filter = ["in_region"]


class EcosystemViewSet(TermViewSet):
    model = Ecosystem
    menu_label = _("Ecosystems")
    icon = "tag"


class ThreatViewSet(TermViewSet):
    model = Threat
    menu_label = _("Threats")
    icon = "warning"


@register_snippet
class RegionGroup(ViewSetGroup):
    menu_label = _("The region")
    menu_icon = "globe"
    menu_order = 110
    items = (HotspotListing, CountryPageListing, CountryViewSet, EcosystemViewSet, ThreatViewSet)
