from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import CollectionViewRestriction
from wagtail_localize.fields import SynchronizedField

from iucn_ca.models import BasePage, picture_field
from iucn_ca.panels import STORY, choices_panel, row, tabs
from iucn_ca.querysets import site_pages
from iucn_ca.vocabulary import Term
from regions.models import Country, HotspotPage
from regions.querysets import all_places, shown_terms, with_pages
from species.models import SpeciesPage

from .changes import ChangeNote, figures
from .choices import Basis, Group, Role
from .glossary import explained
from .money import CURRENCIES, Money
from .organisations import OrganisationPage
from .querysets import FUNDERS, InitiativePageManager, in_order
from .related import related_to
from .relations import with_organisations
from .timeline import Axis, Bar

TEN_BILLION = 10_000_000_000


class Theme(Term):
    class Meta(Term.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")


class InitiativePage(BasePage):
    """A project or programme with its term, budget, organisations and places."""

    head_pictures = ("picture", "cover_picture")
    scene = None  # with_scenes() sets it in lists
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
        max_digits=14,  # two more than are taken, for a sentence of our own
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
    figures_confirmed_on = models.DateField(
        _("figures confirmed on"),
        null=True,
        blank=True,
        help_text=_("The day somebody last compared years, budget, funder and lead with the agreement."),
    )
    change_note = models.CharField(
        _("what changed and why"),
        max_length=300,
        blank=True,
        help_text=_(
            "Needed only to publish a changed budget, year, funder or lead: one sentence. It stands on the page with "
            "the date and the old and new value, for good."
        ),
    )
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
            InlinePanel("documents", label=_("document"), heading=_("Documents")),
            InlinePanel("sources", label=_("source"), heading=_("Sources")),
        ],
        figures=[
            row(_("Term"), "group", "start_year", "end_year"),
            row(_("Budget"), "budget_amount", "budget_currency", "budget_basis"),
            FieldPanel("change_note"),
            FieldPanel("figures_confirmed_on"),
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
        # The office's order, those to be confirmed on the dashboard, and the ends of the term chart's axis.
        indexes = [
            models.Index(fields=["group", "-start_year", "-end_year"]),
            models.Index(fields=["group", "figures_confirmed_on"]),
            models.Index(fields=["start_year"]),
            models.Index(fields=["-end_year"]),
            models.Index(fields=["budget_amount"]),
        ]

    def missing_for_publication(self, value, rows):
        errors = super().missing_for_publication(value, rows)
        if value("budget_amount") is not None and not value("budget_basis"):
            errors["budget_basis"] = _("Say what the amount is: the total budget or IUCN's share.")
        if not any(row.role == Role.LEAD for row in rows("participations")):
            # Rows have no field of their own to carry this; it stands at the top of the form.
            errors["participations"] = _("Say who leads the initiative: add an organisation with the role Lead.")
        if not value("change_note") and self.published_figures not in (None, figures(value, rows)):
            errors["change_note"] = _(
                "Budget, year, funder or lead differ from what was published. Say in one sentence what changed and why."
            )
        return errors

    @property
    def published_figures(self):
        """What was published last of the figures that a note accompanies, or None.

        Translations take their figures from the page in the site's first language, and so their notes.
        """
        note = ChangeNote.objects.filter(page=self.pk).first()
        return note.new if note else None

    def clean(self):
        super().clean()
        errors = {}
        if self.start_year and self.end_year and self.end_year < self.start_year:
            errors["end_year"] = _("The end year %(end)s lies before the start year %(start)s.") % {
                "end": self.end_year,
                "start": self.start_year,
            }
        self.budget_currency = self.budget_currency.strip().upper()
        budget_is_typed = self.budget_amount is not None or "budget_amount" in self.unreadable
        if self.budget_currency and self.budget_currency not in CURRENCIES:
            errors["budget_currency"] = _(
                "“%(code)s” is not a current ISO 4217 currency code. Examples: EUR, CHF, USD."
            ) % {"code": self.budget_currency}
        if not budget_is_typed:
            for name in ("budget_currency", "budget_basis"):
                if getattr(self, name):
                    errors.setdefault(name, _("There is no amount. Enter one, or leave this empty too."))
        elif not self.budget_currency and "budget_currency" not in self.unreadable:
            errors["budget_currency"] = _("In which currency is the amount?")
        if self.budget_amount is not None and not 0 < self.budget_amount < TEN_BILLION:
            errors["budget_amount"] = _("The amount must be more than 0 and less than 10 billion.")
        if errors:
            raise ValidationError(errors)

    @property
    def search_names(self):
        names = [self.acronym]
        for part in self.shown_participations:
            names += [part.shown_organisation.acronym, part.label, part.programme]
        return names

    @property
    def search_related(self):
        # Only what is public: else a search would tell who takes part.
        organisations = [part.shown_organisation.title for part in self.shown_participations]
        pages = [model.objects.live().public() for model in (HotspotPage, SpeciesPage)]
        places = [
            page.title
            for shown, relation in zip(pages, (self.hotspots, self.species), strict=True)
            for page in shown.standing_for(relation.all())
        ]
        terms = [*self.countries.filter(live=True), *self.themes.filter(live=True)]
        return [*organisations, *places, *map(str, terms)]

    @property
    def budget(self):
        """Money, or None while the budget is not published."""
        if self.budget_amount is None or not (self.budget_currency and self.budget_basis):
            return None
        return Money(self.budget_amount, self.budget_currency, Basis(self.budget_basis))

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
        if self.group != Group.CURRENT or not self.start_year <= year <= self.end_year:
            return ""
        return _("year %(year)s of %(years)s") % {
            "year": year - self.start_year + 1,
            "years": self.end_year - self.start_year + 1,
        }

    @property
    def end_in_words(self):
        """“planned to end in 2026”, while that lies ahead."""
        if self.group != Group.CURRENT or self.end_year < timezone.localdate().year:
            return ""
        return _("planned to end in %(year)s") % {"year": self.end_year}

    @cached_property
    def shown_participations(self):
        """Organisations whose pages are public; with_organisations() sets this for a whole list."""
        with_organisations([self], self.locale_id)
        return self.shown_participations

    def with_role(self, role):
        return [part for part in self.shown_participations if part.role == role]

    @property
    def leads(self):
        return self.with_role(Role.LEAD)

    @property
    def funders(self):
        return self.with_role(Role.FUNDER)

    @property
    def partners(self):
        return self.with_role(Role.PARTNER)

    @property
    def required_by_funders(self):
        """The organisations whose sentence or logo has to stand here, each once."""
        funders = [part.shown_organisation for part in self.funders]
        return [
            page
            for page in dict.fromkeys(funders)
            if page.visibility_sentence or (page.logo and page.logo.finished_renditions)
        ]

    def shown_notes(self):
        """(note, its changes in words), the newest first; a draft has none of its own."""
        notes = list(ChangeNote.objects.filter(page__translation_key=self.translation_key, old__isnull=False))
        named = {pk for note in notes for pk in note.organisations}
        public = OrganisationPage.objects.live().public().filter(pk__in=named) if named else []
        names = {page.pk: page.title for page in public}
        return [(note, note.changes(names)) for note in notes]

    def shown_documents(self):
        """Those of collections that are public; two queries, however many documents."""
        private = tuple(CollectionViewRestriction.objects.values_list("collection__path", flat=True))
        rows = self.documents.select_related("document__collection")
        return [row.document for row in rows if not row.document.collection.path.startswith(private)]

    def rows(self, name, read):
        """What `read` gives; no question where with_pictures() knows that there are none. A preview has not asked."""
        return read() if getattr(self, f"has_{name}", True) else []

    def get_context(self, request, *args, **kwargs):
        order = in_order(InitiativePage, self.locale_id)
        # One query for all pages that this one leads to; in a preview the relations are lists in memory.
        hotspots = Q(translation_key__in=self.hotspots.values_list("translation_key", flat=True))
        species = Q(translation_key__in=self.species.values_list("translation_key", flat=True))
        before, after = order.beside(self.pk)
        beside = Q(pk__in=[pk for pk in (before, after) if pk])
        directory = Q(path=self.path[: -self.steplen])
        pages = site_pages().published(self.locale_id).filter(hotspots | species | beside | directory)
        pages = pages.annotate(glossary=Cast("initiativeindexpage__glossary", TextField()))
        of_type = {HotspotPage: [], SpeciesPage: [], InitiativePage: []}
        words = {}
        fields = ("content_type", "translation_key")
        for page in pages.order_by("path").listed(*fields, pictures=["hotspotpage__picture"]):
            if page.glossary is None:
                of_type[page.specific_class].append(page)
            else:
                words = explained(page)
        initiatives = of_type[InitiativePage]
        axis = Axis.of(self, order.axis)
        terms = shown_terms(
            Country.objects.standing_for(self.countries, self.locale_id),
            themes=Theme.objects.standing_for(self.themes, self.locale_id),
        )
        funders = [part.shown_organisation for part in self.funders]
        places = {"hotspots": of_type[HotspotPage], "species": of_type[SpeciesPage]}
        in_common = places | {"themes": terms["themes"], FUNDERS: funders}
        scenes = [page.hotspotpage.picture for page in of_type[HotspotPage] if page.hotspotpage.picture]
        return super().get_context(request, *args, **kwargs) | {
            "countries": with_pages(terms["countries"], all_places(request, self.locale_id)),
            "themes": terms["themes"],
            **places,
            "cover": self.cover_picture or self.picture or next(iter(scenes), None),
            "words": words,
            "related": related_to(self, order, in_common),
            "targets": self.rows("targets", self.targets.all),
            "notes": self.rows("notes", self.shown_notes),
            "documents": self.rows("documents", self.shown_documents),
            "before": next((page for page in initiatives if page.pk == before), None),
            "after": next((page for page in initiatives if page.pk == after), None),
            "axis": axis,
            "bar": Bar.of(self, axis),
        }
