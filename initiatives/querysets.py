from datetime import date, timedelta

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Subquery, Value, When
from django.utils import timezone

from iucn_ca.caching import kept_in_process
from iucn_ca.querysets import SitePageManager, SitePageQuerySet

from .choices import Order

SOON, A_YEAR = timedelta(days=60), timedelta(days=365)
CHART = ["group", "start_year", "end_year", "budget_amount", "budget_currency", "budget_basis"]
EXPORT = [*CHART, "slug", "acronym", "summary", "figures_confirmed_on", "last_published_at", "more_url"]


class InitiativePageQuerySet(SitePageQuerySet):
    def at_hotspot(self, hotspot):
        return self._related(hotspots__translation_key=hotspot.translation_key)

    def in_country(self, country):
        return self._related(countries__translation_key=country.translation_key)

    def on_species(self, species):
        return self._related(species__translation_key=species.translation_key)

    def with_organisation(self, key, role):
        """`key` is the translation key of the organisation."""
        return self._related(participations__organisation__translation_key=key, participations__role=role)

    def _related(self, **lookup):
        # Relations are entered on the English record; its translation key leads to this language.
        return self.standing_for(self.model.objects.live().public().filter(**lookup))

    def in_office_order(self):
        """Current ones first, then the latest start, the latest end, the title."""
        # “current” stands before “previous” also in the alphabet, and in an index.
        return self.order_by("group", "-start_year", "-end_year", "title", "pk")

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

    def on_common_axis(self, locale_id):
        """With the earliest start and the latest end of all public initiatives, for the term chart."""
        return self.annotate(**self.model.objects.published(locale_id).axis())

    def axis(self):
        """The earliest start and the latest end of these, to annotate other rows with."""
        return {
            "axis_first": Subquery(self.order_by("start_year").values("start_year")[:1]),
            "axis_last": Subquery(self.order_by("-end_year").values("end_year")[:1]),
        }

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


@kept_in_process
def ids_in_office_order(model, locale_id):
    """The ids of all public initiatives."""
    return list(model.objects.published(locale_id).in_office_order().values_list("pk", flat=True))


def neighbours(model, locale_id, pk):
    """The ids before and behind this one in the office's order; None at an end, and for what is not public yet."""
    order = ids_in_office_order(model, locale_id)
    if pk not in order:
        return None, None
    place = order.index(pk)
    return order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None


InitiativePageManager = SitePageManager.from_queryset(InitiativePageQuerySet)


class OrganisationPageQuerySet(SitePageQuerySet):
    def in_country(self, country):
        english = self.model.objects.live().public()
        return self.standing_for(english.filter(country__translation_key=country.translation_key))

    def with_pictures(self):
        return super().with_pictures().select_related("country")


OrganisationPageManager = SitePageManager.from_queryset(OrganisationPageQuerySet)
