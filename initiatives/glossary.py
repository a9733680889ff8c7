"""The words of the directory that are explained at its foot."""

import json

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .choices import GlossaryTerm


class GlossaryBlock(blocks.StructBlock):
    """What a word of the directory means, in plain words."""

    term = blocks.ChoiceBlock(label=_("Word"), choices=GlossaryTerm.choices)
    text = blocks.TextBlock(label=_("What it means"), max_length=500)

    class Meta:
        icon = "help"
        label = _("Word")


def explained(directory):
    """The address of each explanation by its word, from a directory with the stored text of its `glossary`."""
    terms = [block["value"]["term"] for block in json.loads(directory.glossary or "[]")]
    return {term.replace("-", "_"): f"{directory.url}#{term}" for term in terms}
