"""What each ecosystem and threat of the lists touches, as the public hotspots and species say it."""

from collections import defaultdict

from django.db.models import CharField, Value

from iucn_ca.querysets import site_pages
from regions.models import Ecosystem, HotspotEcosystem, HotspotPage, HotspotThreat, Threat

from .models import SpeciesPage, SpeciesThreat

HOTSPOTS, SPECIES = "hotspots", "species"


def touched(locale_id):
    """(term, hotspots, species) of each ecosystem and of each threat that is described or touches something."""
    hotspots = {"page__in": HotspotPage.objects.published(locale_id).values("pk")}
    species = SpeciesPage.objects.published(locale_id).values("pk")
    found = _rows(HOTSPOTS, HotspotEcosystem.objects.filter(**hotspots), "ecosystem", "page_id").union(
        _rows(HOTSPOTS, HotspotThreat.objects.filter(**hotspots), "threat", "page_id"),
        _rows(SPECIES, SpeciesThreat.objects.filter(page__in=species), "threat", "page_id"),
        _rows(
            SPECIES,
            SpeciesPage.ecosystems.through.objects.filter(speciespage__in=species),
            "ecosystem",
            "speciespage_id",
        ),
    )
    touching = defaultdict(set)
    for kind, key, page_id in found:
        touching[key, kind].add(page_id)
    pages = site_pages().filter(pk__in=set().union(*touching.values())).order_by("path").listed()
    pages = {page.pk: page for page in pages}

    def of(term, kind):
        ids = touching.get((term.translation_key, kind), ())
        return [page for pk, page in pages.items() if pk in ids]

    lists = [model.objects.filter(locale_id=locale_id) for model in (Ecosystem, Threat)]
    entries = [[(term, of(term, HOTSPOTS), of(term, SPECIES)) for term in terms] for terms in lists]
    return [[entry for entry in terms if entry[0].description or entry[1] or entry[2]] for terms in entries]


def _rows(kind, rows, term, page_id):
    """(kind of page, key of the term, id of the page); a row in words only names no term."""
    rows = rows.exclude(**{term: None}).order_by()
    return rows.values_list(Value(kind, output_field=CharField()), f"{term}__translation_key", page_id)
