"""What each ecosystem and threat of the lists touches, as the public hotspots and species say it."""

from collections import defaultdict

from iucn_ca.caching import kept_in_process
from iucn_ca.querysets import text
from regions.models import Ecosystem, HotspotEcosystem, HotspotThreat, Threat

from .models import SpeciesPage, SpeciesThreat

HOTSPOTS, SPECIES = "hotspots", "species"


@kept_in_process
def touched(locale_id, hotspots):
    """(term, hotspots, species) of each ecosystem and of each threat that is described or touches something.

    `hotspots` are the public ones of this language, in their order.
    """
    touching = defaultdict(set)
    for kind, key, page_id in _rows():
        touching[kind, key].add(page_id)
    ids = {page_id for (kind, _), found in touching.items() if kind == SPECIES for page_id in found}
    species = list(SpeciesPage.objects.published(locale_id).filter(pk__in=ids).order_by("path").listed())

    def entry(term):
        key = term.translation_key
        here = [page for page in hotspots if page.pk in touching[HOTSPOTS, key]]
        return term, here, [page for page in species if page.pk in touching[SPECIES, key]]

    lists = [map(entry, model.objects.published(locale_id)) for model in (Ecosystem, Threat)]
    return [[(term, *pages) for term, *pages in entries if term.description or any(pages)] for entries in lists]


def _rows():
    """(kind of page, key of the term, id of the page); a row in words only names no term."""
    of_species = SpeciesPage.ecosystems.through.objects
    return _of(of_species, SPECIES, "ecosystem", "speciespage_id").union(
        _of(SpeciesThreat.objects, SPECIES, "threat", "page_id"),
        _of(HotspotEcosystem.objects, HOTSPOTS, "ecosystem", "page_id"),
        _of(HotspotThreat.objects, HOTSPOTS, "threat", "page_id"),
    )


def _of(rows, kind, term, page_id):
    rows = rows.exclude(**{term: None}).order_by()
    return rows.values_list(text(kind), f"{term}__translation_key", page_id)
