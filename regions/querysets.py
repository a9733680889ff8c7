from django.db.models import Q

from iucn_ca.querysets import SitePageManager, SitePageQuerySet


class HotspotPageQuerySet(SitePageQuerySet):
    def in_country(self, country):
        english = self.model.objects.live().public()
        return self.standing_for(english.filter(countries__translation_key=country.translation_key))

    def beside(self, page):
        """The nearest to the west and to the east, in the order of the home page; None at an end."""
        west = self.filter(path__lt=page.path).order_by("-path").values("pk")[:1]
        east = self.filter(path__gt=page.path).order_by("path").values("pk")[:1]
        found = self.filter(Q(pk__in=west) | Q(pk__in=east)).listed("path")
        by_side = {hotspot.path < page.path: hotspot for hotspot in found}
        return by_side.get(True), by_side.get(False)

    def for_listing(self):
        """With their pictures, in the order that staff gave them (west to east)."""
        return self.order_by("path").listed("summary", "in_a_phrase", pictures=["picture", "tall_picture"])


HotspotPageManager = SitePageManager.from_queryset(HotspotPageQuerySet)


class CountryPageQuerySet(SitePageQuerySet):
    def with_pictures(self):
        return super().with_pictures().select_related("country")

    def for_listing(self):
        return self.order_by("title").listed()


CountryPageManager = SitePageManager.from_queryset(CountryPageQuerySet)
