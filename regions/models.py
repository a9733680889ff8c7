from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from iucn_ca.models import BasePage, Source, tall_picture_field
from iucn_ca.panels import STORY, choices_panel, tabs
from iucn_ca.vocabulary import Term

from .blocks import MeasureBlock, ProtectedAreaBlock
from .outlines import validate_outline
from .querysets import (
    CountryPageManager,
    HotspotPageManager,
    all_hotspots,
    all_places,
    shown_terms,
    with_pages,
)
from .widgets import OutlineInput

PER_PAGE, MOST_NAMED = 12, 24


class Country(Term):
    """A country by its ISO 3166-1 code: of the region, or one that an initiative reaches."""

    code = models.CharField(
        _("ISO code"),
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, for example UZ."))],
    )
    in_region = models.BooleanField(_("one of the five countries of the region"), default=False)

    panels = [*Term.panels, FieldPanel("code"), FieldPanel("in_region")]
    search_fields = [*Term.search_fields, index.FilterField("in_region")]
    override_translatable_fields = [*Term.override_translatable_fields, SynchronizedField("code")]

    class Meta(Term.Meta):
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        constraints = [
            *Term.Meta.constraints,
            models.UniqueConstraint(
                fields=["code", "locale"],
                name="country_code_once_per_language",
                violation_error_message=_("This country is already in the list."),
            ),
        ]


class DescribedTerm(Term):
    description = models.TextField(
        _("description"), max_length=800, blank=True, help_text=_("Shown on the region page.")
    )

    panels = [*Term.panels, FieldPanel("description")]

    class Meta(Term.Meta):
        abstract = True


class Ecosystem(DescribedTerm):
    class Meta(DescribedTerm.Meta):
        verbose_name = _("ecosystem")
        verbose_name_plural = _("ecosystems")


class Threat(DescribedTerm):
    class Meta(DescribedTerm.Meta):
        verbose_name = _("threat")
        verbose_name_plural = _("threats")


class RegionPage(BasePage):
    """The region: its map, hotspots, countries, ecosystems and threats."""

    parent_page_types = ["iucn_ca.HomePage"]
    subpage_types = ["regions.HotspotPage", "regions.CountryPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("region page")
        verbose_name_plural = _("pages")

    def get_context(self, request, *args, **kwargs):
        hotspots = Paginator(all_hotspots(HotspotPage, self.locale_id), PER_PAGE)
        results = hotspots.get_page(request.GET.get("page"))
        return super().get_context(request, *args, **kwargs) | {"results": results}


class CountryPage(BasePage):
    """What IUCN does in one country of the region."""

    parent_page_types = ["regions.RegionPage"]
    subpage_types = []

    country = models.ForeignKey(
        Country,
        verbose_name=_("country"),
        on_delete=models.PROTECT,
        related_name="pages",
        limit_choices_to={"in_region": True},
    )
    state_member_since = models.PositiveSmallIntegerField(
        _("State Member of IUCN since"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1948), MaxValueValidator(2100)],
        help_text=_("The year; empty while it is not a State Member or the year is not confirmed."),
    )

    objects = CountryPageManager()
    edit_handler = tabs(where=[FieldPanel("country"), FieldPanel("state_member_since")])
    search_fields = [*BasePage.search_fields]
    override_translatable_fields = [SynchronizedField("slug"), SynchronizedField("country")]

    class Meta:
        verbose_name = _("country page")
        verbose_name_plural = _("countries")

    def clean(self):
        super().clean()
        others = CountryPage.objects.exclude(pk=self.pk).filter(locale_id=self.locale_id, country_id=self.country_id)
        if self.country_id and others.exists():
            raise ValidationError({"country": _("There is already a page for this country.")})

    @property
    def search_names(self):
        return self.country.code if self.country_id else ""

    def get_context(self, request, *args, **kwargs):
        keys = HotspotPage.objects.keys_in_country(self.country)
        hotspots = [place for place in all_places(request, self.locale_id) if place.translation_key in keys]
        return super().get_context(request, *args, **kwargs) | {
            "hotspots": hotspots,
            "first_hotspots": hotspots[:MOST_NAMED],
            "more_hotspots": max(len(hotspots) - MOST_NAMED, 0),
        }


