"""Writes the pack drugs: ingredients of the guidance, its alternatives, inhibitors and inducers.

Names, synonyms and classes are hand-written (guidance/drugs.csv). Codes come from CPIC's pair
table; a code that is not there is hand-written and its row says unchecked. Names that a source
has and the pack leaves out have their reason in guidance/left_out.csv.
Run: python tools/packs/build_drugs.py
"""

from __future__ import annotations

import csv

from guidance_source import table
from writing import PACKS, shared_data, write_pack

VERSION = "2026.11.0"
COMBINED = ("R07AX30",)  # ivacaftor with lumacaftor: the guidance is for ivacaftor alone
RETRIEVED = "2026-11-25"


def codes() -> dict[str, tuple[str, str]]:
    """Return ATC codes (joined by "|") and the RxNorm ingredient of each drug of the pair table."""
    found: dict[str, tuple[str, str]] = {}
    path = shared_data() / "pgx" / "knowledge" / "pypgx_tables" / "cpic-table.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            atc = [code.strip() for code in row["ATC"].split(",")]
            kept = "|".join(code for code in atc if code not in ("", "NA", *COMBINED))
            found[row["Drug"]] = (kept, row["RxNorm"].replace("NA", ""))
    return found


def drug_rows(known: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Return drugs.csv; where the table has a drug its codes outrank hand-written ones."""
    rows = []
    for row in table("drugs"):
        listed = known.get(row["drug"])
        if listed and (row["atc"] or row["rxnorm"]):
            raise SystemExit(f"{row['drug']}: the pair table has codes; remove the written ones")
        atc, rxnorm = listed or (row["atc"], row["rxnorm"])
        rows.append({
            "drug": row["drug"], "name": row["name"], "synonyms": row["synonyms"], "atc": atc,
            "rxnorm": rxnorm, "class": row["class"],
            "evidence": "cpic-pairs" if listed else "unchecked",
        })  # fmt: skip
    return rows


def check(rows: list[dict[str, str]], classes: list[dict[str, str]]) -> None:
    """Fail where the guidance names a drug that is not here, or a class has no words."""
    known = {row["drug"] for row in rows}
    folder = sorted((PACKS / "pgx-guidance").iterdir())[-1]
    with (folder / "recommendations.csv").open(encoding="utf-8", newline="") as file:
        named = {
            drug
            for row in csv.DictReader(file)
            for drug in (*row["drugs"].split("|"), *row["alternatives"].split("|"))
            if drug and not drug.startswith("class:")
        }
    if named - known:
        raise SystemExit(f"drugs.csv lacks {sorted(named - known)}")
    if {row["class"] for row in rows} != {row["class"] for row in classes}:
        raise SystemExit("classes.csv and drugs.csv name different classes")


def main() -> None:
    """Write the pack."""
    rows, classes = drug_rows(codes()), table("classes")
    check(rows, classes)
    blank = {"pmid": "", "retrieved": RETRIEVED}
    evidence = [
        {"id": "cpic-pairs", "source": "CPIC gene-drug pairs (pypgx 0.27.0 cpic-table)",
         "version": "0.27.0", "locus": "RxNorm and ATC columns", **blank,
         "url": "https://github.com/sbslee/pypgx", "licence": "MIT"},
        {"id": "unchecked", "source": "ATC and RxNorm codes that the pair table lacks",
         "version": VERSION, "locus": "(unchecked)", **blank, "url": "", "licence": "CC0-1.0"},
        {"id": "own", "source": "Garrod's own words and codes", "version": VERSION, "locus": "",
         **blank, "url": "", "licence": "Apache-2.0"},
    ]  # fmt: skip
    order = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
    tables = {
        "drugs": rows,
        "classes": [{**row, "evidence": "own"} for row in classes],
        "forms": [{**row, "evidence": "own"} for row in table("forms")],
        "combinations": [{**row, "evidence": "own"} for row in table("combinations")],
        "remarks": [{**row, "evidence": "own"} for row in table("remarks")],
        "others": [{**row, "evidence": "own"} for row in table("others")],
        "left_out": [{**row, "evidence": "own"} for row in table("left_out")],
    }
    manifest = {
        "title": "Ingredients, their names and codes", "licence": "MIT AND Apache-2.0 AND CC0-1.0",
        "retrieved": RETRIEVED, "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": sorted(row["drug"] for row in rows),
        "does_not_cover": ["dm+d and SNOMED CT codes (imported at a user's site)",
                           "medicines without pharmacogenomic guidance that neither inhibit nor "
                           "induce (as far as the sources at hand list them)",
                           "fixed combinations that a source names (table left_out has reasons)",
                           "RxNorm codes of products (ingredients only)",
                           "ivacaftor in combination (its guidance is for ivacaftor alone)"],
    }  # fmt: skip
    cited = [{column: row[column] for column in order} for row in evidence]
    folder = write_pack("drugs", VERSION, manifest=manifest, tables=tables, evidence=cited)
    print(folder, len(rows))


if __name__ == "__main__":
    main()
