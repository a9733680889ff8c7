from django.apps import AppConfig
from wagtail.signals import page_published
from wagtail.users.apps import WagtailUsersAppConfig


class IucnCaConfig(AppConfig):
    name = "iucn_ca"

    def ready(self):
        from wagtail.search import index

        from . import audit, caching, visibility

        def index_with_its_rows(instance, **kwargs):
            # Wagtail indexes a page when its own row is saved, before its child rows are.
            index.insert_or_update_object(instance)

        page_published.connect(index_with_its_rows, weak=False, dispatch_uid="index-with-its-rows")
        visibility.connect()
        caching.connect()
        audit.connect()


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "iucn_ca.accounts.UserViewSet"
