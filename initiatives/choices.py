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
