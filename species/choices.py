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


class Scope(models.TextChoices):
    """What an assessment is about."""

    SPECIES = "species", _("species")
    SUBSPECIES = "subspecies", _("subspecies")
    GROUP = "group", _("group")


# Animals by class, all else by kingdom, under the names that visitors know; others stand under their own.
GROUPS = {
    "Mammalia": _("Mammals"),
    "Aves": _("Birds"),
    "Reptilia": _("Reptiles"),
    "Amphibia": _("Amphibians"),
    "Actinopterygii": _("Ray-finned fishes"),
    "Insecta": _("Insects"),
    "Animalia": _("Animals"),
    "Plantae": _("Plants"),
    "Fungi": _("Fungi"),
}


class Rank(models.TextChoices):
    SPECIES = "species", _("Species")
    SUBSPECIES = "subspecies", _("Subspecies")
    GENUS = "genus", _("Genus")