class HotspotPage(BasePage):
    """A biodiversity hotspot of the region."""

    head_pictures = ("picture", "tall_picture")
    parent_page_types = ["regions.RegionPage"]
    subpage_types = []

    also_known_as = models.CharField(
        _("other spellings"),
        max_length=250,
        blank=True,
        help_text=_("Not shown; search finds the page by them, for example “Tian Shan, Tyan-Shan”."),
    )
    in_a_phrase = models.CharField(
        _("in a phrase"),
        max_length=60,
        blank=True,
        help_text=_("Stands under the name on the home page, for example “Desert and steep escarpments”."),
    )
    countries = ParentalManyToManyField(
        Country,
        verbose_name=_("countries"),
        blank=True,
        related_name="hotspots",
        help_text=_("In the region and beyond it: a mountain range does not end at a border."),
    )
    figures = StreamField([("figure", MeasureBlock())], verbose_name=_("heights, length, area"), blank=True)
    protected_areas = StreamField([("area", ProtectedAreaBlock())], verbose_name=_("protected areas"), blank=True)
    outline = models.TextField(
        _("outline"),
        blank=True,
        validators=[validate_outline],
        help_text=_(
            "A GeoJSON polygon for the map: longitude before latitude (WGS84), closed. It is schematic and "
            "has no legal meaning; the map says so."
        ),
    )

    tall_picture = tall_picture_field()

    objects = HotspotPageManager()
    edit_handler = tabs(
        story=[
            *STORY,
            FieldPanel("in_a_phrase"),
            FieldPanel("also_known_as"),
            InlinePanel("ecosystems", label=_("ecosystem"), heading=_("Ecosystems")),
            InlinePanel("threats", label=_("threat"), heading=_("Threats")),
            InlinePanel("sources", label=_("source"), heading=_("Sources")),
        ],
        figures=[FieldPanel("figures")],
        where=[
            choices_panel("countries"),
            FieldPanel("protected_areas"),
            FieldPanel("outline", widget=OutlineInput),
        ],
        picture=[FieldPanel("tall_picture")],
    )
    search_fields = [*BasePage.search_fields]
    override_translatable_fields = [SynchronizedField("slug"), SynchronizedField("outline")]

    class Meta:
        verbose_name = _("hotspot")
        verbose_name_plural = _("hotspots")

    @property
    def search_names(self):
        return self.also_known_as

    @property
    def search_related(self):
        found = [row.search_words for row in [*self.ecosystems.all(), *self.threats.all()]]
        return [
            *map(str, self.countries.filter(live=True)),
            *found,
            *(area.value["name"] for area in self.protected_areas),
        ]

    def get_context(self, request, *args, **kwargs):
        places = all_places(request, self.locale_id)
        row = [place for place in places if place.kind == "hotspot"]
        terms = shown_terms(Country.objects.standing_for(self.countries, self.locale_id))
        return super().get_context(request, *args, **kwargs) | {
            "west": next((hotspot for hotspot in reversed(row) if hotspot.path < self.path), None),
            "east": next((hotspot for hotspot in row if hotspot.path > self.path), None),
            "countries": with_pages(terms["countries"], places),
            "ecosystems": [row for row in self.ecosystems.select_related("ecosystem") if str(row)],
            "threats": [row for row in self.threats.select_related("threat") if str(row)],
        }


class TermRow(Orderable):
    """One ecosystem or threat as it is found here: in words, from the list, or both."""

    text = models.CharField(
        _("what it means here"),
        max_length=250,
        blank=True,
        help_text=_("For example “border fences across migration routes”."),
    )

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self):
        return self.text or str(self.term or "")

    @property
    def term(self):
        """The entry of the list, while it is public."""
        return self.entered_term if self.entered_term and self.entered_term.live else None

    @property
    def search_words(self):
        return f"{self.text} {self.term or ''}"

    def clean(self):
        super().clean()
        if not self.text and not self.entered_term:
            raise ValidationError({"text": _("Say it in words, choose from the list, or both.")})


class HotspotEcosystem(TermRow):
    page = ParentalKey(HotspotPage, on_delete=models.CASCADE, related_name="ecosystems")
    ecosystem = models.ForeignKey(
        Ecosystem, null=True, blank=True, on_delete=models.PROTECT, related_name="hotspot_rows"
    )

    panels = [FieldRowPanel([FieldPanel("ecosystem"), FieldPanel("text")])]

    @property
    def entered_term(self):
        return self.ecosystem


class ThreatRow(TermRow):
    threat = models.ForeignKey(Threat, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)s_rows")

    panels = [FieldRowPanel([FieldPanel("threat"), FieldPanel("text")])]

    class Meta(TermRow.Meta):
        abstract = True

    @property
    def entered_term(self):
        return self.threat


class HotspotThreat(ThreatRow):
    page = ParentalKey(HotspotPage, on_delete=models.CASCADE, related_name="threats")


class HotspotSource(Source):
    page = ParentalKey(HotspotPage, on_delete=models.CASCADE, related_name="sources")
