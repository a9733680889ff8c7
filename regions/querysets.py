from iucn_ca.querysets import SitePageManager, SitePageQuerySet


class HotspotPageQuerySet(SitePageQuerySet):
    def in_country(self, country):
        english = self.model.objects.live().public()
        return self.standing_for(english.filter(countries__translation_key=country.translation_key))

    def beside(self, page):
        """The nearest to the west and to the east, in the order of the home page; None at an end."""
        row = list(self.order_by("path").listed("path"))  # a region has few: cheaper than to look for the two
        west = [hotspot for hotspot in row if hotspot.path < page.path]
        east = [hotspot for hotspot in row if hotspot.path > page.path]
        return (west or [None])[-1], (east or [None])[0]

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
