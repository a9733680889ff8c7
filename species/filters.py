"""The filters of the species index: one value each, of those that occur. What is unknown is left out and named."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regions.models import Country, HotspotPage

from .choices import GROUPS, RedListCategory

LONGEST_QUOTE = 80  # of what is unknown
# Name, label, what the field says without a choice, and where a species has it.
FACETS = [
    ("hotspot", _("Hotspot"), _("All hotspots"), "hotspots__slug"),
    ("country", _("Country"), _("All countries"), "range_countries__slug"),
    ("category", _("Red List category"), _("Any category"), "red_list_category"),
    ("group", _("Group"), _("All groups"), "group"),
]


def text(words):
    return Value(words, output_field=CharField())


@dataclass
class Choice:
    """A facet with (value, label) of all that occurs, and what was chosen."""

    name: str
    label: str
    any_label: str
    options: list = field(default_factory=list)
    given: str = ""

    @property
    def chosen(self):
        """The chosen value's label; nothing where the value does not occur."""
        return dict(self.options).get(self.given, "")


class SpeciesFilter:
    """A query string applied to the public species of one language."""

    def __init__(self, query, species, locale_id):
        self.query = query
        self.species = species
        self.locale_id = locale_id

    @cached_property
    def choices(self):
        found = {name: [] for name, *_ in FACETS}
        for name, value, label, place in self._occurring():
            if name == "category":
                label, place = RedListCategory(value).label, str(RedListCategory.values.index(value))
            elif name == "group":
                label = str(GROUPS.get(value, value))
            found[name].append((place, label, value))
        return [
            Choice(
                name, label, any_label, [(v, words) for _, words, v in sorted(found[name])], self.query.get(name, "")
            )
            for name, label, any_label, _ in FACETS
        ]

    def _occurring(self):
        """(facet, value, label, place in the list): hotspots from west to east, the region's countries first."""
        here = OuterRef("translation_key")
        hotspots = HotspotPage.objects.published(self.locale_id)
        hotspots = hotspots.filter(Exists(self.species.filter(hotspots__translation_key=here)))
        countries = Country.objects.filter(locale_id=self.locale_id)
        countries = countries.filter(Exists(self.species.filter(range_countries__translation_key=here)))
        beyond = Case(When(in_region=True, then=text("0")), default=text("1"))
        assessed = self.species.exclude(red_list_category="").order_by().distinct()
        grouped = self.species.with_group().exclude(group="").order_by().distinct()
        return (
            hotspots.order_by()
            .values_list(text("hotspot"), "slug", "title", "path")
            .union(
                countries.order_by().values_list(text("country"), "slug", "name", beyond),
                assessed.values_list(text("category"), "red_list_category", text(""), text("")),
                grouped.values_list(text("group"), "group", text(""), text("")),
            )
        )

    @cached_property
    def conditions(self):
        """The condition of each chosen value, by its facet's name."""
        lookups = {name: lookup for name, *_, lookup in FACETS}
        everything = self.species.model.objects.with_group()
        # A sub-query, not a join: no species stands there twice.
        return {
            choice.name: Q(pk__in=everything.filter(**{lookups[choice.name]: choice.given}).values("pk"))
            for choice in self.choices
            if choice.chosen
        }

    @cached_property
    def selection(self):
        return self.species.filter(*self.conditions.values())

    @cached_property
    def _counted(self):
        """How many there are of everything, of this selection, and without each single filter; one query."""
        counts = {"everything": Count("pk"), "number": Count("pk", filter=Q(*self.conditions.values()))}
        for name in self.conditions:
            others = [condition for other, condition in self.conditions.items() if other != name]
            counts[f"without_{name}"] = Count("pk", filter=Q(*others))
        return self.species.order_by().aggregate(**counts)

    @property
    def number(self):
        return self._counted["number"]

    @property
    def everything(self):
        return self._counted["everything"]

    @property
    def notes(self):
        """A sentence for each value that was left out."""
        return [
            gettext("%(facet)s: “%(value)s” occurs with no species. This filter was left out.")
            % {"facet": choice.label, "value": choice.given[:LONGEST_QUOTE]}
            for choice in self.choices
            if choice.given and not choice.chosen
        ]

    def _without(self, name):
        kept = {choice.name: choice.given for choice in self.choices if choice.chosen and choice.name != name}
        return f"?{urlencode(kept)}"

    @property
    def active(self):
        """(facet, value, address without it) for each filter in use."""
        return [(choice.label, choice.chosen, self._without(choice.name)) for choice in self.choices if choice.chosen]

    @property
    def ways_out(self):
        """When nothing fits together: (value, address without it, how many fit then) for each filter that helps."""
        return [
            (choice.chosen, self._without(choice.name), self._counted[f"without_{choice.name}"])
            for choice in self.choices
            if choice.chosen and self._counted[f"without_{choice.name}"] and len(self.conditions) > 1
        ]
