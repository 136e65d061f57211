"""Writes the pack allergy-classes: what allergies are to, what crosses, how reactions weigh.

allergies/*.csv, written by hand from the sources of evidence.csv; sets are those of drug-sets.
Run: python tools/packs/build_allergies.py
"""

from __future__ import annotations

from pathlib import Path

from guidance_source import table
from writing import write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "allergies"
TABLES = (
    *("allergens", "reactions", "crossings", "grades", "substances", "none_known", "pen_fast"),
    "phrases",
)
NOT_COVERED = [
    "excipients, foods and latex: that they are recorded is said, what a product contains is not",
    "contrast media, vaccines, local anaesthetics, insulins and heparins as classes",
    "allergies written in words that name no medicine or class of the packs: said with the words",
    "skin tests, challenges and desensitisation; food and insect allergies",
    "whether allergies were asked about at all: an empty list is not told from one never filled",
    "review by a clinician: nobody has signed these rows",
]


def main() -> None:
    """Write the pack."""
    tables = {name: [dict(row) for row in table(name, FOLDER)] for name in TABLES}
    evidence = [dict(row) for row in table("evidence", FOLDER)]
    manifest = {
        "title": "Allergies: classes, cross-reactivity, weight of reactions, PEN-FAST",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [],
        "covers": [
            "any ingredient of the pack drugs that is named itself",
            *(f"class {row['name']}" for row in tables["allergens"]),
            f"{len(tables['crossings'])} rows of what crosses, by grade and reaction",
            "PEN-FAST for penicillin allergies that may be none",
        ],
        "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    folder = write_pack(
        "allergy-classes", VERSION, manifest=manifest, tables=tables, evidence=evidence
    )
    print(folder, {name: len(rows) for name, rows in tables.items()})


if __name__ == "__main__":
    main()
