"""What an address of the admin names, the one who asks may see: asked here once, whatever the view behind it checks."""

from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.auth import permission_denied
from wagtail.documents import get_document_model
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.models import Document
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.models import Image
from wagtail.models import Page
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import page_permission_policy

from .access import STAFF
from .images import CreditedImage
from .middleware import number_in
from .policies import is_for_staff
from .querysets import site_pages

KINDS = {
    **dict.fromkeys(("page_id", "page_pk", "page_to_move_id", "destination_id", "parent_page_id"), Page),
    "image_id": CreditedImage,
    "document_id": get_document_model(),
    "doc_id": get_document_model(),
}
BULK = {model._meta.model_name: model for model in KINDS.values()}
CHOOSERS = {
    "wagtailadmin_choose_page_chosen_multiple": Page,
    "wagtailimages_chooser:chosen_multiple": CreditedImage,
    "wagtaildocs_chooser:chosen_multiple": get_document_model(),
}
# They name pages of the whole tree, whoever asks.
REPORTS = {
    f"{report}{part}"
    for report in ("wagtailadmin_reports:page_types_usage", "wagtail_localize:translations_report")
    for part in ("", "_results")
}
# As in Wagtail's modules of permissions, which may be imported only when its apps are ready.
FILES = {
    model: CollectionOwnershipPermissionPolicy(model, auth_model=stock, owner_field_name="uploaded_by_user")
    for model, stock in [(CreditedImage, Image), (get_document_model(), Document)]
}


def visible_pages(user):
    """Those that the admin's tree shows to this member of staff, and what everybody can read."""
    if user.is_superuser:
        return Page.objects.all()
    in_tree = page_permission_policy.explorable_instances(user)
    public = site_pages().live().public()
    return Page.objects.filter(Q(pk__in=in_tree.values("pk")) | Q(pk__in=public.values("pk")))


def visible_files(model, user):
    return FILES[model].instances_user_has_any_permission_for(user, ["choose", "change"])


def visible(model, user):
    return visible_pages(user) if model is Page else visible_files(model, user)


class VisibleFilesOnly:
    def get_queryset(self):
        files = super().get_queryset()
        return files.filter(pk__in=visible_files(files.model, self.request.user).values("pk"))


class Pictures(VisibleFilesOnly, ImagesAdminAPIViewSet):
    pass


class Documents(VisibleFilesOnly, DocumentsAdminAPIViewSet):
    pass


def named(match, query):
    """The records that an address with its query string names, by their kind."""
    if model := CHOOSERS.get(match.view_name) or BULK.get(bulk_model(match)):
        yield listed(model, query.get("childOf")) if "all" in query.getlist("id") else some(model, query.getlist("id"))
    elif match.namespace == "wagtailadmin_pages" and match.args:  # the comparison of two revisions
        yield some(Page, match.args[:1])
    elif match.view_name in REPORTS:
        yield Page.objects.all()
    for argument in KINDS.keys() & match.kwargs.keys():
        yield some(KINDS[argument], [match.kwargs[argument]])


def bulk_model(match):
    return match.kwargs["model_name"] if match.url_name == "wagtail_bulk_action" else None


def some(model, numbers):
    return model.objects.filter(pk__in=[number_in(text) for text in numbers])


def listed(model, parent):
    """All of a list: of the pages below one, or of whatever there is."""
    page = some(Page, [parent]).first() if model is Page and parent else None
    return page.get_descendants() if page else model.objects.all()


def deletes_files(match):
    if name := bulk_model(match):
        return match.kwargs["action"] == "delete" and BULK.get(name) in FILES
    return match.namespace in ("wagtailimages", "wagtaildocs") and match.url_name in ("delete", "delete_multiple")


def may_delete(user, files):
    """Publishers may; others what they uploaded themselves, while nothing shows it."""
    if page_permission_policy.user_has_permission(user, "publish"):
        return True
    return not files.exclude(uploaded_by_user=user).exists() and not any(file.get_usage().count() for file in files)


class AdminGuardMiddleware:
    """Wagtail's own holes were mostly such views: compare, history, copy, preview of what somebody may not see."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not is_for_staff(request) or not request.user.has_perm(STAFF):
            return None  # the admin itself sends to the login
        if request.resolver_match.url_name == "set_page_position" and request.method != "POST":
            # Scripts send to it; who opens it for the root of all pages would meet an error.
            return HttpResponseNotAllowed(["POST"])
        for records in named(request.resolver_match, request.GET):
            if records.exclude(pk__in=visible(records.model, request.user).values("pk")).exists():
                return permission_denied(request)
            if deletes_files(request.resolver_match) and not may_delete(request.user, records):
                messages.warning(request, _("What is in use, or somebody else's, only a Publisher may delete."))
                return permission_denied(request)
        return None
