from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.account import AvatarSettingsPanel
from wagtail.contrib.redirects import base_formats
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .admin_guard import Documents, Pictures, visible_pages
from .audit import record
from .link_handlers import PublicPageLinkHandler, ReadableDocumentLinkHandler
from .models import OfficeSettings


@register_snippet
class OfficeViewSet(SnippetViewSet):
    model = OfficeSettings
    menu_label = _("Office and footer")
    icon = "home"
    add_to_settings_menu = True


# After Wagtail's own, whose place it takes.
@hooks.register("register_rich_text_features", order=1)
def link_to_public_pages_only(features):
    features.register_link_type(PublicPageLinkHandler)
    features.register_link_type(ReadableDocumentLinkHandler)


@hooks.register("register_account_menu_item")
def second_factor(request):
    return {
        "url": reverse("mfa_index"),
        "label": _("Two-factor sign-in"),
        "help_text": _("A code from your phone besides the password, and recovery codes for when it is lost."),
    }


# What is done to many at once Wagtail writes into no log of its own.
@hooks.register("after_bulk_action")
def record_bulk_action(request, action_type, objects, action):
    record("bulk", request.user, action=action_type, kind=action.model._meta.model_name, ids=[o.pk for o in objects])


@hooks.register("construct_page_chooser_queryset")
def choose_among_visible_pages(pages, request):
    return pages.filter(pk__in=visible_pages(request.user).values("pk"))


# After Wagtail's own, which list the files of everybody.
@hooks.register("construct_admin_api", order=1)
def list_visible_files(router):
    router.register_endpoint("images", Pictures)
    router.register_endpoint("documents", Documents)


# Two more ways for files to come in, past this site's limits and checks: a portrait of any kind and size, which no
# page shows, and tables of redirects that are unpacked in memory. Those can be CSV as well.
AvatarSettingsPanel.is_active = lambda panel: False
base_formats.DEFAULT_FORMATS.remove(base_formats.XLSX)
