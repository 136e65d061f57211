"""Writes the pack clinical-terms: conditions and measured values that safety rules ask about.

Names, words and codes are hand-written (terms/*.csv). A row says codes-read where each of its codes
stands, with that meaning, in the reference data beside the checkout; else unchecked.
Run: python tools/packs/build_terms.py
"""

from __future__ import annotations

from pathlib import Path

from guidance_source import table
from writing import write_pack

from garrod.core.identifiers import is_verhoeff
from garrod.core.quantity import read_unit

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "terms"
CITED = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
EVIDENCE = (
    ("codes-read", "Codes with their names in the PINCER code lists (opensafely/pincer-measures), "
     "HL7's and NHS England's FHIR examples", VERSION, "each code of the row found with this "
     "meaning; words, ranges and times are our own", "",
     "https://github.com/opensafely/pincer-measures", "facts", RETRIEVED),
    ("unchecked", "SNOMED CT, LOINC and ICD-10 codes from general knowledge", VERSION,
     "(unchecked) but for the check digits of SNOMED CT", "", "", "facts", RETRIEVED),
    ("molar", "Molar masses, as stated in the row", VERSION, "(unchecked)", "", "", "facts",
     RETRIEVED),
)  # fmt: skip
NOT_COVERED = [
    "whole hierarchies of SNOMED CT: a condition is known by the codes listed or by its words",
    "read codes and local codes",
    "conditions and results that no rule asks about",
    "haemoglobin A1c in per cent (no factor alone converts it)",
    "results with a unit that is not UCUM or not listed",
]


def check(conditions: list[dict[str, str]], measures: list[dict[str, str]]) -> None:
    """Fail on a wrong check digit, a unit that is not UCUM, or a code of two measures."""
    codes = [c for row in (*conditions, *measures) for c in row["snomed"].split("|") if c]
    if wrong := [code for code in codes if not is_verhoeff(code)]:
        raise SystemExit(f"wrong check digit: {wrong}")
    seen: set[str] = set()
    for row in measures:
        read_unit(row["unit"])
        for code in filter(None, (*row["loinc"].split("|"), *row["snomed"].split("|"))):
            if code in seen:
                raise SystemExit(f"{code} stands for two measures")
            seen.add(code)


def main() -> None:
    """Write the pack."""
    conditions, measures = table("conditions", FOLDER), table("measures", FOLDER)
    check(conditions, measures)
    units = [{**row, "evidence": "molar"} for row in table("units", FOLDER)]
    manifest = {
        "title": "Conditions and measured values that rules ask about",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [],
        "covers": [row["name"] for row in (*conditions, *measures)], "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    tables = {"term_conditions": conditions, "term_measures": measures, "term_units": units}
    evidence = [dict(zip(CITED, row, strict=True)) for row in EVIDENCE]
    folder = write_pack(
        "clinical-terms", VERSION, manifest=manifest, tables=tables, evidence=evidence
    )
    print(folder, len(conditions), len(measures))


if __name__ == "__main__":
    main()
