from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PublishingPanel
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageViewRestriction, Site
from wagtail_localize.fields import SynchronizedField

from .blocks import BodyBlock, FigureBlock, LinkBlock, PointBlock
from .drafts import Drafted, NoStaleSaveMixin
from .images import CreditedImage, CreditedRendition
from .indexing import indexed_at_the_end
from .panels import STORY, tabs
from .publishing import is_ready
from .querysets import SitePageManager
from .search import NamesCompletionField, NamesField, StemmedField
from .staff import MayDo
from .users import User
from .visibility import visibility_changed

__all__ = [
    "BasePage",
    "CreditedImage",
    "CreditedRendition",
    "HomePage",
    "OfficeSettings",
    "Source",
    "StandardPage",
    "User",
]


# Views of the site stand at these.
TAKEN_ADDRESSES = ("search", "_util")


class BasePageForm(NoStaleSaveMixin, WagtailAdminPageForm):
    """Drafts may be incomplete; publishing, scheduling and submitting may not."""

    def clean(self):
        cleaned_data = super().clean()
        self.instance.unreadable = frozenset(self.errors)
        if not self.is_deferred_validation:
            for field, message in self.missing().items():
                self.add_error(field if field in self.fields else None, message)
        return cleaned_data

    def missing(self):
        """Errors by field, from the typed values: the instance has not received them yet."""
        return self.instance.missing_for_publication(self.cleaned_data.get, self.rows)

    def rows(self, name):
        """The child rows as typed, without those marked for deletion."""
        formset = self.formsets.get(name)
        if formset is None:
            return list(getattr(self.instance, name).all())
        formset.is_valid()  # The rows are cleaned after the page's own fields: too late for this.
        return [
            form.instance
            for form in formset.forms
            if form.has_changed() or form.instance.pk
            if not form.cleaned_data.get("DELETE")
        ]


def picture_field(name, help_text):
    return models.ForeignKey(
        CreditedImage,
        verbose_name=name,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=help_text,
    )


def tall_picture_field():
    return picture_field(_("upright picture"), _("Takes the picture's place where an upright one fits better."))


class BasePage(Page):
    """What every page has: a summary, a body and a credited picture."""

    summary = models.TextField(
        _("summary"),
        max_length=600,
        help_text=_("One to three sentences: they open the page and stand beside its title in lists."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    picture = picture_field(_("picture"), _("It needs a credit before the page is published."))
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=250,
        blank=True,
        help_text=_("For people who cannot see it. Left empty, the picture's own description is taken."),
    )
    picture_is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("The picture says nothing that the text does not: screen readers pass over it."),
    )
    # The same scene in the shapes that its places on the page need.
    head_pictures = ("picture",)

    objects = SitePageManager()
    search_auto_update = False  # see iucn_ca/indexing.py
    base_form_class = BasePageForm
    edit_handler = tabs()
    search_fields = [
        *Page.search_fields,
        NamesField("title", boost=4),
        NamesCompletionField("title"),
        StemmedField("summary", boost=2),
        StemmedField("body"),
        StemmedField("search_related"),
    ]

    class Meta:
        abstract = True

    def missing_for_publication(self, value, rows):
        """Sentences by field for what a public page must have.

        `value(name)` and `rows(name)` give the field or child rows, typed or saved.
        """
        errors = {}
        at_head = [(name, value(name)) for name in self.head_pictures]
        in_body = [("body", block.value) for block in value("body") or [] if block.block_type == "picture"]
        for name, picture in [*at_head, *in_body]:
            if picture and not picture.credit:
                errors[name] = _("“%(picture)s” has no credit yet. Open the picture and enter it.") % {
                    "picture": picture.title
                }
        # Whichever of them is shown, the same words stand for it.
        described = any(picture.description for name, picture in at_head if picture)
        said = value("picture_alt") or value("picture_is_decorative") or described
        if any(picture for name, picture in at_head) and not said:
            errors["picture_alt"] = _("Say what the picture shows, or mark it as decorative.")
        return errors

    # Names of the fields in which something was typed that cannot be read: the form says so, and rules pass over them.
    unreadable = frozenset()

    def clean(self):
        super().clean()
        if self.slug in TAKEN_ADDRESSES:
            raise ValidationError({"slug": _("This address belongs to the site itself. Choose another.")})
        if not self.picture_alt and not self.picture_is_decorative:
            pictures = [getattr(self, name) for name in self.head_pictures]
            self.picture_alt = next((p.description for p in pictures if p and p.description), "")[:250]

    def publish(self, revision, **kwargs):
        if is_ready(revision.as_object(), by_schedule=kwargs.get("log_action") == "wagtail.publish.scheduled"):
            # As a whole or not at all, whoever is killed meanwhile.
            with transaction.atomic(), indexed_at_the_end():
                super().publish(revision, **kwargs)
            if not self.live:
                visibility_changed.send(type(self), records=Page.objects.filter(pk=self.pk))

    def get_url_parts(self, request=None):
        """As Wagtail has it for pages under their language, without asking the address patterns for each link."""
        for site_id, root_path, root_url, language in self._get_site_root_paths(request):
            if self.url_path.startswith(root_path):
                return site_id, root_url, f"/{language}/{self.url_path.removeprefix(root_path)}"
        return None

    def permissions_for_user(self, user):
        return MayDo(user, self)

    # Set by whoever has asked already.
    is_known_to_be_public = False
    # Beside `page`: what of a query string changes the page.
    query_parameters = ()

    def get_view_restrictions(self):
        if self.is_known_to_be_public:
            return PageViewRestriction.objects.none()
        # Wagtail fetches the pages above first: a query more for every visit.
        above = self.get_ancestors(inclusive=True).values(source=Coalesce("alias_of", "pk"))
        return PageViewRestriction.objects.filter(page__in=above)

    @property
    def search_names(self):
        """Other names that visitors type for this page."""
        return ""

    @property
    def search_related(self):
        """Words of the page's relations, so that a funder's name finds its initiatives."""
        return ""

    @property
    def shown_alt(self):
        return "" if self.picture_is_decorative else self.picture_alt


