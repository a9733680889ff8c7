from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from iucn_ca.models import BasePage, Source, picture_field
from iucn_ca.panels import STORY, choices_panel, row, tabs
from iucn_ca.querysets import site_pages
from iucn_ca.vocabulary import Term
from regions.models import Country, HotspotPage
from species.models import SpeciesPage

from .choices import Basis, Group, Role, Wording
from .filters import InitiativeFilter
from .money import CURRENCIES, Money
from .organisations import OrganisationPage
from .querysets import InitiativePageManager
from .timeline import Axis, Bar, Chart

PER_PAGE = 50
TEN_BILLION = 10_000_000_000


class Theme(Term):
    class Meta(Term.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")


class InitiativeIndexPage(BasePage):
    """The directory of initiatives, grouped as the office groups them."""

    parent_page_types = ["iucn_ca.HomePage"]
    subpage_types = ["initiatives.InitiativePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("initiative index")
        verbose_name_plural = _("pages")

    def get_context(self, request, *args, **kwargs):
        everything = InitiativePage.objects.published(self.locale_id)
        facets = InitiativeFilter(request.GET, everything)
        found = facets.apply().for_listing().on_common_axis(self.locale_id)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        page.object_list = with_organisations(page.object_list, self.locale_id)
        return super().get_context(request, *args, **kwargs) | {
            "filter": facets,
            "results": page,
            "chart": Chart.of(page.object_list),
        }


class InitiativePage(BasePage):
    """A project or programme with its term, budget, organisations and places."""

    parent_page_types = ["initiatives.InitiativeIndexPage"]
    subpage_types = []

    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    group = models.CharField(
        _("group"),
        max_length=10,
        choices=Group,
        default=Group.CURRENT,
        help_text=_("As the office groups it. It does not change by itself when the end year has passed."),
    )
    start_year = models.PositiveSmallIntegerField(
        _("start year"), validators=[MinValueValidator(1948), MaxValueValidator(2100)]
    )
    end_year = models.PositiveSmallIntegerField(
        _("end year"), validators=[MinValueValidator(1948), MaxValueValidator(2100)]
    )
    budget_amount = models.DecimalField(
        _("amount"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Leave amount, currency and basis empty while the budget is not published."),
    )
    budget_currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        help_text=_("The three-letter ISO 4217 code: EUR, CHF, USD, UZS, KZT …"),
    )
    budget_basis = models.CharField(
        _("basis"),
        max_length=12,
        choices=Basis,
        blank=True,
        help_text=_("Is this the whole budget, or the part that IUCN receives?"),
    )
    targets_of = models.CharField(
        _("whose targets these are"),
        max_length=120,
        blank=True,
        help_text=_("For example “the whole project” or “IUCN's part”."),
    )
    countries = ParentalManyToManyField(
        Country,
        verbose_name=_("countries"),
        blank=True,
        related_name="initiatives",
        help_text=_("In the region and beyond it."),
    )
    hotspots = ParentalManyToManyField(HotspotPage, verbose_name=_("hotspots"), blank=True, related_name="initiatives")
    species = ParentalManyToManyField(SpeciesPage, verbose_name=_("species"), blank=True, related_name="initiatives")
    themes = ParentalManyToManyField(Theme, verbose_name=_("themes"), blank=True, related_name="initiatives")
    more_url = models.URLField(
        _("“More” link"),
        max_length=500,
        blank=True,
        help_text=_("The initiative's own page elsewhere, for example on iucn.org."),
    )
    cover_picture = picture_field(
        _("wide picture"), _("For the head of the page; without it the picture above is cropped.")
    )

    objects = InitiativePageManager()
    edit_handler = tabs(
        story=[
            *STORY,
            FieldPanel("more_url"),
            InlinePanel("sources", label=_("source"), heading=_("Sources")),
        ],
        figures=[
            row(_("Term"), "group", "start_year", "end_year"),
            row(_("Budget"), "budget_amount", "budget_currency", "budget_basis"),
            FieldPanel("targets_of"),
            InlinePanel("targets", label=_("target"), heading=_("Targets")),
        ],
        where=[
            InlinePanel("participations", label=_("organisation"), heading=_("Led by, funded by, with whom")),
            FieldPanel("acronym"),
            choices_panel("countries"),
            choices_panel("hotspots"),
            choices_panel("species"),
            choices_panel("themes"),
        ],
        picture=[FieldPanel("cover_picture")],
    )
    search_fields = [*BasePage.search_fields]
    override_translatable_fields = [
        SynchronizedField(name) for name in ("slug", "acronym", "budget_currency", "more_url")
    ]

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        indexes = [models.Index(fields=["group", "-start_year", "-end_year"])]

    def missing_for_publication(self, value, rows):
        errors = super().missing_for_publication(value, rows)
        if value("budget_amount") is not None and not value("budget_basis"):
            errors["budget_basis"] = _("Say what the amount is: the total budget or IUCN's share.")
        if not any(row.role == Role.LEAD for row in rows("participations")):
            # Rows have no field of their own to carry this; it stands at the top of the form.
            errors["participations"] = _("Say who leads the initiative: add an organisation with the role Lead.")
        return errors

    def clean(self):
        super().clean()
        errors = {}
        if self.start_year and self.end_year and self.end_year < self.start_year:
            errors["end_year"] = _("The end year %(end)s lies before the start year %(start)s.") % {
                "end": self.end_year,
                "start": self.start_year,
            }
        self.budget_currency = self.budget_currency.strip().upper()
        if self.budget_currency and self.budget_currency not in CURRENCIES:
            errors["budget_currency"] = _(
                "“%(code)s” is not a current ISO 4217 currency code. Examples: EUR, CHF, USD."
            ) % {"code": self.budget_currency}
        if self.budget_amount is None:
            for name in ("budget_currency", "budget_basis"):
                if getattr(self, name):
                    errors.setdefault(name, _("There is no amount. Enter one, or leave this empty too."))
        else:
            if not 0 < self.budget_amount < TEN_BILLION:
                errors["budget_amount"] = _("The amount must be more than 0 and less than 10 billion.")
            if not self.budget_currency:
                errors["budget_currency"] = _("In which currency is the amount?")
        if errors:
            raise ValidationError(errors)

    @property
    def search_names(self):
        names = [self.acronym]
        for part in self.participations.select_related("organisation"):
            names += [part.organisation.acronym, part.label, part.programme]
        return names

    @property
    def search_related(self):
        found = [part.organisation.title for part in self.participations.select_related("organisation")]
        related = [self.countries, self.hotspots, self.species, self.themes]
        return found + [str(term) for relation in related for term in relation.all()]

    @property
    def budget(self):
        """Money, or None while the budget is not published."""
        if self.budget_amount is None or not (self.budget_currency and self.budget_basis):
            return None
        return Money(self.budget_amount, self.budget_currency, Basis(self.budget_basis))

    @property
    def cover(self):
        return self.cover_picture or self.picture

    @property
    def status(self):
        return Group(self.group).status

    @property
    def term(self):
        """“2024–2029”, or one year."""
        if self.start_year == self.end_year:
            return str(self.start_year)
        return f"{self.start_year}–{self.end_year}"

    @property
    def elapsed(self):
        """“year 3 of 6” while the term runs; both years count whole."""
        year = timezone.localdate().year
        if not self.start_year <= year <= self.end_year:
            return ""
        return _("year %(year)s of %(years)s") % {
            "year": year - self.start_year + 1,
            "years": self.end_year - self.start_year + 1,
        }

    @cached_property
    def shown_participations(self):
        """Organisations whose pages are public; with_organisations() sets this for a whole list."""
        with_organisations([self], self.locale_id)
        return self.shown_participations

    def with_role(self, role):
        return [part for part in self.shown_participations if part.role == role]

    def has_in_role(self, organisation, role):
        key = organisation.translation_key
        return any(part.shown_organisation.translation_key == key for part in self.with_role(role))

    @property
    def leads(self):
        return self.with_role(Role.LEAD)

    @property
    def funders(self):
        return self.with_role(Role.FUNDER)

    @property
    def partners(self):
        return self.with_role(Role.PARTNER)

    def get_context(self, request, *args, **kwargs):
        published = InitiativePage.objects.published(self.locale_id)
        # One query for all pages that this one leads to; in a preview the relations are lists in memory.
        hotspots = Q(translation_key__in=self.hotspots.values_list("translation_key", flat=True))
        species = Q(translation_key__in=self.species.values_list("translation_key", flat=True))
        before = Q(pk=Subquery(published.before(self).values("pk")[:1]))
        after = Q(pk=Subquery(published.after(self).values("pk")[:1]))
        pages = site_pages().published(self.locale_id).filter(hotspots | species | before | after)
        pages = pages.annotate(is_after=Case(When(after, then=True), default=False), **published.axis())
        of_type = {HotspotPage: [], SpeciesPage: [], InitiativePage: []}
        for page in pages.order_by("path").listed("content_type"):
            of_type[page.specific_class].append(page)
        initiatives = of_type[InitiativePage]
        axis = Axis.of(self, *initiatives)
        return super().get_context(request, *args, **kwargs) | {
            "countries": Country.objects.shown(self.countries, self.locale_id),
            "hotspots": of_type[HotspotPage],
            "species": of_type[SpeciesPage],
            "themes": Theme.objects.standing_for(self.themes, self.locale_id),
            "before": next((page for page in initiatives if not page.is_after), None),
            "after": next((page for page in initiatives if page.is_after), None),
            "axis": axis,
            "bar": Bar.of(self, axis),
        }


def with_organisations(initiatives, locale_id):
    """These initiatives as a list, each with the participations whose organisation is public."""
    entered_with = [(initiative, list(initiative.participations.all())) for initiative in initiatives]
    entered = {part.organisation_id for _, parts in entered_with for part in parts}
    english = site_pages().filter(pk__in=entered)
    entered_id = english.filter(translation_key=OuterRef("translation_key")).values("pk")[:1]
    public = OrganisationPage.objects.published(locale_id).standing_for(english).listed("acronym", "translation_key")
    shown = {page.entered_id: page for page in public.annotate(entered_id=Subquery(entered_id))}
    for initiative, parts in entered_with:
        initiative.shown_participations = [part for part in parts if part.organisation_id in shown]
        for part in initiative.shown_participations:
            part.shown_organisation = shown[part.organisation_id]
    return [initiative for initiative, _ in entered_with]


class Participation(Orderable):
    """An organisation's part in an initiative, worded as the office prints it."""

    page = ParentalKey(InitiativePage, on_delete=models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(
        OrganisationPage,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="participations",
    )
    role = models.CharField(_("role"), max_length=8, choices=Role)
    wording = models.CharField(
        _("wording"),
        max_length=10,
        choices=Wording,
        blank=True,
        help_text=_("For funders: the words that the office has agreed with them."),
    )
    label = models.CharField(
        _("name as printed"),
        max_length=200,
        blank=True,
        help_text=_("Only where it differs from the organisation's name, for example “FAO Uzbekistan”."),
    )
    programme = models.CharField(
        _("funding programme"),
        max_length=120,
        blank=True,
        help_text=_("For example “International Climate Initiative (IKI)”."),
    )

    panels = [
        FieldRowPanel([FieldPanel("organisation"), FieldPanel("role")]),
        FieldRowPanel([FieldPanel("wording"), FieldPanel("programme")]),
        FieldPanel("label"),
    ]
    override_translatable_fields = [SynchronizedField("label"), SynchronizedField("programme")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["page", "organisation", "role", "programme"],
                name="participation_once",
                violation_error_message=_("This organisation already stands here in this role."),
            )
        ]

    def __str__(self):
        return self.label or self.organisation.title

    @property
    def name(self):
        """As printed, or in full with the acronym."""
        page = self.shown_organisation
        return self.label or (f"{page.title} ({page.acronym})" if page.acronym else page.title)

    @property
    def short_name(self):
        return self.label or self.shown_organisation.short_name

    def clean(self):
        super().clean()
        if self.role == Role.FUNDER and not self.wording:
            raise ValidationError({"wording": _("“Funded by” or “Supported by”: choose the wording.")})
        if self.role != Role.FUNDER:
            for name in ("wording", "programme"):
                if getattr(self, name):
                    raise ValidationError({name: _("Only a funder has this.")})


class Target(Orderable):
    """A numbered target: what is sought, never what is done."""

    page = ParentalKey(InitiativePage, on_delete=models.CASCADE, related_name="targets")
    value = models.DecimalField(_("figure"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    unit = models.CharField(_("unit"), max_length=40, help_text=_("For example “hectares” or “tonnes of CO2”."))
    text = models.CharField(
        _("what is sought"), max_length=200, help_text=_("For example “degraded ecosystems to be restored”.")
    )

    panels = [FieldRowPanel([FieldPanel("value"), FieldPanel("unit")]), FieldPanel("text")]


class InitiativeSource(Source):
    page = ParentalKey(InitiativePage, on_delete=models.CASCADE, related_name="sources")
