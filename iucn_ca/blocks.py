from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from .links import shown_links

INLINE = ["bold", "italic", "superscript", "subscript", "link", "document-link"]
TEXT = [*INLINE, "ol", "ul"]


class LinkBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Words of the link"), max_length=160)
    page = blocks.PageChooserBlock(label=_("Page of this site"), required=False)
    url = blocks.URLBlock(label=_("or an address elsewhere"), required=False)

    class Meta:
        icon = "link"
        label = _("Link")

    def clean(self, value):
        value = super().clean(value)
        if bool(value["page"]) == bool(value["url"]):
            raise blocks.StructBlockValidationError(
                non_block_errors=[_("Choose a page of this site or give an address: one of the two.")]
            )
        return value


class QuoteBlock(blocks.StructBlock):
    quote = blocks.TextBlock(label=_("Words"))
    name = blocks.CharBlock(label=_("Who says it"), max_length=120)
    role = blocks.CharBlock(label=_("Role"), required=False, max_length=160)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        description = _("The words of a named person.")
        template = "blocks/quote.html"
        preview_value = {"quote": "Words as they were said.", "name": "Name", "role": "Role"}


class FactBlock(blocks.StructBlock):
    term = blocks.CharBlock(label=_("What"), max_length=120)
    text = blocks.RichTextBlock(label=_("Fact"), features=INLINE)

    class Meta:
        icon = "list-ul"
        label = _("Fact")


class FactTableBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    rows = blocks.ListBlock(FactBlock(), label=_("Facts"), min_num=1)

    class Meta:
        icon = "table"
        label = _("Fact table")
        description = _("Short facts side by side: what, and the fact.")
        template = "blocks/fact_table.html"
        preview_value = {
            "heading": "The office",
            "rows": [{"term": "Place", "text": "<p>Tashkent, Uzbekistan</p>"}],
        }


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    text = blocks.CharBlock(label=_("Words of the link"), required=False, max_length=160)

    class Meta:
        icon = "doc-full"
        label = _("Document")
        description = _("A link to a document, with its type and size.")
        template = "blocks/document.html"


class LinkListBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), min_num=1)

    class Meta:
        icon = "link"
        label = _("List of links")
        description = _("Further pages, here or elsewhere.")
        template = "blocks/link_list.html"

    def get_context(self, value, parent_context=None):
        return super().get_context(value, parent_context) | {"links": shown_links(value["links"])}


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(
        label=_("Heading"),
        icon="title",
        max_length=120,
        template="blocks/heading.html",
        description=_("A heading over the text that follows."),
        preview_value="What the project does",
    )
    text = blocks.RichTextBlock(
        label=_("Text"),
        icon="pilcrow",
        features=TEXT,
        template="blocks/text.html",
        description=_("Running text with links and lists."),
        preview_value="<p>Running text.</p>",
    )
    picture = ImageBlock(
        label=_("Picture"),
        icon="image",
        template="blocks/picture.html",
        description=_("A picture in the text, with its credit."),
    )
    highlight = blocks.RichTextBlock(
        label=_("Highlighted passage"),
        icon="pick",
        features=INLINE,
        template="blocks/highlight.html",
        description=_("A sentence or two that stand out from the text."),
        preview_value="<p>A sentence that stands out.</p>",
    )
    quote = QuoteBlock()
    fact_table = FactTableBlock()
    document = DocumentBlock()
    link_list = LinkListBlock()


class FigureBlock(blocks.StructBlock):
    """A figure of the home page: counted from the records, or typed with source and date."""

    counted = blocks.ChoiceBlock(
        label=_("Counted from the records"),
        required=False,
        choices=[
            ("countries", _("Countries of the region")),
            ("hotspots", _("Hotspots")),
            ("species", _("Species")),
            ("initiatives", _("Initiatives")),
        ],
    )
    figure = blocks.CharBlock(label=_("or a figure"), required=False, max_length=20)
    text = blocks.CharBlock(label=_("What it counts"), max_length=120)
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=200)
    as_of = blocks.DateBlock(label=_("As of"), required=False)

    class Meta:
        icon = "order"
        label = _("Figure")

    def clean(self, value):
        value = super().clean(value)
        if bool(value["counted"]) == bool(value["figure"]):
            raise blocks.StructBlockValidationError(
                non_block_errors=[_("Choose what is counted or type a figure: one of the two.")]
            )
        if value["figure"] and not (value["source"] and value["as_of"]):
            raise blocks.StructBlockValidationError(non_block_errors=[_("A typed figure needs its source and date.")])
        return value


class PointBlock(blocks.StructBlock):
    """A named point with a sentence: a role of IUCN, a standard, a stage of the organisation."""

    name = blocks.CharBlock(label=_("Name"), max_length=120)
    text = blocks.TextBlock(label=_("In a sentence or two"))
    url = blocks.URLBlock(label=_("Link"), required=False)

    class Meta:
        icon = "tag"
        label = _("Point")
