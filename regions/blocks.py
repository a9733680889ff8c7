from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .choices import Measure


class MeasureBlock(blocks.StructBlock):
    """A height, length or area with what exactly it holds for."""

    measure = blocks.ChoiceBlock(label=_("What"), choices=Measure.choices)
    value = blocks.DecimalBlock(
        label=_("Figure"),
        max_digits=10,
        decimal_places=1,
        validators=[MinValueValidator(-500), MaxValueValidator(100_000_000)],
        help_text=_("Heights in metres, lengths in kilometres, areas in square kilometres."),
    )
    scope = blocks.CharBlock(
        label=_("Of what exactly"),
        required=False,
        max_length=160,
        help_text=_("For example “Jengish Chokusu (Victory Peak)” or “Tajik National Park only”."),
    )
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=255)
    source_url = blocks.URLBlock(label=_("Address of the source"), required=False, max_length=500)

    class Meta:
        icon = "order"
        label = _("Figure")

    def get_context(self, value, parent_context=None):
        return super().get_context(value, parent_context) | {"measure": Measure(value["measure"])}


class ProtectedAreaBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=200)
    where = blocks.CharBlock(label=_("Countries"), required=False, max_length=160)
    note = blocks.CharBlock(
        label=_("Note"),
        required=False,
        max_length=200,
        help_text=_("For example “976,630 hectares” or “World Heritage site since 2016”."),
    )

    class Meta:
        icon = "site"
        label = _("Protected area")
