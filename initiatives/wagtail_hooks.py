from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.models import register_snippet

from iucn_ca.staff import editable, not_empty
from regions.wagtail_hooks import TermViewSet

from .choices import Group
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


class CurrentInitiatives(Component):
    """On the dashboard: what is asked for most, each budget one click from its field."""

    name = "current_initiatives"
    template_name = "wagtailadmin/current_initiatives.html"
    order = 120
    most = 20

    def get_context_data(self, parent_context):
        current = editable(InitiativePage, parent_context).filter(group=Group.CURRENT)
        return {"initiatives": current.in_office_order()[: self.most]}


class InitiativesToCheck(Component):
    """On the dashboard: published initiatives whose figures somebody should look at, each with the reason."""

    name = "initiatives_to_check"
    template_name = "wagtailadmin/initiatives_to_check.html"
    order = 110
    most = 20

    def get_context_data(self, parent_context):
        current = editable(InitiativePage, parent_context).filter(live=True, group=Group.CURRENT).in_office_order()
        lists = [
            (_("Ended, and still called current"), current.ended()),
            (_("Planned to end within 60 days"), current.ending_soon()),
            (_("Figures not confirmed for a year"), current.unconfirmed()),
        ]
        return {"lists": list(not_empty(lists, self.most))}


@hooks.register("construct_homepage_panels")
def add_initiatives(request, panels):
    panels += [InitiativesToCheck(), CurrentInitiatives()]
