from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from .drafts import Drafted


class TermQuerySet(models.QuerySet):
    def published(self, locale_id):
        """Terms that a visitor may read, in one language."""
        return self.filter(live=True, locale_id=locale_id)

    def standing_for(self, english_terms, locale_id):
        """The terms of one language for the given English records."""
        # In a preview the relation is a list in memory, otherwise a sub-query.
        keys = english_terms.values_list("translation_key", flat=True)
        return self.published(locale_id).filter(translation_key__in=keys)


class Term(Drafted, TranslatableMixin, index.Indexed, models.Model):
    """A word of a list that the office keeps: a country, an ecosystem, a threat, a theme."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("short name in addresses"),
        max_length=80,
        help_text=_("Small letters and hyphens, for example “climate-change”. Filters use it."),
    )

    objects = TermQuerySet.as_manager()

    panels = [FieldPanel("name"), FieldPanel("slug"), PublishingPanel()]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]
    override_translatable_fields = [SynchronizedField("slug"), TranslatableField("name")]

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "locale"],
                name="%(class)s_slug_once_per_language",
                violation_error_message=_("Another entry of this list already has this short name."),
            )
        ]

    def __str__(self):
        return self.name

    def get_preview_template(self, request, mode_name):
        return "iucn_ca/term_preview.html"

    def validate_constraints(self, exclude=None):
        # The form has no field for the language, and Django leaves out every rule with a field that a form lacks.
        super().validate_constraints({*(exclude or ())} - {"locale"})
