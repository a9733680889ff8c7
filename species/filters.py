"""The filters of the species index: one value each, of those that occur. What is unknown is left out and named."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.db.models import Case, When
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from iucn_ca.kept import kept_in_process
from iucn_ca.querysets import text
from regions.models import Country, HotspotPage

from .choices import GROUPS, RedListCategory

LONGEST_QUOTE = 80  # of what is unknown
FACTS = ("pk", "red_list_category", "kingdom", "class_name")


@dataclass
class Option:
    """A value that occurs: its label, where it stands in the list, and the ids of the species that have it."""

    label: str
    place: str = ""
    species: set = field(default_factory=set)


@dataclass
class Choice:
    """One field of the form, and what was chosen in it."""

    name: str
    label: str
    any_label: str
    given: str = ""
    found: dict = field(default_factory=dict)

    @property
    def options(self):
        """(value, label) of what occurs, in the order of the list."""
        in_order = sorted(self.found.items(), key=lambda item: (item[1].place, item[1].label))
        return [(value, option.label) for value, option in in_order]

    @property
    def chosen(self):
        return self.found.get(self.given)

    def add(self, species_id, value, label, place=""):
        self.found.setdefault(value, Option(label, place)).species.add(species_id)


@kept_in_process
def _facets(model, locale_id, language):
    """The ids of the public species in the order of staff, and the form's fields with the species of each value."""
    rows = list(model.objects.published(locale_id).order_by("path").values_list(*FACTS))
    hotspot = Choice("hotspot", _("Hotspot"), _("All hotspots"))
    country = Choice("country", _("Country"), _("All countries"))
    category = Choice("category", _("Red List category"), _("Any category"))
    group = Choice("group", _("Group"), _("All groups"))
    places = _places(locale_id)
    public = {pk for pk, *_ in rows}
    for kind, species_id, key in _related(model):
        if species_id in public and (kind, key) in places:
            {"hotspot": hotspot, "country": country}[kind].add(species_id, *places[kind, key])
    for pk, code, kingdom, class_name in rows:
        if code:
            category.add(pk, code, str(RedListCategory(code).label), str(RedListCategory.values.index(code)))
        # Animals by class, all else by kingdom.
        if name := (class_name if kingdom == "Animalia" else "") or kingdom:
            group.add(pk, name, str(GROUPS.get(name, name)))
    return [pk for pk, *_ in rows], [hotspot, country, category, group]


def _places(locale_id):
    """(value, label, place in the list): the hotspots from west to east, the countries of the region first."""
    hotspots = HotspotPage.objects.published(locale_id).order_by()
    countries = Country.objects.published(locale_id).order_by()
    beyond = Case(When(in_region=True, then=text("0")), default=text("1"))
    found = hotspots.values_list(text("hotspot"), "translation_key", "slug", "title", "path").union(
        countries.values_list(text("country"), "translation_key", "slug", "name", beyond)
    )
    return {(kind, key): entry for kind, key, *entry in found}


def _related(model):
    """(kind, id of the species, translation key of the hotspot or country)."""
    of_hotspots, of_countries = model.hotspots.through, model.range_countries.through
    return of_hotspots.objects.values_list(text("hotspot"), "speciespage_id", "hotspotpage__translation_key").union(
        of_countries.objects.values_list(text("country"), "speciespage_id", "country__translation_key")
    )


class SpeciesFilter:
    """A query string applied to the public species of one language.

    Their facets are read whole and compared here.
    """

    def __init__(self, query, species, locale_id):
        self.query = query
        self.species = species
        self.locale_id = locale_id

    @cached_property
    def _facts(self):
        return _facets(self.species.model, self.locale_id, get_language())

    @cached_property
    def choices(self):
        _, choices = self._facts
        return [replace(choice, given=self.query.get(choice.name, "")) for choice in choices]

    @property
    def everything(self):
        return len(self._facts[0])

    @cached_property
    def selection(self):
        """The ids of the species that fit, in the order of staff."""
        return self._fitting([choice for choice in self.choices if choice.chosen])

    def _fitting(self, choices):
        return [pk for pk in self._facts[0] if all(pk in choice.chosen.species for choice in choices)]

    @property
    def notes(self):
        """A sentence for each value that was left out."""
        return [
            gettext("%(facet)s: “%(value)s” occurs with no species. This filter was left out.")
            % {"facet": choice.label, "value": choice.given[:LONGEST_QUOTE]}
            for choice in self.choices
            if choice.given and not choice.chosen
        ]

    @cached_property
    def active(self):
        """(facet, value, address without it) for each filter in use."""
        return [
            (choice.label, choice.chosen.label, f"?{urlencode(dict(self._others(choice)))}")
            for choice in self.choices
            if choice.chosen
        ]

    def _others(self, choice):
        return [(other.name, other.given) for other in self.choices if other.chosen and other is not choice]

    @property
    def ways_out(self):
        """When nothing fits together: (value, address without it, how many fit then) for each filter that helps."""
        in_use = [choice for choice in self.choices if choice.chosen]
        fitting = [len(self._fitting([other for other in in_use if other is not choice])) for choice in in_use]
        return [(value, href, number) for (_, value, href), number in zip(self.active, fitting, strict=True) if number]
