from wagtail import hooks
from wagtail.permissions import page_permission_policy

from .links import PublicPageLinkHandler


# After Wagtail's own, whose place it takes.
@hooks.register("register_rich_text_features", order=1)
def link_to_public_pages_only(features):
    features.register_link_type(PublicPageLinkHandler)


def editable(model, parent_context):
    """The pages of this type that this member of staff may change."""
    mine = page_permission_policy.instances_user_has_permission_for(parent_context["request"].user, "change")
    return model.objects.filter(pk__in=mine.values("pk"))
