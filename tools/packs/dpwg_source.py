"""Reads DPWG's rows and guidelines from the shared data, with keys spelled as findings have them.

recommendations_flat + DPWG_*.json + the published example report -> SourceRow, guidelines
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from guidance_source import STRENGTHS, source_rows, table
from writing import shared_data

FOLDER = Path(__file__).resolve().parent / "dpwg"
PACK = "pgx-guidance-dpwg"
GENERAL = "general"
NEWER = "PharmCAT's example report 3.1.0, data of 5 November 2025"
TWO_REDUCED = "@two-reduced"
REDUCED = "0.5"  # activity value of a DPYD allele of decreased function


@dataclass(frozen=True)
class SourceRow:
    """One published recommendation: drug, gene, our spelling of its key, and strength."""

    drug: str
    gene: str
    values: tuple[str, ...]
    strength: str


def our_table(name: str) -> list[dict[str, str]]:
    """Return the rows of one hand-written table of this pack."""
    return table(name, FOLDER)


@cache
def two_reduced() -> tuple[str, ...]:
    """Return every pair of DPYD alleles of decreased function, in both orders.

    DPWG asks for the enzyme to be measured there, although the score may be that of one lost
    copy.
    """
    path = shared_data() / "pgx" / "knowledge" / "phenotype_tables" / "DPYD.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        values = json.load(file)["activityValues"]
    reduced = [allele for allele, value in values.items() if value == REDUCED]
    if not reduced:
        raise SystemExit("DPYD.json.gz names no allele of activity 0.5")
    return tuple(sorted("/".join(pair) for pair in product(reduced, reduced)))


@cache
def short_values() -> dict[str, tuple[str, ...]]:
    """Return what each short form of values.csv stands for."""
    found = {row["short"]: tuple(row["values"].split("|")) for row in our_table("values")}
    return {**found, TWO_REDUCED: two_reduced()}


def values_of(gene: str, key: str | dict[str, float]) -> tuple[str, ...]:
    """Return our spelling of a key: the source's own, a score without its word, or a genotype."""
    if not isinstance(key, str):
        alleles = [allele for allele, count in key.items() for _ in range(int(count))]
        return ("/".join(alleles),)
    ours = {(r["gene"], r["source"]): r["ours"] for r in our_table("keys")}.get((gene, key), key)
    return short_values().get(ours, (ours,))


def source_keys() -> list[SourceRow]:
    """Return every row of DPWG in the flat table; each is keyed by one gene."""
    found = []
    for row in source_rows("DPWG"):
        ((gene, key),) = json.loads(row["lookup_key"]).items()
        strength = STRENGTHS.get(row["classification"], row["classification"])
        found.append(SourceRow(row["drugs"], gene, values_of(gene, key), strength))
    return found


def files() -> Iterator[dict[str, Any]]:
    """Yield DPWG's guideline files, by name."""
    folder = shared_data() / "pgx" / "knowledge" / "guidelines_v2.12.0"
    for path in sorted(folder.glob("DPWG_*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def guideline_id(drug: str, gene: str) -> str:
    """Return our name of the guideline for a drug and a gene."""
    return f"dpwg-{drug}-{gene}".lower().replace(" ", "-")


def guidelines_of() -> list[dict[str, Any]]:
    """Return every guideline: those of the files, then those that only the newer report has."""
    found = {}
    for data in files():
        about = data["guideline"]
        ((drug,), (gene,)) = (
            [c["name"] for c in about["relatedChemicals"]],
            [g["symbol"] for g in about["relatedGenes"]],
        )
        found[drug, gene] = {
            "id": guideline_id(drug, gene), "drug": drug, "gene": gene, "url": about["url"],
            "version": data["version"], "is_newer": False,
            "cited": {(c["year"], c["pmid"]) for c in data["citations"]},
        }  # fmt: skip
    for drug, gene, guideline, cited in newer():
        found[drug, gene] = {
            "id": guideline_id(drug, gene), "drug": drug, "gene": gene, "url": guideline["url"],
            "version": guideline["version"], "is_newer": True,
            "cited": {(c["year"], c["pmid"]) for c in cited},
        }  # fmt: skip
    return list(found.values())


@cache
def report() -> dict[str, Any]:
    """Return DPWG's part of the published example report, by drug."""
    path = shared_data() / "pgx" / "full_report_example" / "pharmcat.example.report.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)["drugs"]["DPWG Guideline Annotation"]
    return found


def newer() -> Iterator[tuple[str, str, dict[str, Any], list[dict[str, Any]]]]:
    """Yield drug, gene, guideline and citations of guidelines that the files do not have."""
    known = {
        (data["guideline"]["relatedChemicals"][0]["name"],
         data["guideline"]["relatedGenes"][0]["symbol"]) for data in files()
    }  # fmt: skip
    for drug, about in sorted(report().items()):
        for guideline in about["guidelines"]:
            gene = guideline["name"].rpartition(" and ")[2]
            if (drug, gene) not in known:
                yield drug, gene, guideline, about["citations"]


def later_rows() -> list[SourceRow]:
    """Return the rows of newer guidelines that the report prints, and no other."""
    found = []
    for drug, gene, guideline, _ in newer():
        for annotation in guideline["annotations"]:
            values = tuple(key[gene] for key in annotation["lookupKey"])
            found.append(SourceRow(drug, gene, values, annotation["classification"]))
    return found
