from django.db import models
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What a figure of a hotspot measures; the unit follows from it."""

    HIGHEST = "highest", _("Highest point")
    MEAN_HEIGHT = "mean_height", _("Mean height")
    LOWEST = "lowest", _("Lowest point")
    LENGTH = "length", _("Length")
    AREA = "area", _("Area")

    @property
    def unit(self):
        return {"length": "km", "area": "km²"}.get(self.value, "m")
