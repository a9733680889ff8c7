from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class IucnCaConfig(AppConfig):
    name = "iucn_ca"

    def ready(self):
        from . import access, audit, generation, indexing, visibility
        from .models import BasePage

        indexing.connect([model for model in self.apps.get_models() if issubclass(model, BasePage)])
        visibility.connect()
        generation.connect()
        audit.connect()
        access.connect()


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "iucn_ca.accounts.UserViewSet"
