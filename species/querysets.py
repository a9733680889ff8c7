from datetime import timedelta

from django.utils import timezone

from iucn_ca.querysets import SitePageManager, SitePageQuerySet

FIVE_YEARS, SIX_MONTHS = 5, timedelta(days=183)


class SpeciesPageQuerySet(SitePageQuerySet):
    def at_hotspot(self, hotspot):
        return self.related(hotspots__translation_key=hotspot.translation_key)

    def in_country(self, country):
        return self.related(range_countries__translation_key=country.translation_key)

    def with_old_assessment(self):
        """Of an assessment only the year is known: in 2026 one of 2020 is surely that old, one of 2021 not."""
        return self.exclude(red_list_category="").filter(red_list_year__lt=timezone.localdate().year - FIVE_YEARS)

    def unchecked(self):
        """Those whose facts nobody has compared with the sources for six months, or ever."""
        return self.exclude(last_checked__gt=timezone.localdate() - SIX_MONTHS)

    def for_listing(self):
        """With what a row or a plate shows."""
        fields = ["scientific_name", "how_to_recognise"]
        red_list = ["red_list_category", "red_list_taxon", "red_list_year", "red_list_words"]
        return self.order_by("path").listed(*fields, *red_list, pictures=["picture"])


SpeciesPageManager = SitePageManager.from_queryset(SpeciesPageQuerySet)
