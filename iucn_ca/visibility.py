"""Search knows of a page's relations only what is public: when that changes, whoever names the page is indexed anew."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index
from wagtail.signals import page_unpublished

# Sent with `pages`, a queryset of those that have become public or hidden. BasePage.publish() sends it too.
visibility_changed = Signal()


def page_hidden(sender, instance, **kwargs):
    visibility_changed.send(sender, pages=Page.objects.filter(pk=instance.pk))


def restriction_changed(sender, instance, **kwargs):
    visibility_changed.send(sender, pages=Page.objects.filter(path__startswith=instance.page.path))


def connect():
    page_unpublished.connect(page_hidden)
    for signal in (post_save, post_delete):
        signal.connect(restriction_changed, sender=PageViewRestriction)


def index_anew(model, *relations):
    """Let the pages of this model follow what they are related to."""

    def receiver(sender, pages, **kwargs):
        keys = pages.values("translation_key")
        for relation in relations:
            for page in model.objects.filter(**{f"{relation}__translation_key__in": keys}).distinct():
                index.insert_or_update_object(page)

    visibility_changed.connect(receiver, weak=False)
