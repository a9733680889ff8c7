from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import get_language

from iucn_ca.kept import kept_in_process
from iucn_ca.querysets import SitePageManager, SitePageQuerySet, text
from regions.querysets import pages_by_relation

from .choices import Order, Role
from .timeline import Axis

SOON, A_YEAR = timedelta(days=60), timedelta(days=365)
CHART = ["group", "start_year", "end_year", "budget_amount", "budget_currency", "budget_basis"]
# “current” stands before “previous” also in the alphabet, and in an index.
OFFICE_ORDER = ["group", "-start_year", "-end_year", "title", "pk"]
FUNDERS = "participations__organisation"
# What initiatives can have in common, and what narrows it.
SHARED = {"countries": {}, "hotspots": {}, "species": {}, "themes": {}, FUNDERS: {"participations__role": Role.FUNDER}}
EXPORT = [*CHART, "slug", "acronym", "summary", "figures_confirmed_on", "last_published_at", "more_url"]


class InitiativePageQuerySet(SitePageQuerySet):
    def with_organisation(self, key, role):
        """`key` is the translation key of the organisation."""
        # Relations are entered on the English record; its translation key leads to this language.
        taking_part = {"participations__organisation__translation_key": key, "participations__role": role}
        return self.standing_for(self.model.objects.live().public().filter(**taking_part))

    def in_office_order(self):
        """Current ones first, then the latest start, the latest end, the title."""
        return self.order_by(*OFFICE_ORDER)

    def in_order(self, order):
        if order is Order.OFFICE:
            return self.in_office_order()
        if order is Order.NEWEST:
            return self.order_by("-start_year", "-end_year", "title", "pk")
        if order is Order.TITLE:
            return self.order_by("title", "pk")
        if order is Order.BUDGET:
            return self.order_by(F("budget_amount").desc(nulls_last=True), "title", "pk")
        # Ending soonest: those that have ended come last, the latest of them first.
        year = timezone.localdate().year
        over = Case(When(end_year__lt=year, then=Value(1)), default=Value(0), output_field=IntegerField())
        still_to_come = Case(When(end_year__gte=year, then=F("end_year")), output_field=IntegerField())
        return self.order_by(over, still_to_come, "-end_year", "title", "pk")

    def ended(self):
        return self.filter(end_year__lt=timezone.localdate().year)

    def ending_soon(self):
        """Of a term only the years are known: it ends with the last day of its last year."""
        today = timezone.localdate()
        is_near = date(today.year, 12, 31) - today <= SOON
        return self.filter(end_year=today.year) if is_near else self.none()

    def unconfirmed(self):
        """Those whose figures nobody has compared with the agreement for a year, or ever."""
        return self.exclude(figures_confirmed_on__gt=timezone.localdate() - A_YEAR)

    def with_pictures(self):
        """For one initiative's own page: also whether it has rows of the kinds that most have not."""
        having = {
            "targets": self.model.objects.filter(targets__isnull=False),
            "documents": self.model.objects.filter(documents__isnull=False),
            # Notes belong to the page in the site's first language.
            "notes": self.model.objects.filter(change_notes__old__isnull=False),
        }
        asked = {
            f"has_{name}": Exists(pages.filter(translation_key=OuterRef("translation_key")))
            for name, pages in having.items()
        }
        return super().with_pictures().annotate(**asked)

    def for_chart(self):
        """What a row of the term chart shows."""
        return self.listed(*CHART)

    def for_listing(self):
        """With summaries and pictures; with_organisations() adds what is public of the organisations."""
        return self.listed("summary", *CHART, pictures=["picture"]).prefetch_related("participations")

    def for_export(self):
        """With every public column; with_relations() adds what is public of the relations."""
        return self.listed(*EXPORT).prefetch_related("participations")


@dataclass(frozen=True)
class InOrder:
    """The public initiatives of one language in the office's order, by their ids, and the axis that is long enough."""

    ids: list
    numbers: dict  # by id: the first is number 1
    sharing: dict  # those that have something in common, by (relation, its translation key)
    axis: Axis | None

    def beside(self, pk):
        """The ids before and behind this one; None at an end, and for what is not public yet."""
        number = self.numbers.get(pk)
        around = [None, *self.ids, None]
        return (around[number - 1], around[number + 1]) if number else (None, None)


def in_order(model, locale_id):
    return _in_order(model, locale_id, get_language())


@kept_in_process
def _in_order(model, locale_id, language):
    published = model.objects.published(locale_id)
    number = Window(RowNumber(), order_by=OFFICE_ORDER)
    everything = published.order_by().annotate(number=number)
    everything = everything.values_list(text(""), "translation_key", "pk", "number", "start_year", "end_year")
    nothing = dict.fromkeys(("number", "start", "end"), Value(0))
    shared = (pages.annotate(**nothing) for pages in pages_by_relation(published, SHARED, "pk"))
    numbers, sharing, years = {}, defaultdict(list), set()
    for relation, key, pk, number, start, end in everything.union(*shared, all=True):
        if relation:
            sharing[relation, key].append(pk)
        else:
            numbers[pk] = number
            years |= {start, end}
    for found in sharing.values():
        found.sort(key=numbers.get)
    ids = sorted(numbers, key=numbers.get)
    return InOrder(ids, numbers, dict(sharing), Axis.over(years))


InitiativePageManager = SitePageManager.from_queryset(InitiativePageQuerySet)


class OrganisationPageQuerySet(SitePageQuerySet):
    def in_country(self, country):
        return self.related(country__translation_key=country.translation_key)

    def with_pictures(self):
        return super().with_pictures().select_related("country")


OrganisationPageManager = SitePageManager.from_queryset(OrganisationPageQuerySet)