class Source(Orderable):
    """Where the facts of a page come from."""

    title = models.CharField(_("source"), max_length=255)
    url = models.URLField(_("address"), max_length=500, blank=True)

    panels = [FieldPanel("title"), FieldPanel("url")]
    override_translatable_fields = [SynchronizedField("title"), SynchronizedField("url")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self):
        return self.title


class HomePage(BasePage):
    """The front page, one in each language."""

    head_pictures = ("picture", "tall_picture")
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "iucn_ca.StandardPage",
        "regions.RegionPage",
        "species.SpeciesIndexPage",
        "initiatives.InitiativeIndexPage",
        "initiatives.OrganisationIndexPage",
    ]
    max_count_per_parent = 1

    statement = models.TextField(
        _("opening statement"),
        max_length=400,
        help_text=_("One sentence on the region, in large type."),
    )
    figures = StreamField(
        [("figure", FigureBlock())],
        verbose_name=_("figures"),
        blank=True,
        max_num=4,
        help_text=_("At most four, each one that a reader can check."),
    )
    role_text = models.TextField(_("IUCN's role in the region"), blank=True)
    role = StreamField([("point", PointBlock())], verbose_name=_("roles"), blank=True, max_num=6)
    standards_text = models.TextField(_("what IUCN brings"), blank=True)
    standards = StreamField(
        [("point", PointBlock())],
        verbose_name=_("knowledge products and standards"),
        blank=True,
        max_num=6,
        help_text=_("With ™ where IUCN writes it."),
    )
    place_text = models.TextField(
        _("the office and its place in IUCN"),
        blank=True,
        help_text=_("For example: State Members, the Host Country Agreement."),
    )
    place = StreamField(
        [("point", PointBlock())],
        verbose_name=_("from IUCN to the five countries"),
        blank=True,
        max_num=6,
    )
    tall_picture = tall_picture_field()

    edit_handler = tabs(
        story=[
            *STORY,
            FieldPanel("statement"),
            MultiFieldPanel([FieldPanel("role_text"), FieldPanel("role")], heading=_("IUCN's role in the region")),
            MultiFieldPanel([FieldPanel("standards_text"), FieldPanel("standards")], heading=_("What IUCN brings")),
            MultiFieldPanel(
                [FieldPanel("place_text"), FieldPanel("place")],
                heading=_("The office and its place in IUCN"),
            ),
        ],
        figures=[FieldPanel("figures")],
        picture=[FieldPanel("tall_picture")],
    )
    search_fields = [
        *BasePage.search_fields,
        StemmedField("statement"),
        StemmedField("role"),
        StemmedField("standards"),
        StemmedField("place"),
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("pages")


class StandardPage(BasePage):
    """A page of text: about, accessibility, privacy."""

    parent_page_types = ["iucn_ca.HomePage"]
    subpage_types = []

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("pages")


class OfficeTextBlock(blocks.StructBlock):
    """The office's texts outside the pages, in one language."""

    language = blocks.ChoiceBlock(
        label=_("Language"), choices=[("en", "English"), ("ru", "Русский"), ("uz", "Oʻzbekcha")]
    )
    address = blocks.TextBlock(label=_("Postal address"), required=False)
    map_note = blocks.TextBlock(label=_("Note under every map"), required=False)
    footer = blocks.TextBlock(label=_("Text of the footer"), required=False)

    class Meta:
        icon = "globe"
        label = _("Texts in one language")


class OfficeSettings(Drafted, BaseSiteSetting):
    """What stands around every page. A snippet in the admin: Wagtail's settings have neither drafts nor a preview."""

    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    links = StreamField([("link", LinkBlock())], verbose_name=_("social media"), blank=True)
    texts = StreamField([("texts", OfficeTextBlock())], verbose_name=_("address, map note, footer"), blank=True)

    panels = [
        MultiFieldPanel([FieldPanel("email"), FieldPanel("phone"), FieldPanel("links")], _("Contacts")),
        FieldPanel("texts"),
        PublishingPanel(),
    ]

    class Meta:
        verbose_name = _("office and footer")

    def __str__(self):
        return str(self._meta.verbose_name).capitalize()

    def clean(self):
        super().clean()
        self.site = self.its_site
        if OfficeSettings.objects.filter(site=self.site).exclude(pk=self.pk).exists():
            raise ValidationError(_("The site has these texts already: change those."))

    @property
    def its_site(self):
        """Those that are being added are for the one site that there is."""
        return self.site if self.site_id else Site.objects.get(is_default_site=True)

    @property
    def homes(self):
        return self.its_site.root_page.get_translations(inclusive=True).select_related("locale").order_by("path")

    @property
    def preview_modes(self):
        return [(home.locale.language_code, home.locale.get_display_name()) for home in self.homes]

    def serve_preview(self, request, mode_name):
        """The home page in this language, with this draft around it."""
        home = next(home for home in self.homes if home.locale.language_code == mode_name)
        request.office_settings = self
        with translation.override(mode_name):
            return home.specific.serve(request).render()

    def in_language(self, code):
        """The texts in this language, or in the first one that was entered, or nothing."""
        entered = [block.value for block in self.texts]
        return next((text for text in entered if text["language"] == code), entered[0] if entered else {})
