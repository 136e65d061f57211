"""Reads how often each allele is in each population, and who is tested for which genes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping

from garrod.adapters.world.chance import Odds
from garrod.adapters.world.load_health import check_medicines
from garrod.adapters.world.model import GeneTest
from garrod.adapters.world.section import Section, wrong
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.populations import POPULATIONS

PACK = "pgx-frequencies"
POOLED = "pooled"
STATES = ("present", "pending", "ordered")
Strands = dict[str, dict[str, Odds[str]]]


def strands_of(root: Section, shelf: Shelf) -> tuple[Strands, dict[str, str]]:
    """Return the odds of an allele by gene and population; and what is only carried or not."""
    general = root.section("genes").sourced()
    used = general.words("use")
    general.done()
    found = _of_pack(used, shelf)
    missing = [gene for gene in used if gene not in found]
    if missing:
        raise wrong("genes.use", f"pack {PACK} has no counts of {', '.join(missing)}")
    carried = {}
    for row in root.sections("gene", []):
        name = row.sourced().text("name")
        if allele := row.text("carried", ""):
            carried[name] = allele
        found[name] = _stated(row)
        row.done()
    return found, carried


def _of_pack(used: Container[str], shelf: Shelf) -> Strands:
    counts: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in shelf.rows(PACK, "frequencies"):
        if row["gene"] in used and row["count"] != "0":
            counts[row["gene"]][row["population"]][row["allele"]] = float(row["count"])
    return {
        gene: {population: Odds.of(seen) for population, seen in by.items()}
        for gene, by in counts.items()
    }


def _stated(row: Section) -> dict[str, Odds[str]]:
    """Return the odds of a gene that stands in the profile: what is left is the reference's."""
    reference, found = row.text("reference"), {}
    for population in POPULATIONS:
        if population == POOLED and not row.has(POOLED):
            continue
        if not row.has(population):
            raise wrong(f"{row.place}.{population}", "is missing")
        seen = row.weights(population, {})
        left = 1 - sum(seen.values())
        if left < 0:
            raise wrong(f"{row.place}.{population}", "frequencies sum to more than 1")
        found[population] = Odds.of({reference: left, **seen})
    return found


def tests_of(
    root: Section, genes: Mapping[str, object], medicines: Container[str], conditions: set[str]
) -> tuple[GeneTest, ...]:
    """Return the genetic tests; what they name must be known."""
    found = []
    for row in root.sections("gene_test", []):
        states, named = row.sourced().weights("states"), row.words("genes")
        takes, has = row.words("medicines", []), row.words("conditions", [])
        check_medicines(row, list(takes), medicines)
        unknown = sorted((set(named) - set(genes)) | (set(has) - conditions))
        if unknown or not set(states) <= set(STATES):
            raise wrong(row.place, f"knows no {', '.join(unknown) or sorted(states)}")
        found.append(
            GeneTest(
                key=row.text("key"),
                name=row.text("name"),
                genes=named,
                share=row.share("share"),
                states=Odds.of(states),
                medicines=frozenset(takes),
                conditions=frozenset(has),
                from_age=row.whole("from_age", 0, 130, 0),
            )
        )
        row.done()
    return tuple(found)
