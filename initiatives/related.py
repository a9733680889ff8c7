"""Initiatives that have something in common with one, each with the reason."""

from django.utils.translation import gettext_lazy as _

from .querysets import FUNDERS

MOST = 3
# What two initiatives can share, the rarest first, and how the reason is put.
REASONS = {
    "species": _("Same species: %(name)s"),
    "hotspots": _("Same hotspot: %(name)s"),
    FUNDERS: _("Same funder: %(name)s"),
    "themes": _("Same theme: %(name)s"),
}


def related_to(page, order, shown):
    """At most three others, as (initiative, reason) pairs. One query, or none.

    `shown` gives by relation the records that the page itself shows: nothing else is a reason.
    """
    reasons = {}
    for relation, reason in REASONS.items():
        shared = [(order.sharing.get((relation, record.translation_key), []), record) for record in shown[relation]]
        alike = {}
        # What the fewest share says most.
        for ids, record in sorted(shared, key=lambda pair: len(pair[0])):
            # One of these is the page itself, and some may have a rarer reason.
            for pk in ids[: 2 * MOST]:
                alike.setdefault(pk, record)
        for pk in sorted(alike, key=order.numbers.get):
            if pk != page.pk and len(reasons) < MOST:
                reasons.setdefault(pk, reason % {"name": alike[pk]})
    pages = {other.pk: other for other in type(page).objects.filter(pk__in=reasons).listed()}
    return [(pages[pk], reason) for pk, reason in reasons.items() if pk in pages]
