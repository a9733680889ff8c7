from django.db import models
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    """The office's own grouping: entered by staff, never computed from the years."""

    CURRENT = "current", _("Current initiatives")
    PREVIOUS = "previous", _("Previous activities")

    @property
    def status(self):
        return _("Current") if self is Group.CURRENT else _("Previous")


class Basis(models.TextChoices):
    """What a budget is the budget of. Amounts of different bases are never added."""

    TOTAL = "total_budget", _("Total budget")
    IUCN_SHARE = "iucn_share", _("IUCN's share")

    @property
    def in_words(self):
        return {
            Basis.TOTAL: _("The budget of the whole initiative."),
            Basis.IUCN_SHARE: _("The part of the budget that IUCN receives, not the budget of the whole initiative."),
        }[self]


class Role(models.TextChoices):
    LEAD = "lead", _("Lead")
    FUNDER = "funder", _("Funder")
    PARTNER = "partner", _("Partner")

    @property
    def heading(self):
        return {
            Role.LEAD: _("Leads"),
            Role.FUNDER: _("Funds or supports"),
            Role.PARTNER: _("Takes part in"),
        }[self]


class View(models.TextChoices):
    """How the directory shows a selection."""

    LIST = "list", _("List")
    TABLE = "table", _("Table")
    TIMELINE = "timeline", _("Timeline")


class Order(models.TextChoices):
    """In which order it shows them."""

    OFFICE = "office", _("As the office groups them")
    NEWEST = "newest", _("Newest first")
    ENDING = "ending", _("Ending soonest")
    TITLE = "title", _("By title")
    BUDGET = "budget", _("Largest budget first")


class GlossaryTerm(models.TextChoices):
    """The words of the directory that are explained, with the anchors of their explanations."""

    DURATION = "duration", _("Duration")
    BUDGET_BASIS = "budget-basis", _("Budget basis")
    LEAD = "lead", _("Lead")
    FUNDER = "funder", _("Funder")
    SUPPORTER = "supporter", _("Supporter")
    PARTNER = "partner", _("Partner")


class Wording(models.TextChoices):
    """How the office words a funder's part."""

    FUNDED = "funded", _("Funded by")
    SUPPORTED = "supported", _("Supported by")


class OrganisationType(models.TextChoices):
    IUCN = "iucn", _("IUCN")
    GOVERNMENT = "government", _("Government body")
    DONOR_GOVERNMENT = "donor_government", _("Donor government")
    MULTILATERAL = "multilateral", _("Multilateral organisation")
    UN_AGENCY = "un_agency", _("United Nations agency")
    RESEARCH = "research", _("Research organisation")
    NGO = "ngo", _("Non-governmental organisation")
    PRIVATE = "private", _("Private organisation")
