from django.db import models
from django.utils.translation import gettext_lazy as _


class RedListCategory(models.TextChoices):
    """Categories of the IUCN Red List, version 3.1, in the order of its scale."""

    EX = "EX", _("Extinct")
    EW = "EW", _("Extinct in the Wild")
    CR = "CR", _("Critically Endangered")
    EN = "EN", _("Endangered")
    VU = "VU", _("Vulnerable")
    NT = "NT", _("Near Threatened")
    LC = "LC", _("Least Concern")
    DD = "DD", _("Data Deficient")


class Rank(models.TextChoices):
    SPECIES = "species", _("Species")
    SUBSPECIES = "subspecies", _("Subspecies")
    GENUS = "genus", _("Genus")
