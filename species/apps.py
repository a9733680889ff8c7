from django.apps import AppConfig


class SpeciesConfig(AppConfig):
    name = "species"

    def ready(self):
        from iucn_ca.visibility import index_anew

        from .models import SpeciesPage

        index_anew(SpeciesPage, "hotspots", "range_countries", "ecosystems", "threats__threat")
