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

    def for_listing(self):
        return self.order_by("path").defer("body").with_pictures()


SpeciesPageManager = SitePageManager.from_queryset(SpeciesPageQuerySet)
