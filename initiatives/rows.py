"""What belongs to one initiative: who takes part, what is sought, where the facts come from."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from iucn_ca.models import Source

from .choices import Role, Wording
from .organisations import OrganisationPage


class Participation(Orderable):
    """An organisation's part in an initiative, worded as the office prints it."""

    page = ParentalKey("initiatives.InitiativePage", on_delete=models.CASCADE, related_name="participations")
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

    page = ParentalKey("initiatives.InitiativePage", on_delete=models.CASCADE, related_name="targets")
    value = models.DecimalField(_("figure"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    unit = models.CharField(_("unit"), max_length=40, help_text=_("For example “hectares” or “tonnes of CO2”."))
    text = models.CharField(
        _("what is sought"), max_length=200, help_text=_("For example “degraded ecosystems to be restored”.")
    )
    progress = models.DecimalField(
        _("reached so far"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In the same unit, with the day that it holds for and its source; all three or none."),
    )
    progress_on = models.DateField(_("as of"), null=True, blank=True)
    progress_source = models.CharField(_("source"), max_length=200, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("value"), FieldPanel("unit")]),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("progress"), FieldPanel("progress_on"), FieldPanel("progress_source")]),
    ]

    def clean(self):
        super().clean()
        given = {
            "progress": self.progress is not None,
            "progress_on": bool(self.progress_on),
            "progress_source": bool(self.progress_source),
        }
        if any(given.values()):
            # Without day and source nobody can check it.
            missing = [name for name, is_given in given.items() if not is_given]
            if missing:
                raise ValidationError(dict.fromkeys(missing, _("Progress needs a figure, its day and its source.")))


class InitiativeSource(Source):
    page = ParentalKey("initiatives.InitiativePage", on_delete=models.CASCADE, related_name="sources")


class InitiativeDocument(Orderable):
    """A document about the initiative; one of a private collection is not listed."""

    page = ParentalKey("initiatives.InitiativePage", on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(
        get_document_model_string(), verbose_name=_("document"), on_delete=models.CASCADE, related_name="+"
    )

    panels = [FieldPanel("document")]
