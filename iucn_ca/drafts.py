"""Drafts: that nobody writes over another's unawares, and records with drafts that are no pages."""

import logging

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

logger = logging.getLogger(__name__)


class NoStaleSaveMixin:
    """A form that somebody else has saved since it was opened is refused once, with what was typed.

    The answer carries the number of the newer version: sent again, the form is saved, and both are in the history.
    """

    def clean(self):
        cleaned_data = super().clean()
        newer = self.newer_version_of_another()
        if newer:
            words = _(
                "%(name)s saved this at %(time)s, after you had opened it. Their version is kept in the history, "
                "yours stands below. Saving again puts yours in the place of theirs."
            )
            time = time_format(timezone.localtime(newer.created_at), "H:i")
            self.add_error(None, words % {"name": user_display_name(newer.user), "time": time})
        return cleaned_data

    def newer_version_of_another(self):
        latest = self.instance.latest_revision
        if not latest or latest.user in (None, self.for_user):
            return None
        # The last version that this form itself saved, else the one with which it was opened, if there was one.
        mine = self.data.get("overwrite_revision_id") or self.data.get("loaded_revision_id")
        return None if mine == str(latest.pk) else latest


class DraftedForm(NoStaleSaveMixin, WagtailAdminModelForm):
    pass


class Drafted(DraftStateMixin, RevisionMixin, PreviewableMixin, models.Model):
    base_form_class = DraftedForm

    class Meta:
        abstract = True

    def save_revision(self, *args, **kwargs):
        # What is public without a revision, the start content for example, Wagtail takes down once a change of it is
        # scheduled: so what is public gets one first.
        if self.live and self.pk and not self.live_revision_id:
            public = type(self).objects.get(pk=self.pk)
            self.live_revision = super(Drafted, public).save_revision(changed=False, clean=False)
            type(self).objects.filter(pk=self.pk).update(live_revision=self.live_revision)
        return super().save_revision(*args, **kwargs)

    def publish(self, revision, **kwargs):
        """The form has refused what contradicts the others; by its hour another may contradict it."""
        try:
            revision.as_object().full_clean()
        except ValidationError as refused:
            if kwargs.get("log_action") != "wagtail.publish.scheduled":
                raise
            # It stays scheduled, and the others of the schedule do not wait for it.
            logger.error("“%s” was not published. %s", self, " ".join(refused.messages))
        else:
            super().publish(revision, **kwargs)
