from django.db import models
from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail_localize.fields import SynchronizedField

from iucn_ca.models import BasePage, picture_field
from iucn_ca.panels import row, tabs
from regions.models import Country
from regions.querysets import all_places, shown_terms, with_pages

from .choices import OrganisationType
from .querysets import OrganisationPageManager


class OrganisationIndexPage(BasePage):
    parent_page_types = ["iucn_ca.HomePage"]
    subpage_types = ["initiatives.OrganisationPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("organisation index")
        verbose_name_plural = _("pages")

    def get_context(self, request, *args, **kwargs):
        organisations = OrganisationPage.objects.published(self.locale_id).order_by("title").listed("acronym", "kind")
        return super().get_context(request, *args, **kwargs) | {"organisations": organisations}


class OrganisationPage(BasePage):
    """An organisation that leads, funds or takes part in initiatives."""

    parent_page_types = ["initiatives.OrganisationIndexPage"]
    subpage_types = []

    acronym = models.CharField(_("acronym"), max_length=20, blank=True)
    kind = models.CharField(_("type"), max_length=20, choices=OrganisationType)
    country = models.ForeignKey(
        Country,
        verbose_name=_("country"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organisations",
    )
    site = models.URLField(_("web site"), blank=True)
    visibility_sentence = models.CharField(
        _("sentence that the funder requires"),
        max_length=300,
        blank=True,
        help_text=_("Stands on every initiative that it funds or supports, in the words agreed with it."),
    )
    logo = picture_field(
        _("logo that the funder requires"), _("Stands beside that sentence. It needs a credit and a description.")
    )

    objects = OrganisationPageManager()
    edit_handler = tabs(
        where=[
            row(_("What it is"), "acronym", "kind"),
            FieldPanel("country"),
            FieldPanel("site"),
            MultiFieldPanel(
                [FieldPanel("visibility_sentence"), FieldPanel("logo")], heading=_("On the initiatives that it funds")
            ),
        ]
    )
    search_fields = [*BasePage.search_fields]
    override_translatable_fields = [SynchronizedField(name) for name in ("slug", "acronym", "country", "site")]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def missing_for_publication(self, value, rows):
        errors = super().missing_for_publication(value, rows)
        if (logo := value("logo")) and not (logo.credit and logo.description):
            errors["logo"] = _("“%(picture)s” needs a credit and a description. Open the picture and enter them.") % {
                "picture": logo.title
            }
        return errors

    def get_context(self, request, *args, **kwargs):
        countries = []
        if self.country_id:
            country = Country.objects.filter(pk=self.country_id)
            terms = shown_terms(Country.objects.standing_for(country, self.locale_id))
            countries = with_pages(terms["countries"], all_places(request, self.locale_id))
        return super().get_context(request, *args, **kwargs) | {"countries": countries}

    @property
    def search_related(self):
        # Not a name: who types an acronym looks for what the organisation does here, its initiatives.
        return [self.acronym, self.country.name if self.country and self.country.live else ""]

    @property
    def short_name(self):
        return self.acronym or self.title

    @staticmethod
    def name_with_country():
        """In a query: the short name, for a donor government with its country: “BMUV, Germany”."""
        short = Case(When(acronym="", then=F("title")), default=F("acronym"), output_field=CharField())
        is_government = {"kind": OrganisationType.DONOR_GOVERNMENT, "country__live": True}
        return Case(When(**is_government, then=Concat(short, Value(", "), F("country__name"))), default=short)
