from wagtail import hooks

from .links import PublicPageLinkHandler


# After Wagtail's own, whose place it takes.
@hooks.register("register_rich_text_features", order=1)
def link_to_public_pages_only(features):
    features.register_link_type(PublicPageLinkHandler)
