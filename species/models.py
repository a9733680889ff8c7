from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from iucn_ca.models import BasePage, Source
from iucn_ca.panels import STORY, choices_panel, row, tabs
from regions.models import Country, Ecosystem, HotspotPage, ThreatRow
from regions.querysets import all_places, shown_terms, with_pages

from .choices import Rank, RedListCategory, Scope
from .filters import SpeciesFilter
from .querysets import SpeciesPageManager

PER_PAGE = 30


class SpeciesIndexPage(BasePage):
    parent_page_types = ["iucn_ca.HomePage"]
    subpage_types = ["species.SpeciesPage"]
    max_count_per_parent = 1
    query_parameters = ("hotspot", "country", "category", "group")

    class Meta:
        verbose_name = _("species index")
        verbose_name_plural = _("pages")

    def get_context(self, request, *args, **kwargs):
        selection = SpeciesFilter(request.GET, SpeciesPage.objects.published(self.locale_id), self.locale_id)
        page = Paginator(selection.selection, PER_PAGE).get_page(request.GET.get("page"))
        return super().get_context(request, *args, **kwargs) | {
            "selection": selection,
            "results": page,
            "species": list(SpeciesPage.objects.filter(pk__in=page.object_list).for_listing()),
            "has_lead": page.number == 1 and not selection.active,
        }


