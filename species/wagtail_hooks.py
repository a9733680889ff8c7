from django.db.models import F
from django.forms import SelectMultiple
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django_filters import ModelMultipleChoiceFilter
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageListingViewSet

from iucn_ca.staff import editable, not_empty
from regions.models import HotspotPage

from .models import SpeciesPage


class LongSelect(SelectMultiple):
    """A choice among hundreds, for each of which Django would render two templates."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = set(self.format_value(value))
        options = ((value, " selected" if str(value) in chosen else "", label) for value, label in self.choices)
        options = format_html_join("", '<option value="{}"{}>{}</option>', options)
        attrs = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name, "multiple": True}))
        return format_html("<select{}>{}</select>", attrs, options)


class SpeciesFilters(PageListingViewSet.index_view_class.base_filterset_class):
    # Of each hotspot its name: an outline is long.
    hotspots = ModelMultipleChoiceFilter(
        label=_("Hotspots"), queryset=HotspotPage.objects.only("title").order_by("title"), widget=LongSelect
    )

    class Meta:
        model = SpeciesPage
        fields = ["red_list_category", "hotspots"]


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
    filterset_class = SpeciesFilters


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
