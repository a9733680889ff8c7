"""Search knows of a page's relations only what is public: when that changes, whoever names it is indexed anew."""

from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import Signal
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index
from wagtail.signals import page_unpublished, published, unpublished

from .vocabulary import Term

# Sent with `records`, a queryset of the pages or terms that have become public, hidden or have another name.
# BasePage.publish() sends it too.
visibility_changed = Signal()


def page_hidden(sender, instance, **kwargs):
    visibility_changed.send(sender, records=Page.objects.filter(pk=instance.pk))


def restriction_changed(sender, instance, **kwargs):
    visibility_changed.send(sender, records=Page.objects.filter(path__startswith=instance.page.path))


def term_changed(sender, instance, **kwargs):
    if issubclass(sender, Term):
        visibility_changed.send(sender, records=sender.objects.filter(pk=instance.pk))


def term_deleted(sender, instance, **kwargs):
    """As Wagtail does with pages; afterwards nobody knows any more who named it."""
    if issubclass(sender, Term) and instance.live:
        instance.unpublish(log_action=False)


def connect():
    pre_delete.connect(term_deleted)
    for signal in (published, unpublished):
        signal.connect(term_changed)
    page_unpublished.connect(page_hidden)
    for signal in (post_save, post_delete):
        signal.connect(restriction_changed, sender=PageViewRestriction)


def index_anew(model, *relations):
    """Let the pages of this model follow what they are related to."""

    def receiver(sender, records, **kwargs):
        keys = records.values("translation_key")
        for relation in relations:
            if not issubclass(_model_at(model, relation), records.model):
                continue
            for page in model.objects.filter(**{f"{relation}__translation_key__in": keys}).distinct():
                index.insert_or_update_object(page)

    visibility_changed.connect(receiver, weak=False)


def _model_at(model, relation):
    for name in relation.split("__"):
        model = model._meta.get_field(name).related_model
    return model
