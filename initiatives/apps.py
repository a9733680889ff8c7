from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "initiatives"

    def ready(self):
        from iucn_ca.visibility import index_anew

        from .models import InitiativePage

        index_anew(InitiativePage, "participations__organisation", "hotspots", "species")
