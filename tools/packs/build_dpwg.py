"""Restates DPWG's recommendations as coded facts: the pack pgx-guidance-dpwg (CC BY-SA 4.0).

Every source row is coded by one hand-written line for each circumstance it tells apart
(dpwg/acts.csv); strength and keys are the source's. Words for people are our own
(dpwg/phrases.csv). Building fails where a row has no line, a line no row, or a code no words.
Run: python tools/packs/build_dpwg.py
"""

from __future__ import annotations

from typing import Any

from dpwg_rows import coded_rows, folded
from dpwg_source import NEWER, PACK, guidelines_of, later_rows, our_table, source_keys
from writing import write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-25"
LICENCE = "CC-BY-SA-4.0"
LOCUS = "recommendations by phenotype, activity score, genotype or allele"
NOT_COVERED = [
    "texts of DPWG after 25 March 2024, but for the normal results of three newer guidelines",
    "atazanavir, mavacamten and rosuvastatin: every result but the normal one",
    "carbamazepine, eliglustat and oxcarbazepine: texts changed since (not at hand as a whole)",
    "oestrogens and factor V Leiden (F5; not in the source)",
    "CYP2C19 rapid metabolisers, and phenotypes called likely or possible (no row in the source)",
    "CYP2D6 activity scores 1.75, 2.75 and ≥3.75 (no row in the source)",
    "CYP2B6 rapid and ultrarapid metabolisers (no row in the source)",
    "absence of an HLA allele, but for lamotrigine (no row in the source)",
    "HLA-B*15:02 with *15:11: the row has a key that no test gives; the rows of each allele hold",
    "risks that no policy codes: poor kidney function is asked about, body mass index is a note",
]


def guideline_row(guideline: dict[str, Any]) -> dict[str, str]:
    """Return one row of guidelines.csv."""
    cited = sorted(guideline["cited"])
    return {
        "guideline": guideline["id"],
        "name": f"DPWG guideline: {guideline['gene']} and {guideline['drug']}",
        "source": "DPWG", "version": guideline["version"], "genes": guideline["gene"],
        "pmid": cited[-1][1] if cited else "", "url": guideline["url"],
        "evidence": guideline["id"],
    }  # fmt: skip


def gene_rows(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return one row per drug and gene: each DPWG guideline decides for itself."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        gene = row["keys"].partition("=")[0]
        found[row["drugs"], gene] = {
            "drug": row["drugs"], "gene": gene, "role": "decides", "evidence": row["evidence"],
        }  # fmt: skip
    return list(found.values())


def check_codes(rows: list[dict[str, str]], phrases: list[dict[str, str]]) -> None:
    """Fail where a row uses a code that has no words, or words are never used."""
    used: set[str] = set()
    for row in rows:
        cells = [row["implication"], *row["notes"].split("|"), *row["monitoring"].split("|")]
        cells += [a for a in row["alternatives"].split("|") if a.startswith("class:")]
        used.update(c for c in cells if c)
    known = {p["code"] for p in phrases}
    if used != known:
        raise SystemExit(f"without words: {sorted(used - known)}; idle: {sorted(known - used)}")


def check_populations(rows: list[dict[str, str]], known: list[dict[str, str]]) -> None:
    """Fail where rows and populations.csv name different circumstances."""
    if {row["population"] for row in rows} != {row["population"] for row in known}:
        raise SystemExit("populations.csv and the rows name different populations")


def evidence_rows(guidelines: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return evidence.csv: one row per guideline, with every paper that the annotation cites."""
    found = []
    for guideline, row in ((g, guideline_row(g)) for g in guidelines):
        others = [pmid for _, pmid in sorted(guideline["cited"])[:-1]]
        also = f"; cites also PMID {', '.join(others)}" if others else ""
        seen = f"; as printed in {NEWER}" if guideline["is_newer"] else ""
        found.append({
            "id": row["evidence"], "source": row["name"], "version": row["version"],
            "locus": LOCUS + also + seen, "pmid": row["pmid"], "url": row["url"],
            "licence": LICENCE, "retrieved": RETRIEVED,
        })  # fmt: skip
    found.append({
        "id": "own", "source": "Garrod's own words and codes, after DPWG", "version": VERSION,
        "locus": "", "pmid": "", "url": "", "licence": LICENCE, "retrieved": RETRIEVED,
    })  # fmt: skip
    return found


def main() -> None:
    """Write the pack."""
    keys = source_keys()
    coded = coded_rows([*keys, *later_rows()])
    rows = folded(coded)
    phrases, populations = our_table("phrases"), our_table("populations")
    check_codes(rows, phrases)
    check_populations(rows, populations)
    guidelines = guidelines_of()
    tables = {
        "guidelines": [guideline_row(g) for g in guidelines],
        "recommendations": rows,
        "populations": [{**row, "evidence": "own"} for row in populations],
        "phrases": [{**row, "evidence": "own"} for row in phrases],
        "genes": gene_rows(rows),
    }
    drugs = sorted({row["drug"] for row in tables["genes"]})
    manifest = {
        "title": "Pharmacogenomic guidance of DPWG, coded", "licence": LICENCE,
        "retrieved": RETRIEVED, "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": drugs, "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    folder = write_pack(
        PACK, VERSION, manifest=manifest, tables=tables, evidence=evidence_rows(guidelines)
    )
    print(folder, f"{len(keys)} source rows in {len(rows)} rows, {len(drugs)} drugs")


if __name__ == "__main__":
    main()
