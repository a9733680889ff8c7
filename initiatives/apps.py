from django.apps import AppConfig
from wagtail.signals import page_published


class InitiativesConfig(AppConfig):
    name = "initiatives"

    def ready(self):
        from iucn_ca.visibility import index_anew

        from .changes import write_note
        from .models import InitiativePage, OrganisationPage

        page_published.connect(write_note, sender=InitiativePage)
        index_anew(InitiativePage, "participations__organisation", "hotspots", "species", "countries", "themes")
        index_anew(OrganisationPage, "country")
