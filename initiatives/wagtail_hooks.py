from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.models import register_snippet

from regions.wagtail_hooks import TermViewSet

from .models import InitiativePage, OrganisationPage, Theme


class InitiativeListing(PageListingViewSet):
    model = InitiativePage
    name = "initiatives"
    menu_label = _("Initiatives")
    icon = "folder-open-inverse"
    columns = [
        *PageListingViewSet.columns[:2],
        Column("get_group_display", label=_("Group"), sort_key="group"),
        Column("term", label=_("Term"), sort_key="start_year"),
        Column("budget", label=_("Budget")),
        *PageListingViewSet.columns[3:],
    ]
    list_filter = ["group", "countries", "themes"]


class OrganisationListing(PageListingViewSet):
    model = OrganisationPage
    name = "organisations"
    menu_label = _("Organisations")
    icon = "group"
    list_filter = ["kind", "country"]


class ThemeViewSet(TermViewSet):
    model = Theme
    menu_label = _("Themes")
    icon = "tag"


@register_snippet
class InitiativeGroup(ViewSetGroup):
    menu_label = _("Initiatives")
    menu_icon = "folder-open-inverse"
    menu_order = 130
    items = (InitiativeListing, OrganisationListing, ThemeViewSet)
