"""Records with drafts that are no pages: the entries of lists, the office's texts."""

import logging

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

logger = logging.getLogger(__name__)


class Drafted(DraftStateMixin, RevisionMixin, PreviewableMixin, models.Model):
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
