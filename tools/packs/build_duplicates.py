"""Writes the pack duplicate-rules: classes of which one is enough, pairs that belong together.

duplicates/*.csv, written by hand; sets are those of the pack drug-sets.
Run: python tools/packs/build_duplicates.py
"""

from __future__ import annotations

from pathlib import Path

from guidance_source import table
from writing import write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "duplicates"
TABLES = ("classes", "allowed", "kinds", "grave", "forms")
NOT_COVERED = [
    "classes that are not listed, such as antipsychotics and antiepileptics, two of which may be "
    "meant",
    "doses: whether two lines together exceed a maximum is not added up here",
    "whether a new line of another dose replaces the old one: that is presumed, and the old line "
    "stays until somebody ends it",
    "review by a clinician: nobody has signed these rows",
]


def main() -> None:
    """Write the pack."""
    tables = {name: [dict(row) for row in table(name, FOLDER)] for name in TABLES}
    evidence = [dict(row) for row in table("evidence", FOLDER)]
    manifest = {
        "title": "Duplicates: one class, one ingredient, and pairs that belong together",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [],
        "covers": [
            "the same ingredient of any two lines, combinations too",
            *(f"two {row['name']}" for row in tables["classes"]),
            f"{len(tables['allowed'])} rows of pairs that belong together",
        ],
        "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    folder = write_pack(
        "duplicate-rules", VERSION, manifest=manifest, tables=tables, evidence=evidence
    )
    print(folder, {name: len(rows) for name, rows in tables.items()})


if __name__ == "__main__":
    main()
