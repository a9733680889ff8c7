from django.db.models import Case, IntegerField, Value, When

from iucn_ca.querysets import SitePageManager, SitePageQuerySet

from .choices import Group


class InitiativePageQuerySet(SitePageQuerySet):
    def at_hotspot(self, hotspot):
        return self._related(hotspots__translation_key=hotspot.translation_key)

    def in_country(self, country):
        return self._related(countries__translation_key=country.translation_key)

    def on_species(self, species):
        return self._related(species__translation_key=species.translation_key)

    def with_organisation(self, organisation):
        return self._related(participations__organisation__translation_key=organisation.translation_key)

    def _related(self, **lookup):
        # Relations are entered on the English record; its translation key leads to this language.
        return self.standing_for(self.model.objects.live().public().filter(**lookup))

    def in_office_order(self):
        """Current ones first, then the latest start, the latest end, the title."""
        previous_last = Case(When(group=Group.CURRENT, then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.order_by(previous_last, "-start_year", "-end_year", "title")

    def for_listing(self):
        """With pictures and organisations, in the office's order."""
        return self.in_office_order().defer("body").with_pictures().prefetch_related("participations")


InitiativePageManager = SitePageManager.from_queryset(InitiativePageQuerySet)


class OrganisationPageQuerySet(SitePageQuerySet):
    def with_pictures(self):
        return super().with_pictures().select_related("country")


OrganisationPageManager = SitePageManager.from_queryset(OrganisationPageQuerySet)
