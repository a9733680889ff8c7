from django.apps import AppConfig
from wagtail.signals import page_published


class IucnCaConfig(AppConfig):
    name = "iucn_ca"

    def ready(self):
        from wagtail.search import index

        from . import caching, visibility

        def index_with_its_rows(instance, **kwargs):
            # Wagtail indexes a page when its own row is saved, before its child rows are.
            index.insert_or_update_object(instance)

        page_published.connect(index_with_its_rows, weak=False, dispatch_uid="index-with-its-rows")
        visibility.connect()
        caching.connect()