class SpeciesPage(BasePage):
    """A species, subspecies or group of species of the region.

    The Red List category belongs to the assessed taxon, which need not be the taxon of the page:
    the page of the Asiatic wild ass tells the category of its subspecies, the kulan.
    """

    parent_page_types = ["species.SpeciesIndexPage"]
    subpage_types = []

    scientific_name = models.CharField(_("scientific name"), max_length=120)
    rank = models.CharField(_("rank"), max_length=10, choices=Rank, default=Rank.SPECIES)
    kingdom = models.CharField(_("kingdom"), max_length=40, blank=True)
    class_name = models.CharField(_("class"), max_length=40, blank=True)
    order_name = models.CharField(_("order"), max_length=40, blank=True)
    family = models.CharField(_("family"), max_length=40, blank=True)
    synonyms = models.CharField(_("synonyms"), max_length=250, blank=True)
    also_known_as = models.CharField(
        _("other English names"),
        max_length=250,
        blank=True,
        help_text=_("Separated by commas; search finds the page by them."),
    )

    red_list_category = models.CharField(_("Red List category"), max_length=2, choices=RedListCategory, blank=True)
    red_list_taxon = models.CharField(
        _("assessed taxon"),
        max_length=120,
        blank=True,
        help_text=_("The scientific name in the assessment, for example “Equus hemionus kulan”."),
    )
    red_list_scope = models.CharField(_("what it is"), max_length=10, choices=Scope, blank=True)
    red_list_year = models.PositiveSmallIntegerField(
        _("year of publication"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1964), MaxValueValidator(2100)],
    )
    red_list_criteria = models.CharField(
        _("criteria"), max_length=80, blank=True, help_text=_("As the Red List writes them, for example “A2acd”.")
    )
    red_list_citation = models.TextField(
        _("citation"),
        blank=True,
        help_text=_(
            "In the Red List's form: assessors, year, taxon, “The IUCN Red List of Threatened Species”, year and "
            "e.T number, DOI. “Accessed on” is added by itself."
        ),
    )
    red_list_url = models.URLField(
        _("link to the Red List"), max_length=300, blank=True, default="https://www.iucnredlist.org/"
    )
    red_list_words = models.CharField(
        _("without a category: in words"),
        max_length=200,
        blank=True,
        help_text=_("For example “Subspecies, not assessed on its own”."),
    )

    ecosystems = ParentalManyToManyField(Ecosystem, verbose_name=_("ecosystems"), blank=True, related_name="species")
    habitat = models.CharField(_("habitat"), max_length=250, blank=True)
    population = models.CharField(
        _("population"), max_length=250, blank=True, help_text=_("With the year, as the source has it.")
    )
    how_to_recognise = models.TextField(_("how to recognise it"), max_length=400, blank=True)
    last_checked = models.DateField(
        _("facts last checked"), null=True, blank=True, help_text=_("The day someone compared the sources.")
    )
    range_countries = ParentalManyToManyField(
        Country, verbose_name=_("range countries"), blank=True, related_name="species"
    )
    hotspots = ParentalManyToManyField(HotspotPage, verbose_name=_("hotspots"), blank=True, related_name="species")

    objects = SpeciesPageManager()
    edit_handler = tabs(
        story=[
            *STORY,
            FieldPanel("how_to_recognise"),
            InlinePanel("threats", label=_("threat"), heading=_("Threats")),
            InlinePanel("sources", label=_("source"), heading=_("Sources")),
        ],
        figures=[
            row(_("Red List: what was assessed"), "red_list_taxon", "red_list_scope"),
            row(_("Red List: result"), "red_list_category", "red_list_year", "red_list_criteria"),
            row(_("Red List: reference"), "red_list_citation", "red_list_url"),
            FieldPanel("red_list_words"),
            FieldPanel("population"),
            FieldPanel("last_checked"),
        ],
        where=[
            row(_("Name"), "scientific_name", "rank"),
            row(_("Taxonomy"), "kingdom", "class_name", "order_name", "family"),
            FieldPanel("synonyms"),
            FieldPanel("also_known_as"),
            InlinePanel("names", label=_("name"), heading=_("Names in other languages")),
            FieldPanel("habitat"),
            choices_panel("ecosystems"),
            choices_panel("range_countries"),
            choices_panel("hotspots"),
        ],
    )
    search_fields = [*BasePage.search_fields]
    override_translatable_fields = [
        SynchronizedField(name)
        for name in (
            "slug",
            "scientific_name",
            "kingdom",
            "class_name",
            "order_name",
            "family",
            "synonyms",
            "red_list_category",
            "red_list_taxon",
            "red_list_scope",
            "red_list_criteria",
            "red_list_citation",
            "red_list_url",
        )
    ]

    class Meta:
        verbose_name = _("species page")
        verbose_name_plural = _("species")

    OF_A_CATEGORY = ("red_list_taxon", "red_list_scope", "red_list_year", "red_list_criteria", "red_list_citation")

    def clean(self):
        super().clean()
        errors = {}
        if self.red_list_category:
            if not self.red_list_taxon:
                errors["red_list_taxon"] = _("Which taxon has this category? Enter its scientific name.")
            if not self.red_list_scope:
                errors["red_list_scope"] = _("Is the assessed taxon a species, a subspecies or a group?")
            elif self.red_list_taxon == self.scientific_name and self.red_list_scope != self.own_scope:
                errors["red_list_scope"] = _("The assessed taxon is that of the page, and its rank is another one.")
            if not self.red_list_year:
                errors["red_list_year"] = _("A category needs the year in which it was published.")
            if not self.red_list_url:
                errors["red_list_url"] = _("A category needs a link to the Red List.")
            if self.red_list_words:
                errors["red_list_words"] = _("There is a category: leave these words empty.")
        else:
            for name in self.OF_A_CATEGORY:
                if getattr(self, name):
                    errors[name] = _("This belongs to a category, and none is chosen.")
        if errors:
            raise ValidationError(errors)

    @property
    def search_names(self):
        names = [name.name for name in self.names.all()]
        return [self.scientific_name, self.synonyms, self.also_known_as, self.red_list_taxon, *names]

    @property
    def search_related(self):
        return [
            self.habitat,
            self.get_red_list_category_display(),
            # Only what is public: else a search would tell what a hidden page is called.
            *map(str, HotspotPage.objects.live().public().standing_for(self.hotspots.all())),
            *map(str, [*self.range_countries.filter(live=True), *self.ecosystems.filter(live=True)]),
            *(row.search_words for row in self.threats.all()),
        ]

    @property
    def own_scope(self):
        """The scope of an assessment of exactly this taxon."""
        return Scope.GROUP if self.rank == Rank.GENUS else self.rank

    @property
    def has_badge(self):
        """A badge stands only for a category of exactly this taxon."""
        return bool(self.red_list_category) and self.red_list_taxon == self.scientific_name

    @property
    def red_list_scale(self):
        """The codes from Extinct to Least Concern; Data Deficient is no step of the scale."""
        return [code for code in RedListCategory.values if code != RedListCategory.DD]

    @property
    def taxonomy(self):
        return ", ".join(filter(None, [self.kingdom, self.class_name, self.order_name, self.family]))

    @property
    def assessment_in_words(self):
        if self.red_list_category and not self.has_badge:
            return _("%(taxon)s is listed as %(category)s (%(year)s).") % {
                "taxon": self.red_list_taxon,
                "category": self.get_red_list_category_display(),
                "year": self.red_list_year,
            }
        return self.red_list_words or _("No category is given here: see the IUCN Red List.")

    def get_context(self, request, *args, **kwargs):
        terms = shown_terms(
            Country.objects.standing_for(self.range_countries, self.locale_id),
            ecosystems=Ecosystem.objects.standing_for(self.ecosystems, self.locale_id),
            hotspots=HotspotPage.objects.filter(locale_id=self.locale_id).standing_for(self.hotspots.all()),
        )
        places = all_places(request, self.locale_id)
        keys = {page.translation_key for page in terms["hotspots"]}
        return super().get_context(request, *args, **kwargs) | {
            "countries": with_pages(terms["countries"], places),
            "ecosystems": terms["ecosystems"],
            "hotspots": [place for place in places if place.translation_key in keys],
            "threats": [row for row in self.threats.select_related("threat") if str(row)],
        }


class SpeciesName(Orderable):
    """The common name in a language of the region."""

    page = ParentalKey(SpeciesPage, on_delete=models.CASCADE, related_name="names")
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[
            ("kk", "Қазақша"),
            ("ky", "Кыргызча"),
            ("ru", "Русский"),
            ("tg", "Тоҷикӣ"),
            ("tk", "Türkmençe"),
            ("uz", "Oʻzbekcha"),
        ],
    )
    name = models.CharField(_("name"), max_length=120)

    panels = [FieldRowPanel([FieldPanel("language"), FieldPanel("name")])]


class SpeciesThreat(ThreatRow):
    page = ParentalKey(SpeciesPage, on_delete=models.CASCADE, related_name="threats")


class SpeciesSource(Source):
    page = ParentalKey(SpeciesPage, on_delete=models.CASCADE, related_name="sources")
