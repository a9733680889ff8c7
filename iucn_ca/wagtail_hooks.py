from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .links import PublicPageLinkHandler
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


@hooks.register("register_account_menu_item")
def second_factor(request):
    return {
        "url": reverse("mfa_index"),
        "label": _("Two-factor sign-in"),
        "help_text": _("A code from your phone besides the password, and recovery codes for when it is lost."),
    }
