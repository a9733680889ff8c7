from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .admin_guard import Documents, Pictures, visible_pages
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


@hooks.register("construct_page_chooser_queryset")
def choose_among_visible_pages(pages, request):
    return pages.filter(pk__in=visible_pages(request.user).values("pk"))


# After Wagtail's own, which list the files of everybody.
@hooks.register("construct_admin_api", order=1)
def list_visible_files(router):
    router.register_endpoint("images", Pictures)
    router.register_endpoint("documents", Documents)
