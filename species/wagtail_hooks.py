from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageListingViewSet

from .models import SpeciesPage


class SpeciesListing(PageListingViewSet):
    model = SpeciesPage
    name = "species"
    menu_label = _("Species")
    icon = "list-ul"
    add_to_admin_menu = True
    menu_order = 120
    columns = [
        *PageListingViewSet.columns[:2],
        Column("scientific_name", label=_("Scientific name"), sort_key="scientific_name"),
        Column("get_red_list_category_display", label=_("Red List category")),
        *PageListingViewSet.columns[3:],
    ]
    list_filter = ["red_list_category", "hotspots"]


@hooks.register("register_admin_viewset")
def register_species():
    return SpeciesListing()
