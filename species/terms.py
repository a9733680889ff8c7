"""What each ecosystem and threat of the lists touches, as the public hotspots and species say it."""

from collections import defaultdict

from iucn_ca.kept import kept_in_process
from iucn_ca.querysets import text
from regions.models import Ecosystem, HotspotEcosystem, HotspotPage, HotspotThreat, Threat
from regions.querysets import all_hotspots

from .models import SpeciesPage, SpeciesThreat

HOTSPOTS, SPECIES = "hotspots", "species"
MOST_TOUCHED = 12


@kept_in_process
def touched(locale_id):
    """(term, hotspots, species) of each ecosystem and of each threat that is described or touches something.

    Hotspots and species are (the first of them, how many there are beside these), in the order of the page tree.
    """
    touching = defaultdict(set)
    for kind, key, page_id in _rows():
        touching[kind, key].add(page_id)
    ids = {page_id for (kind, _), found in touching.items() if kind == SPECIES for page_id in found}
    species = list(SpeciesPage.objects.published(locale_id).filter(pk__in=ids).order_by("path").listed())

    public = {HOTSPOTS: all_hotspots(HotspotPage, locale_id), SPECIES: species}

    def entry(term):
        for kind, pages in public.items():
            found = [page for page in pages if page.pk in touching[kind, term.translation_key]]
            yield found[:MOST_TOUCHED], max(len(found) - MOST_TOUCHED, 0)

    lists = [[(term, *entry(term)) for term in model.objects.published(locale_id)] for model in (Ecosystem, Threat)]
    return [[row for row in rows if row[0].description or row[1][0] or row[2][0]] for rows in lists]


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
