"""Initiatives that have something in common with one, each with the reason."""

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from .choices import Role

MOST = 3
FUNDERS = "participations__organisation"
# What two initiatives can share, the rarest first, and how the reason is put.
REASONS = {
    "species": _("Same species: %(name)s"),
    "hotspots": _("Same hotspot: %(name)s"),
    FUNDERS: _("Same funder: %(name)s"),
    "themes": _("Same theme: %(name)s"),
}


def related_to(page, initiatives, shown):
    """At most three others of these, as (initiative, reason) pairs. One query, or none.

    `shown` gives by relation the records that the page itself shows: nothing else is a reason.
    """
    names = {relation: {r.translation_key: str(r) for r in shown[relation]} for relation in REASONS if shown[relation]}
    nearest, reasons = Q(), {}
    for relation, records in names.items():
        sharing = {f"{relation}__translation_key__in": list(records)}
        if relation == FUNDERS:
            sharing["participations__role"] = Role.FUNDER
        # A sub-query, not a join: from the first in the office's order on, three are found soon.
        alike = initiatives.model.objects.filter(**sharing).order_by()
        fitting = initiatives.exclude(pk=page.pk).filter(pk__in=alike.values("pk")).in_office_order()
        nearest |= Q(pk__in=Subquery(fitting.values("pk")[:MOST]))
        in_common = initiatives.model.objects.filter(pk=OuterRef("pk"), **sharing).order_by()
        reasons[f"common_{relation}"] = Subquery(in_common.values(f"{relation}__translation_key")[:1])
    if not names:
        return []
    found = list(initiatives.filter(nearest).annotate(**reasons).in_office_order().listed())
    pairs = []
    for relation, records in names.items():
        for initiative in found:
            key = getattr(initiative, f"common_{relation}")
            if key and all(initiative is not other for other, _ in pairs):
                pairs.append((initiative, REASONS[relation] % {"name": records[key]}))
    return pairs[:MOST]
