"""The site's settings with a page cache that keeps nothing: what a page costs that nobody has asked for yet."""

from iucn_ca.settings.production import *

for _name in ("pages", "queries"):
    CACHES[_name] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
