"""Restates CPIC's recommendations as coded facts: the pack pgx-guidance.

Every source row is coded by one hand-written line (guidance/acts.csv); strength and keys are
the source's. Words for people are our own (guidance/phrases.csv). Building fails where a row has
no line, a line no row, or a code no words. Run: python tools/packs/build_guidance.py
"""

from __future__ import annotations

import json
from typing import Any

from guidance_newer import newer_guidelines, newer_loci, newer_rows
from guidance_rows import folded
from guidance_source import coded_rows, table
from writing import shared_data, write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-25"
PMIDS = {"g6pd": "36049896"}  # the file for nitrofurantoin has none of its own
LOCUS = "recommendations by phenotype, activity score or allele, per population"
LOCI = {  # where more than the recommendation rows was used
    "cpic-warfarin": "dosing chart, figure 2 (unchecked)",
}
MODIFIES = {("warfarin", "CYP4F2"), ("warfarin", "rs12777823")}


def annotations() -> dict[str, list[dict[str, Any]]]:
    """Return the guideline files that speak of each drug."""
    found: dict[str, list[dict[str, Any]]] = {}
    folder = shared_data() / "pgx" / "knowledge" / "guidelines_v2.12.0"
    for path in sorted(folder.glob("CPIC_*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for chemical in data["guideline"]["relatedChemicals"]:
            found.setdefault(chemical["name"], []).append(data)
    return found


def guideline_row(family: dict[str, str], files: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return one row of guidelines.csv: the newest citation of the family's files."""
    mine = [data for drug in family["drugs"].split("|") for data in files[drug]]
    cited = {(c["year"], c["pmid"]) for data in mine for c in data["citations"]}
    genes = {gene["symbol"] for data in mine for gene in data["guideline"]["relatedGenes"]}
    key = f"cpic-{family['family']}"
    return {
        "guideline": key, "name": family["name"], "source": "CPIC",
        "version": mine[0]["version"], "genes": "|".join(sorted(genes)),
        "pmid": PMIDS.get(family["family"], max(cited)[1] if cited else ""),
        "url": mine[0]["guideline"]["url"], "evidence": key,
    }  # fmt: skip


def warfarin_rows() -> list[dict[str, str]]:
    """Return the rows of warfarin, for which the source has a chart and no texts."""
    blank = {"drugs": "warfarin", "population": "general", "action": "adjust", "dose_limit": "",
             "monitoring": "inr", "evidence": "cpic-warfarin"}  # fmt: skip
    columns = ("id", "guideline", "drugs", "population", "keys", "action", "strength",
               "dose_factor", "dose_limit", "alternatives", "monitoring", "implication", "notes",
               "evidence")  # fmt: skip
    rows = [{**blank, **row, "guideline": "cpic-warfarin"} for row in table("warfarin")]
    return [{column: row[column] for column in columns} for row in rows]


def gene_rows(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return one row per drug and gene: whether it decides or modifies."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        for drug in row["drugs"].split("|"):
            for cell in row["keys"].split(";"):
                gene = cell.partition("=")[0]
                role = "modifies" if (drug, gene) in MODIFIES else "decides"
                found[drug, gene] = {
                    "drug": drug, "gene": gene, "role": role, "evidence": row["evidence"],
                }  # fmt: skip
    return list(found.values())


def check_codes(rows: list[dict[str, str]], phrases: list[dict[str, str]]) -> None:
    """Fail where a row uses a code that has no words, or a phrase is never used."""
    known = {p["code"] for p in phrases}
    used: set[str] = set()
    for row in rows:
        cells = [row["implication"], *row["notes"].split("|"), *row["monitoring"].split("|")]
        cells += [a for a in row["alternatives"].split("|") if a.startswith("class:")]
        used.update(c for c in cells if c)
    if used - known:
        raise SystemExit(f"codes without words: {sorted(used - known)}")
    if known - used:
        raise SystemExit(f"phrases that no row uses: {sorted(known - used)}")


def evidence_rows(guidelines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return evidence.csv."""
    blank = {"pmid": "", "url": "", "licence": "CC0-1.0", "retrieved": RETRIEVED}
    order = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
    found = []
    loci = {**LOCI, **newer_loci()}
    for row in guidelines:
        locus = loci.get(row["guideline"], LOCUS)
        found.append({**blank, "id": row["guideline"], "source": row["name"],
                      "version": row["version"], "locus": locus, "pmid": row["pmid"],
                      "url": row["url"]})  # fmt: skip
    found.append({**blank, "id": "own", "source": "Garrod's own words and codes",
                  "version": VERSION, "locus": "", "licence": "Apache-2.0"})  # fmt: skip
    return [{column: row[column] for column in order} for row in found]


def main() -> None:
    """Write the pack."""
    files = annotations()
    coded = coded_rows()
    rows = [*folded(coded), *warfarin_rows(), *newer_rows()]
    phrases = table("phrases")
    check_codes(rows, phrases)
    guidelines = [guideline_row(family, files) for family in table("families")]
    guidelines += newer_guidelines()
    populations = {row["population"] for row in table("populations")}
    if {row["population"] for row in rows} != populations:
        raise SystemExit("populations.csv and the rows name different populations")
    tables = {
        "guidelines": guidelines,
        "recommendations": rows,
        "populations": [{**row, "evidence": "own"} for row in table("populations")],
        "phrases": [{**row, "evidence": "own"} for row in phrases],
        "genes": gene_rows(rows),
    }
    drugs = sorted({row["drug"] for row in tables["genes"]})
    manifest = {
        "title": "Pharmacogenomic guidance of CPIC, coded", "licence": "CC0-1.0 AND Apache-2.0",
        "retrieved": RETRIEVED, "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": drugs,
        "does_not_cover": ["changes to guidelines after 25 March 2024",
                           "thiopurines as updated in February 2026 (rows of the version before)",
                           "hydralazine but for NAT2 rapid metabolisers (no other row at hand)",
                           "metoprolol but for a CYP2D6 score of 1.0 (no other row at hand)",
                           "peginterferon and ribavirin (no coded rows in the source)",
                           "dibekacin, neomycin, netilmicin, ribostamycin (no rows at hand)",
                           "oestrogens and factor V Leiden (not in the source)",
                           "warfarin dose in milligrams (an algorithm computes it)"],
    }  # fmt: skip
    print(write_pack("pgx-guidance", VERSION, manifest=manifest, tables=tables,
                     evidence=evidence_rows(guidelines)),
          f"{len(coded)} source rows in {len(rows)} rows, {len(drugs)} drugs")  # fmt: skip


if __name__ == "__main__":
    main()
