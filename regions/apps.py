from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "regions"

    def ready(self):
        from iucn_ca.visibility import index_anew

        from .models import HotspotPage

        index_anew(HotspotPage, "countries", "ecosystems__ecosystem", "threats__threat")
