"""Writes the pack drugs: ingredients, their names, brands and codes.

Those of the guidance, its alternatives, inhibitors and inducers are in guidance/drugs.csv; those
that safety rules speak of in drugs/ingredients.csv; a product of several in drugs/products.csv,
whose words become a name of each. Codes come from CPIC's tables where they have the medicine; a
code that no source read has is hand-written and its row says unchecked. Names that a source has
and the pack leaves out have their reason in left_out.csv.
Run: python tools/packs/build_drugs.py
"""

from __future__ import annotations

import csv
from pathlib import Path

from guidance_source import table
from writing import PACKS, shared_data, write_pack

VERSION = "2026.11.1"
COMBINED = ("R07AX30",)  # ivacaftor with lumacaftor: the guidance is for ivacaftor alone
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "drugs"
OWN = ("forms", "combinations", "remarks", "others", "left_out")  # tables of our own words
BOTH = ("classes", "forms", "left_out")  # those of them that both folders have
CITED = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
EVIDENCE = (
    ("cpic-pairs", "CPIC gene-drug pairs (pypgx 0.27.0 cpic-table)", "0.27.0",
     "RxNorm and ATC columns", "", "https://github.com/sbslee/pypgx", "MIT", "2026-11-25"),
    ("cpic-drugs", "CPIC table of drugs (cpicpgx/cpic-schema)", "05f9b09c", "drug.sql, RxNorm", "",
     "https://github.com/cpicpgx/cpic-schema", "facts", RETRIEVED),
    ("atc-read", "WHO ATC index, as listed in fabkury/atcd and in EDS-NLP's table of drugs",
     "2026-04-25", "code and name of each ATC code of the row compared", "",
     "https://github.com/fabkury/atcd", "facts", RETRIEVED),
    ("unchecked", "ATC and RxNorm codes that no source read has", VERSION, "(unchecked)", "", "",
     "CC0-1.0", RETRIEVED),
    ("own", "Garrod's own words and codes", VERSION, "", "", "", "Apache-2.0", RETRIEVED),
)  # fmt: skip
NOT_COVERED = [
    "dm+d and SNOMED CT codes (imported at a user's site)",
    "medicines beyond those that the guidance, the safety rules and everyday prescribing in "
    "England name; vaccines, foods, dressings, contrast media and most blood products",
    "fixed combinations that a source names (table left_out has reasons)",
    "RxNorm codes of products; RxNorm codes of most medicines that CPIC does not name",
    "ATC codes of combinations (a product is found by its words, as all its ingredients)",
    "ivacaftor in combination (its guidance is for ivacaftor alone)",
]

Rows = list[dict[str, str]]


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


def guided_rows(known: dict[str, tuple[str, str]]) -> Rows:
    """Return the medicines of the guidance; codes of the table outrank hand-written ones."""
    rows = []
    for row in table("drugs"):
        listed = known.get(row["drug"])
        if listed and (row["atc"] or row["rxnorm"]):
            raise SystemExit(f"{row['drug']}: the pair table has codes; remove the written ones")
        atc, rxnorm = listed or (row["atc"], row["rxnorm"])
        source = "cpic-pairs" if listed else "unchecked"
        rows.append({
            "drug": row["drug"], "name": row["name"], "synonyms": row["synonyms"], "atc": atc,
            "rxnorm": rxnorm, "class": row["class"], "evidence": source,
        })  # fmt: skip
    return rows


def other_rows() -> Rows:
    """Return the medicines that safety rules and everyday prescribing name."""
    read = {row["code"] for row in table("atc_read", FOLDER)}
    rows = []
    for row in table("ingredients", FOLDER):
        known = bool(row["atc"]) and set(row["atc"].split("|")) <= read
        rows.append({
            "drug": row["drug"], "name": row["name"], "synonyms": row["synonyms"],
            "atc": row["atc"], "rxnorm": row["rxnorm"], "class": row["class"],
            "evidence": "atc-read" if known else "unchecked" if row["atc"] else "own",
        })  # fmt: skip
    return rows


def with_names(rows: Rows, products: Rows) -> Rows:
    """Return the rows with their added synonyms, and the products that contain them."""
    more: dict[str, list[str]] = {}
    for row in table("synonyms", FOLDER):
        more.setdefault(row["drug"], []).extend(row["synonyms"].split("|"))
    for row in products:
        for drug in row["drugs"].split("|"):
            more.setdefault(drug, []).append(row["words"])
    unknown = sorted(set(more) - {row["drug"] for row in rows})
    if unknown:
        raise SystemExit(f"synonyms.csv or products.csv names {unknown}, which are no ingredients")
    named = []
    for row in rows:
        names = [*row["synonyms"].split("|"), *more.get(row["drug"], ())]
        first: dict[str, str] = {}
        for name in filter(None, names):
            first.setdefault(name.casefold(), name)
        named.append({**row, "synonyms": "|".join(first.values())})
    return named


def check(rows: Rows, classes: Rows) -> None:
    """Fail where the guidance names a drug that is not here, or a class has no words."""
    known = [row["drug"] for row in rows]
    if twice := sorted(drug for drug in set(known) if known.count(drug) > 1):
        raise SystemExit(f"twice an ingredient: {twice}")
    folder = sorted((PACKS / "pgx-guidance").iterdir())[-1]
    with (folder / "recommendations.csv").open(encoding="utf-8", newline="") as file:
        named = {
            drug
            for row in csv.DictReader(file)
            for drug in (*row["drugs"].split("|"), *row["alternatives"].split("|"))
            if drug and not drug.startswith("class:")
        }
    if named - set(known):
        raise SystemExit(f"drugs.csv lacks {sorted(named - set(known))}")
    if {row["class"] for row in rows} != {row["class"] for row in classes}:
        raise SystemExit("classes.csv and the medicines name different classes")


def tables() -> dict[str, Rows]:
    """Return every table of the pack."""
    products = table("products", FOLDER)
    rows = with_names([*guided_rows(codes()), *other_rows()], products)
    own = {name: table(name) for name in ("classes", *OWN)}
    for name in BOTH:
        own[name] += table(name, FOLDER)
    check(rows, own["classes"])
    standing = [
        {"drug": row["drug"], "standing": row["standing"]}
        for row in table("ingredients", FOLDER)
        if row["standing"]
    ]
    own |= {
        "products": products,
        "spellings": table("spellings", FOLDER),
        "standing": standing,
    }
    # Where a code comes from when the row's own evidence speaks of its ATC codes alone.
    rxnorm = [
        {"drug": row["drug"], "rxnorm": row["rxnorm"], "evidence": row["rxnorm_source"]}
        for row in table("ingredients", FOLDER)
        if row["rxnorm"]
    ]
    cited = {name: [{**row, "evidence": "own"} for row in found] for name, found in own.items()}
    return {"drugs": rows, "rxnorm": rxnorm, **cited}


def main() -> None:
    """Write the pack."""
    found = tables()
    manifest = {
        "title": "Ingredients, their names and codes", "licence": "MIT AND Apache-2.0 AND CC0-1.0",
        "retrieved": RETRIEVED, "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": sorted(row["drug"] for row in found["drugs"]), "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    evidence = [dict(zip(CITED, row, strict=True)) for row in EVIDENCE]
    folder = write_pack("drugs", VERSION, manifest=manifest, tables=found, evidence=evidence)
    print(folder, len(found["drugs"]))


if __name__ == "__main__":
    main()
