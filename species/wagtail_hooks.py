from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageListingViewSet

from iucn_ca.staff import editable, not_empty

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
        Column("red_list_year", label=_("Year"), sort_key="red_list_year"),
        Column("last_checked", label=_("Last checked"), sort_key="last_checked"),
        *PageListingViewSet.columns[3:],
    ]
    list_filter = ["red_list_category", "hotspots"]


class SpeciesToCheck(Component):
    """On the dashboard: published species whose assessment or facts somebody should look up again."""

    name = "species_to_check"
    template_name = "wagtailadmin/species_to_check.html"
    order = 115
    most = 20

    def get_context_data(self, parent_context):
        never_first = F("last_checked").asc(nulls_first=True)
        species = editable(SpeciesPage, parent_context).filter(live=True)
        lists = [
            (_("Assessment older than five years"), species.with_old_assessment().order_by("red_list_year", "title")),
            (_("Facts not checked for six months"), species.unchecked().order_by(never_first, "title")),
        ]
        return {"lists": list(not_empty(lists, self.most))}


@hooks.register("construct_homepage_panels")
def add_species(request, panels):
    panels.append(SpeciesToCheck())


@hooks.register("register_admin_viewset")
def register_species():
    return SpeciesListing()
