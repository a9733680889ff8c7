from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.url_routing import RouteResult

from iucn_ca.kept import kept_in_process
from iucn_ca.models import BasePage
from iucn_ca.panels import STORY, tabs

from .choices import GlossaryTerm, Order, View
from .exports.columns import IN_TABLE
from .exports.writers import FORMATS, export
from .filters import FACETS, InitiativeFilter
from .funding import Funding
from .glossary import GlossaryBlock
from .initiative import InitiativePage
from .relations import with_organisations, with_relations, with_scenes
from .timeline import Chart

PER_PAGE = 50
FILE = "initiatives."
DIRECTIONS = {
    Order.NEWEST: "descending",
    Order.ENDING: "ascending",
    Order.TITLE: "ascending",
    Order.BUDGET: "descending",
}


class InitiativeIndexPage(BasePage):
    """The directory of initiatives: one selection as a list, a table, a term chart or a file."""

    parent_page_types = ["iucn_ca.HomePage"]
    subpage_types = ["initiatives.InitiativePage"]
    max_count_per_parent = 1
    query_parameters = ("view", "sort", *(facet.name for facet in FACETS))

    glossary = StreamField(
        [("word", GlossaryBlock())],
        verbose_name=_("glossary"),
        blank=True,
        help_text=_("Stands at the foot of the directory; the pages of initiatives link to it."),
    )

    edit_handler = tabs(story=[*STORY, FieldPanel("glossary")])

    class Meta:
        verbose_name = _("initiative index")
        verbose_name_plural = _("pages")

    def route(self, request, path_components):
        """Beside the page itself its files: `initiatives.csv`, `.xlsx`, `.json`."""
        name = "/".join(path_components)
        if name and name in {f"{FILE}{file_format}" for file_format in FORMATS}:
            return RouteResult(self, kwargs={"file_format": name.removeprefix(FILE)})
        return super().route(request, path_components)

    def serve(self, request, file_format=None):
        if file_format:
            return export(self.selection(request), file_format)
        return super().serve(request)

    def selection(self, request):
        return InitiativeFilter(request.GET, InitiativePage.objects.published(self.locale_id), self.locale_id)

    def get_context(self, request, *args, **kwargs):
        selection = self.selection(request)
        found = selection.in_order
        if selection.view is View.TABLE:
            found = found.for_export()
        elif selection.view is View.TIMELINE:
            found = found.for_chart()
        else:
            found = found.for_listing()
        paginator = Paginator(found, PER_PAGE)
        paginator.count = selection.totals.initiatives  # The totals have counted them.
        page = paginator.get_page(request.GET.get("page"))
        return super().get_context(request, *args, **kwargs) | {
            "selection": selection,
            "results": page,
            "words": [(GlossaryTerm(block.value["term"]), block.value["text"]) for block in self.glossary],
            "files": [(name.upper(), f"{self.url}{FILE}{name}") for name in FORMATS],
            **self.shown(page.object_list, selection),
        }

    def shown(self, initiatives, selection):
        """What the chosen view is made of: table, term chart, or list with those who fund the selection."""
        in_groups = selection.order is Order.OFFICE
        if selection.view is View.TABLE:
            initiatives = with_relations(initiatives, self.locale_id)
            rows = [
                (initiative, [(column, column.text(initiative)) for column in IN_TABLE]) for initiative in initiatives
            ]
            return {"columns": [self.heading(column, selection) for column in IN_TABLE], "rows": rows}
        axis = selection.axis
        if selection.view is View.TIMELINE:
            return {"chart": Chart.of(initiatives, axis, in_groups)}
        return {
            "chart": Chart.of(with_scenes(with_organisations(initiatives, self.locale_id)), axis, in_groups),
            "funding": _funding(selection),
        }

    def heading(self, column, selection):
        """(column, the address in its order, how it is in order now) of the table."""
        if column.sort == selection.order:
            return column, "", DIRECTIONS[selection.order]
        return column, selection.addresses_in_order.get(column.sort, ""), ""


@kept_in_process
def _funding(selection):
    """The same for one selection in whatever order, on whichever of its pages."""
    funding = Funding(selection.selection, selection.totals, selection.locale_id)
    return render_to_string("components/funding.html", {"funding": funding, "totals": selection.totals})
