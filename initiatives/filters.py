"""The directory's facets, declared once and spoken in slugs: its views, totals and exports all ask here."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from iucn_ca.kept import kept_in_process
from iucn_ca.querysets import text
from iucn_ca.search import with_words

from .choices import Group, Order, Role, View
from .money import Totals, currency_name
from .organisations import OrganisationPage
from .rows import Participation
from .timeline import Axis

LONGEST_TEXT = 200
# Of what is unknown: so much is repeated to the reader.
MOST_QUOTES, LONGEST_QUOTE = 20, 80
# Beside the facets in one query: how many initiatives there are without any of them.
EVERYTHING = "everything"
MANY = 500  # of so many SQLite is to make no list


@dataclass(frozen=True)
class Facet:
    """One question that a reader asks: the initiatives with any of the chosen values fit."""

    name: str
    label: str
    any_label: str = ""
    in_form: bool = True

    def triples(self, records, value, label):
        return records.order_by().values_list(text(self.name), value, label)

    def shown(self, value, label):
        """(value, label) pairs of one row that occurring() found."""
        yield value, label


@dataclass(frozen=True)
class FieldFacet(Facet):
    field: str = ""

    def occurring(self, initiatives, locale_id):
        """(facet, value, label) of everything that occurs among these initiatives."""
        found = initiatives.exclude(**{self.field: ""})
        return self.triples(found, F(self.field), F(self.field)).distinct()

    def q(self, model, values):
        return Q(**{f"{self.field}__in": values})


class StatusFacet(FieldFacet):
    def shown(self, value, label):
        yield value, str(Group(value).status)


class CurrencyFacet(FieldFacet):
    def shown(self, value, label):
        yield value, currency_name(value)


class YearFacet(Facet):
    """Both years of a term count whole."""

    def occurring(self, initiatives, locale_id):
        return self.triples(initiatives, *(Cast(f"{end}_year", CharField()) for end in ("start", "end"))).distinct()

    def shown(self, value, label):
        yield from ((str(year), str(year)) for year in range(int(value), int(label) + 1))

    def q(self, model, values):
        running = Q()
        for year in map(int, values):
            running |= Q(start_year__lte=year, end_year__gte=year)
        return running


@dataclass(frozen=True)
class TermFacet(Facet):
    relation: str = ""

    def occurring(self, initiatives, locale_id):
        # From the few terms, not from the many initiatives: one that fits is enough for each.
        terms = initiatives.model._meta.get_field(self.relation).related_model.objects.published(locale_id)
        used = initiatives.filter(**{f"{self.relation}__translation_key": OuterRef("translation_key")})
        return self.triples(terms.filter(Exists(used)), F("slug"), F("name"))

    def q(self, model, values):
        # Not in a list of ids: that would hold all that fit before the first fifty are read.
        field = model._meta.get_field(self.relation)
        chosen = {field.m2m_field_name(): OuterRef("pk"), f"{field.m2m_reverse_field_name()}__slug__in": values}
        return Q(Exists(field.remote_field.through.objects.filter(**chosen)))


@dataclass(frozen=True)
class OrganisationFacet(Facet):
    roles: Iterable[Role] = ()

    def occurring(self, initiatives, locale_id):
        used = initiatives.filter(
            participations__role__in=self.roles,
            participations__organisation__translation_key=OuterRef("translation_key"),
        )
        public = OrganisationPage.objects.published(locale_id).filter(Exists(used))
        return self.triples(public, F("slug"), OrganisationPage.name_with_country())

    def q(self, model, values):
        chosen = {"role__in": self.roles, "organisation__slug__in": values}
        return Q(Exists(Participation.objects.filter(page=OuterRef("pk"), **chosen)))


FACETS = [
    StatusFacet("status", _("Status"), _("Any status"), field="group"),
    TermFacet("country", _("Country"), _("All countries"), relation="countries"),
    TermFacet("theme", _("Theme"), _("All themes"), relation="themes"),
    OrganisationFacet("funder", _("Funder"), _("All funders"), roles=[Role.FUNDER]),
    OrganisationFacet("lead", _("Led by"), _("Anyone"), roles=[Role.LEAD]),
    OrganisationFacet("partner", _("Partner"), _("All partners"), roles=[Role.PARTNER]),
    YearFacet("year", _("Active in"), _("Any year")),
    # Pages of organisations and the order by budget lead to these.
    OrganisationFacet("organisation", _("Organisation"), roles=list(Role), in_form=False),
    CurrencyFacet("currency", _("Currency"), field="budget_currency", in_form=False),
]


@dataclass
class Choice:
    """A facet with what occurs and what was chosen: (value, label) pairs; and chosen values that do not occur."""

    facet: Facet
    options: list
    chosen: list
    unknown: list

    @property
    def values(self):
        return [value for value, _ in self.chosen]

    @property
    def labels(self):
        return [label for _, label in self.chosen]


def _number_of(initiatives):
    """In a row that a union can have beside others; none where there are no such initiatives."""
    return initiatives.order_by().annotate(one=Value(1)).values("one").annotate(number=Count("pk"))


@kept_in_process
def _occurring(model, locale_id, language, by_link):
    """What occurs of each facet, (value, label) pairs by label; and how many initiatives there are of everything."""
    initiatives = model.objects.published(locale_id)
    everything = _number_of(initiatives).values_list(text(EVERYTHING), Cast("number", CharField()), text(""))
    facets = {facet.name: facet for facet in FACETS if facet.in_form or facet.name in by_link}
    found = {name: {} for name in facets}
    count = 0
    for name, value, label in everything.union(*(facet.occurring(initiatives, locale_id) for facet in facets.values())):
        if name == EVERYTHING:
            count = int(value)
        else:
            found[name].update(facets[name].shown(value, label))
    return [(facets[name], sorted(pairs.items(), key=itemgetter(1))) for name, pairs in found.items()], count


class InitiativeFilter:
    """A query string applied to the public initiatives of one language; what it does not know, it drops and names."""

    def __init__(self, query, initiatives, locale_id):
        self.query = query
        self.initiatives = initiatives
        self.locale_id = locale_id
        self.typed = query.get("q", "").strip()
        self.text = self.typed[:LONGEST_TEXT]

    # Two that select the same are one to kept_in_process().

    @cached_property
    def _identity(self):
        return self.locale_id, get_language(), self.selection_query

    def __eq__(self, other):
        return self._identity == other._identity

    def __hash__(self):
        return hash(self._identity)

    @cached_property
    def occurring(self):
        by_link = frozenset(facet.name for facet in FACETS if not facet.in_form and facet.name in self.query)
        return _occurring(self.initiatives.model, self.locale_id, get_language(), by_link)

    @cached_property
    def choices(self):
        options, _ = self.occurring
        return [self._choice(facet, pairs) for facet, pairs in options]

    @property
    def everything(self):
        """How many there are without any filter."""
        _, count = self.occurring
        return count

    def _choice(self, facet, options):
        given = dict.fromkeys(value for value in self.query.getlist(facet.name) if value)
        labels = dict(options)
        chosen = [(value, labels[value]) for value in given if value in labels]
        unknown = [value[:LONGEST_QUOTE] for value in given if value not in labels]
        return Choice(facet, options, chosen, unknown[:MOST_QUOTES])

    @cached_property
    def conditions(self):
        """(what was chosen in words, its parameter, its Q) for each facet and for the text."""
        found = [
            (choice.labels, choice.facet.name, choice.facet.q(self.initiatives.model, choice.values))
            for choice in self.choices
            if choice.chosen
        ]
        if self.text:
            found.append(([self.text], "q", self._has_words()))
        return found

    def _has_words(self, *, one_by_one=False):
        pages = self.initiatives.model.objects.filter(locale_id=self.locale_id)
        return with_words(pages, self.text, one_by_one=one_by_one)

    @cached_property
    def selection(self):
        """The initiatives that fit, in no particular order."""
        return self.initiatives.filter(*(q for _, _, q in self.conditions))

    @property
    def in_order(self):
        """The same as the visitor wants them; of many with these words no more are read than one page shows."""
        found = self.selection
        if self.text and self.totals.initiatives > MANY:
            others = [q for _, name, q in self.conditions if name != "q"]
            found = self.initiatives.filter(*others, self._has_words(one_by_one=True))
        return found.in_order(self.order)

    @property
    def axis(self):
        """Of the term chart: the years in which any initiative is active."""
        years = next(pairs for facet, pairs in self.occurring[0] if facet.name == "year")
        return Axis.over([int(year) for year, _ in years])

    @property
    def is_narrowed(self):
        return bool(self.conditions)

    @cached_property
    def totals(self):
        return _totals(self)

    # How they are shown.

    @cached_property
    def view(self):
        given = self.query.get("view")
        return View(given) if given in View.values else View.LIST

    @cached_property
    def order(self):
        given = self.query.get("sort")
        order = Order(given) if given in Order.values else Order.OFFICE
        # Amounts of two currencies cannot be compared.
        return Order.OFFICE if order is Order.BUDGET and len(self.totals.currencies) != 1 else order

    @cached_property
    def notes(self):
        """A sentence for everything in the query string that was left out."""
        found = [
            gettext("%(facet)s: “%(value)s” occurs in no initiative. This filter was left out.")
            % {"facet": choice.facet.label, "value": value}
            for choice in self.choices
            for value in choice.unknown
        ]
        for name, known in (("view", View.values), ("sort", Order.values)):
            if (given := self.query.get(name)) and given not in known:
                found.append(
                    gettext("“%(value)s” is no way to show the initiatives.") % {"value": given[:LONGEST_QUOTE]}
                )
        if self.query.get("sort") == Order.BUDGET and self.order is not Order.BUDGET:
            found.append(gettext("Budgets are put in order within one currency only."))
        if self.text != self.typed:
            found.append(gettext("Only the first %(number)s characters were looked for.") % {"number": LONGEST_TEXT})
        return found

    # Links to the same selection shown otherwise, or to another one.

    @property
    def display(self):
        """How the selection is shown, by parameter; what goes without saying is empty."""
        return {
            "sort": "" if self.order is Order.OFFICE else self.order.value,
            "view": "" if self.view is View.LIST else self.view.value,
        }

    def address(self, **changes):
        """The query string of this selection with other values; None leaves a parameter out, and so the page."""
        return self._query_string(self._chosen | self.display | changes)

    @property
    def _chosen(self):
        return {choice.facet.name: choice.values for choice in self.choices} | {"q": self.text}

    def _query_string(self, parameters):
        query = QueryDict(mutable=True)
        for name, values in parameters.items():
            query.setlist(name, [value for value in (values if isinstance(values, list) else [values]) if value])
        return f"?{query.urlencode()}" if any(query.values()) else "?"

    @property
    def selection_query(self):
        """The selection alone: whatever the view, the order and the page."""
        return self._query_string(self._chosen).removeprefix("?")

    @property
    def active(self):
        """(facet, value, address without it) for everything that narrows the selection."""
        found = [
            (choice.facet.label, label, self.address(**{choice.facet.name: [v for v in choice.values if v != value]}))
            for choice in self.choices
            for value, label in choice.chosen
        ]
        if self.text:
            found.append((gettext("Words"), self.text, self.address(q=None)))
        return found

    @property
    def views(self):
        return [(view, self.address(view="" if view is View.LIST else view.value), view is self.view) for view in View]

    @property
    def addresses_in_order(self):
        """By order; that of budgets only where they are all in one currency."""
        found = {order: self.address(sort="" if order is Order.OFFICE else order.value) for order in Order}
        if len(self.totals.currencies) != 1:
            del found[Order.BUDGET]
        return found

    @property
    def orders(self):
        """(label, address, whether it is the one shown), the order by budget for each currency."""
        found = [(o.label, href, o is self.order) for o, href in self.addresses_in_order.items() if o != Order.BUDGET]
        for code in self.totals.currencies:
            words = gettext("Largest budget in %(currency)s first") % {"currency": code}
            found.append((words, self.address(sort=Order.BUDGET.value, currency=[code]), self.order is Order.BUDGET))
        return found

    @property
    def hidden(self):
        """What the form has no box for and keeps nevertheless: (name, value)."""
        by_link = [(c.facet.name, value) for c in self.choices if not c.facet.in_form for value in c.values]
        return by_link + [(name, value) for name, value in self.display.items() if value]

    @cached_property
    def ways_out(self):
        """When nothing fits: (what to drop, address, how many fit then) for each single filter that helps."""
        if len(self.conditions) < 2:
            return []  # Without its only filter the selection is everything, to which a link leads anyway.
        counts = [
            _number_of(self.initiatives.filter(*(q for _, other, q in self.conditions if other != name))).values_list(
                text(name), "number"
            )
            for _, name, _ in self.conditions
        ]
        found = dict(counts[0].union(*counts[1:]))
        return [
            (", ".join(labels), self.address(**{name: None}), found[name])
            for labels, name, _ in self.conditions
            if found.get(name)
        ]


@kept_in_process
def _totals(selection):
    return Totals.of(selection.selection)
