from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .admin_guard import Documents, Pictures, visible_pages
from .links import public_addresses
from .models import OfficeSettings


@register_snippet
class OfficeViewSet(SnippetViewSet):
    model = OfficeSettings
    menu_label = _("Office and footer")
    icon = "home"
    add_to_settings_menu = True


class PublicPageLinkHandler(PageLinkHandler):
    """In running text the words stay, without their link."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list):
        ids = [int(attrs["id"]) if attrs.get("id", "").isdecimal() else 0 for attrs in attrs_list]
        addresses = public_addresses(ids)
        return [f'<a href="{escape(addresses[pk])}">' if pk in addresses else "<a>" for pk in ids]


# After Wagtail's own, whose place it takes.
@hooks.register("register_rich_text_features", order=1)
def link_to_public_pages_only(features):
    features.register_link_type(PublicPageLinkHandler)


@hooks.register("register_account_menu_item")
def second_factor(request):
    return {
        "url": reverse("mfa_index"),
        "label": _("Two-factor sign-in"),
        "help_text": _("A code from your phone besides the password, and recovery codes for when it is lost."),
    }


@hooks.register("construct_page_chooser_queryset")
def choose_among_visible_pages(pages, request):
    return pages.filter(pk__in=visible_pages(request.user).values("pk"))


# After Wagtail's own, which list the files of everybody.
@hooks.register("construct_admin_api", order=1)
def list_visible_files(router):
    router.register_endpoint("images", Pictures)
    router.register_endpoint("documents", Documents)
