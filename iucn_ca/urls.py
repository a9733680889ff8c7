from allauth.account.views import logout, reauthenticate
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from . import access, routing, views

handler500 = views.server_error

urlpatterns = [
    path("", views.front_door),
    # In the place of Wagtail's own addresses.
    path("admin/login/", access.sign_in, name="account_login"),
    path("admin/logout/", logout, name="account_logout"),
    path("admin/reauthenticate/", reauthenticate, name="account_reauthenticate"),
    path("admin/second-factor/", include("allauth.mfa.urls")),
    # Wagtail's page for trying out what happens after an error.
    path("admin/failwhale/", page_not_found, {"exception": None}, name="wagtailadmin_error_test"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("favicon.ico", lambda request: redirect(static("img/favicon.ico"))),
    path("robots.txt", views.robots),
    path(".well-known/security.txt", views.security_txt),
    path("sitemap.xml", views.site_map, name="sitemap"),
    # No leading zeros: they would be addresses of their own in the page cache.
    re_path(r"^sitemap-(?P<number>[1-9]\d{0,5})\.xml$", views.sitemap_part, name="sitemap_part"),
    path("-/live", views.live),
    path("-/ready", views.ready),
]

# A web server that takes over the pictures has an address of its own.
if settings.MEDIA_URL.startswith("/"):
    urlpatterns.append(path(f"{settings.MEDIA_URL.lstrip('/')}images/<str:name>", views.rendition))

urlpatterns += i18n_patterns(
    path("search/", views.search, name="search"),
    re_path(wagtail_urls.serve_pattern, routing.serve),
    # Files of a page: no page has a dot in its address.
    re_path(r"^((?:[\w-]+/)+[\w-]+\.\w+)$", routing.serve),
    path("", include(wagtail_urls)),
)
