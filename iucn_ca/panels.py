"""The editing form: the same four tabs, in the editor's words, on every page."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
)

STORY = [FieldPanel("title"), FieldPanel("summary"), FieldPanel("body")]
ADDRESS = [
    MultiFieldPanel(
        [
            FieldPanel("slug"),
            FieldPanel("seo_title"),
            FieldPanel("search_description"),
            FieldPanel("show_in_menus"),
        ],
        heading=_("Address and search engines"),
        classname="collapsed",
    )
]
PICTURE = [
    MultiFieldPanel(
        [
            FieldPanel("picture"),
            FieldPanel("picture_alt"),
            FieldPanel("picture_is_decorative"),
        ],
        heading=_("Picture"),
    )
]


def tabs(story=STORY, figures=(), where=(), picture=()):
    """The form of a page type; a tab without fields is left out."""
    panels = [
        ([*story, *ADDRESS, PublishingPanel()], _("Story")),
        (figures, _("Figures")),
        (where, _("Who and where")),
        ([*PICTURE, *picture], _("Picture")),
    ]
    return TabbedInterface([ObjectList(list(group), heading=name) for group, name in panels if group])


def row(heading, *names):
    return MultiFieldPanel([FieldRowPanel([FieldPanel(name) for name in names])], heading=heading)


def choices_panel(name):
    """A box to tick for each choice: in a list with several lines chosen one slip of the mouse loses all."""
    return FieldPanel(name, widget=CheckboxSelectMultiple)
