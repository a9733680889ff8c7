"""Approval, bulk publishing and schedules do not pass through the editing form: here they meet its rules."""

import logging
from contextlib import suppress

from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import JsonResponse, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from wagtail.admin import messages

from .policies import STAFF_PATH

logger = logging.getLogger(__name__)

PAGES = f"{STAFF_PATH}pages/"


class IncompleteError(ValidationError):
    def __init__(self, page, errors):
        super().__init__(errors)
        self.page = page

    @property
    def sentence(self):
        return _("“%(page)s” was not published. %(reasons)s") % {
            "page": self.page.get_admin_display_title(),
            "reasons": " ".join(self.messages),
        }


def require_complete(page):
    errors = sentences_by_field(page)
    for relation in get_all_child_relations(page):
        for row in getattr(page, relation.get_accessor_name()).all():
            errors |= sentences_by_field(row, exclude=[relation.field.name])
    errors |= page.missing_for_publication(
        lambda name: getattr(page, name), lambda name: list(getattr(page, name).all())
    )
    if errors:
        raise IncompleteError(page, errors)


def sentences_by_field(record, **options):
    try:
        record.full_clean(**options)
    except ValidationError as refused:
        # Away from its field, "This field cannot be blank." would not tell which.
        labels = {field.name: f"{capfirst(field.verbose_name)}: " for field in record._meta.fields}
        return {name: [labels.get(name, "") + s for s in found] for name, found in refused.message_dict.items()}
    return {}


def is_ready(page, by_schedule):
    """True, or IncompleteError; on its date, with nobody there to tell, False."""
    try:
        require_complete(page)
    except IncompleteError as refused:
        if not by_schedule:
            raise
        # It stays scheduled, and the others of the schedule do not wait for it.
        logger.error(refused.sentence)
        return False
    return True


class WholePageMiddleware:
    """What is sent of a page is done or not, whatever ends the process: Wagtail saves version, page and index apart."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "POST" or not request.path_info.startswith(PAGES):
            return self.get_response(request)
        # SQLite has one writer, who must not wait for a slow line.
        with suppress(UnreadablePostError):
            request.POST  # noqa: B018  read here, and kept
        is_done = False
        try:
            with transaction.atomic():
                response = self.get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
            is_done = response.status_code < 400
        finally:
            if not is_done:
                # Nobody is to read on the next page that it was published.
                list(get_messages(request))
        return response


class IncompletePageMiddleware:
    """Says in the admin why a page was not published, and leads to its form."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, IncompleteError):
            return None
        messages.error(request, exception.sentence)
        form = reverse("wagtailadmin_pages:edit", args=[exception.page.pk])
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            # The dialog in which a Publisher approves: its script goes where it is told.
            return JsonResponse({"step": "success", "redirect": form})
        return redirect(form)
