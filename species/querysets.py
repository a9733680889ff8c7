from django.db.models import Case, F, Q, When

from iucn_ca.querysets import SitePageManager, SitePageQuerySet


class SpeciesPageQuerySet(SitePageQuerySet):
    def at_hotspot(self, hotspot):
        return self._related(hotspots__translation_key=hotspot.translation_key)

    def in_country(self, country):
        return self._related(range_countries__translation_key=country.translation_key)

    def _related(self, **lookup):
        # Relations are entered on the English record; its translation key leads to this language.
        english = self.model.objects.live().public().filter(**lookup)
        return self.standing_for(english)

    def with_group(self):
        """The group that visitors know: animals by class, all else by kingdom."""
        has_class = Q(kingdom="Animalia") & ~Q(class_name="")
        return self.annotate(group=Case(When(has_class, then=F("class_name")), default=F("kingdom")))

    def for_listing(self):
        """With what a row or a plate shows."""
        fields = ["scientific_name", "how_to_recognise"]
        red_list = ["red_list_category", "red_list_taxon", "red_list_year", "red_list_words"]
        return self.order_by("path").listed(*fields, *red_list, pictures=["picture"])


SpeciesPageManager = SitePageManager.from_queryset(SpeciesPageQuerySet)
