"""Estimated against observed exposure: the largest interactions of the FDA/DIDB workbook of 2015.

Only pairs whose medicine has a fraction of clearance in the pack, and whose inhibitors the pack of
modulators knows, can be compared; the fractions come from genes, not from these interactions. The
middle of the strong class was set with the first of these figures in sight. Facts of the workbook
are read where it lies, and are never copied. Run: python -m validation decide_exposure
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.behaviour import load_conversions
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.knowledge.medicines import load_medicines
from garrod.science.pgx.acting import acting
from garrod.science.pgx.exposure import WHOLE, Range, estimate
from validation.data import PGX
from validation.figures import Figure, share, show
from validation.sheets import cells

WORKBOOK = PGX.parent / "decide" / "ddi" / "FDA_OI_DIDB_2015_sd1.xlsx"
PAIRS = Path(__file__).with_name("decide_exposure.csv")
NEAR, WIDE = 1.25, 2.0
CALLED = {"(s)-citalopram": "escitalopram", "midazolam (po)": "midazolam"}
SHELF = load_shelf()
CONVERSIONS, MEDICINES = load_conversions(SHELF), load_medicines(SHELF)


@dataclass(frozen=True, slots=True)
class Pair:
    """One interaction: what was observed, and what the pack makes of it (ratios of exposure)."""

    drug: str
    who: str
    taken: tuple[str, ...]
    observed: float
    told: Range
    source: str

    @property
    def error(self) -> float:
        """Return how many times too high or too low the estimate is, 1 or more."""
        return max(self.told.middle / self.observed, self.observed / self.told.middle)


def result(gene: str, phenotype: str) -> GeneFinding:
    """Return a called finding of one candidate."""
    candidate = Candidate("*1/*1", 1.0, phenotype)
    shares = (PhenotypeShare(phenotype, "", 1.0),)
    return GeneFinding(gene, Status.CALLED, (candidate,), phenotype, phenotypes=shares)


def told(drug: str, genes: dict[str, str], taken: tuple[str, ...]) -> Range:
    """Return the estimated ratio of exposure to a drug under these medicines."""
    findings = {gene: result(gene, phenotype) for gene, phenotype in genes.items() if phenotype}
    enzymes = {f.enzyme for f in CONVERSIONS.clearance.by_drug[drug]}
    names = {name: name for name in taken}
    by = {enzyme: acting(CONVERSIONS.facts, enzyme, names) for enzyme in enzymes}
    found = estimate(CONVERSIONS.clearance, drug, findings, by)
    return found.ratio if found is not None else WHOLE


def workbook() -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Yield each medicine of the workbook with its inhibitors and the observed ratio."""
    for row in list(cells(WORKBOOK))[2:]:
        name, change, by = row.get("B", "").lower(), row.get("N", ""), row.get("P", "")
        if not re.fullmatch(r"-?\d+(\.\d+)?", change) or not by or " in " in by:
            continue
        drug = CALLED.get(name) or next((m.drug for m in MEDICINES.find_all(name)), "")
        named = tuple(m.drug for m in MEDICINES.find_all(by))
        if drug and len(named) == len(re.split(r" and | \+ ", by)):
            yield drug, named, 1 + float(change) / 100


def from_workbook() -> list[Pair]:
    """Return the pairs of the workbook that can be compared."""
    found = []
    for drug, taken, observed in workbook():
        fractions = CONVERSIONS.clearance.by_drug.get(drug, ())
        enzymes = {f.enzyme for f in fractions}
        names = {name: name for name in taken}
        if any(acting(CONVERSIONS.facts, e, names) for e in enzymes):
            ratio = told(drug, {}, taken)
            found.append(Pair(drug, "", taken, observed, ratio, "workbook"))
    return found


def from_papers() -> list[Pair]:
    """Return the pairs read in papers: the ratio within people of one genotype."""
    found = []
    with PAIRS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            genes = {"CYP2D6": row["cyp2d6"], "CYP2C19": row["cyp2c19"]}
            taken = (row["taken"],)
            both, alone = told(row["drug"], genes, taken), told(row["drug"], genes, ())
            ratio = Range(*(v / alone.middle for v in (both.least, both.middle, both.most)))
            who = row["cyp2d6"] or row["cyp2c19"]
            found.append(
                Pair(row["drug"], who, taken, float(row["observed"]), ratio, row["source"])
            )
    return found


def figures(name: str, pairs: list[Pair]) -> list[Figure]:
    """Return how many estimates are near the observed ratio."""
    near = [p for p in pairs if p.error <= NEAR]
    wide = [p for p in pairs if p.error <= WIDE]
    inside = [p for p in pairs if p.told.least <= p.observed <= p.told.most]
    return [
        share(f"{name}: within {NEAR}x of observed", len(near), len(pairs)),
        share(f"{name}: within {WIDE:g}x of observed", len(wide), len(pairs)),
        share(f"{name}: observed lies within the range told", len(inside), len(pairs)),
    ]


def main() -> int:
    """Print the figures and each pair; there is no target, so nothing can be missed."""
    named = sum(1 for _ in workbook())
    book, papers = from_workbook(), from_papers()
    notes = [f"{named} interactions of the workbook name medicines that are on the shelf."]
    for p in (*book, *papers):
        ratio = f"{p.told.middle:.2f} ({p.told.least:.2f} to {p.told.most:.2f})"
        who = f", {p.who}" if p.who else ""
        notes.append(
            f"- {p.drug}{who} + {', '.join(p.taken)}: told {ratio}, observed {p.observed:.2f}; "
            f"{p.error:.2f}x ({p.source})"
        )
    found = [*figures("workbook", book), *figures("papers", papers)]
    return show("Exposure under genes and other medicines", found, notes)
