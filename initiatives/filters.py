"""The directory's facets: declared once, spoken in slugs, only values that occur."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import CharField, F, Q, Value
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .choices import Group, Role
from .organisations import OrganisationPage

MAX_VALUES = 20


@dataclass
class Facet:
    name: str
    label: str
    any_label: str
    lookup: str
    label_lookup: str
    only: Callable[[], Q] = Q

    def occurring(self, initiatives):
        """(facet, value, label) of every value that occurs among these initiatives."""
        return (
            initiatives.filter(self.only(), **{f"{self.lookup}__isnull": False})
            .order_by()
            .values_list(Value(self.name, output_field=CharField()), F(self.lookup), F(self.label_lookup))
            .distinct()
        )

    def apply(self, initiatives, values):
        # A sub-query, not a join: an initiative in two chosen countries stays one row.
        matching = initiatives.model.objects.filter(self.only(), **{f"{self.lookup}__in": values})
        return initiatives.filter(pk__in=matching.values("pk"))


def public_funders():
    # Asked anew for each request: what has expired depends on the hour.
    public = OrganisationPage.objects.live().public()
    return Q(participations__role=Role.FUNDER, participations__organisation__in=public)


FACETS = [
    Facet("status", _("Status"), _("Any status"), "group", "group"),
    Facet("country", _("Country"), _("All countries"), "countries__slug", "countries__name"),
    Facet("theme", _("Theme"), _("All themes"), "themes__slug", "themes__name"),
    Facet(
        "funder",
        _("Funder"),
        _("All funders"),
        "participations__organisation__slug",
        "participations__organisation__title",
        public_funders,
    ),
]


@dataclass
class Choice:
    """One facet as the form and the links show it."""

    name: str
    label: str
    any_label: str
    options: list
    chosen: list
    unknown: list


class InitiativeFilter:
    """A query string applied to the public initiatives; what it does not know, it drops and names."""

    def __init__(self, query, initiatives):
        self.query = query
        self.initiatives = initiatives

    @cached_property
    def choices(self):
        options = {facet.name: [] for facet in FACETS}
        parts = [facet.occurring(self.initiatives) for facet in FACETS]
        for name, value, label in sorted(parts[0].union(*parts[1:]), key=itemgetter(2)):
            options[name].append((value, str(Group(value).label) if name == "status" else label))
        return [self._choice(facet, options[facet.name]) for facet in FACETS]

    def _choice(self, facet, options):
        occurring = dict(options)
        given = dict.fromkeys(v for v in self.query.getlist(facet.name)[:MAX_VALUES] if v)
        chosen = [value for value in given if value in occurring]
        unknown = [value[:80] for value in given if value not in occurring]
        return Choice(facet.name, facet.label, facet.any_label, options, chosen, unknown)

    @property
    def active(self):
        return [choice for choice in self.choices if choice.chosen]

    @property
    def unknown(self):
        return [(choice.label, value) for choice in self.choices for value in choice.unknown]

    def apply(self):
        initiatives = self.initiatives
        for facet, choice in zip(FACETS, self.choices, strict=True):
            if choice.chosen:
                initiatives = facet.apply(initiatives, choice.chosen)
        return initiatives
