"""Writes the pack treatment-options: what an indication is treated with, and usual doses.

The rows are in treatments/*.csv, restated from the formularies and guidance that each names; how
much a thing weighs in the ranking is the project's own choice, for a clinician to sign.
Run: python tools/packs/build_treatments.py
"""

from __future__ import annotations

from pathlib import Path

from build_sets import shipped
from guidance_source import table
from writing import write_pack

VERSION = "2026.11.1"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "treatments"


# Options that get no usual dose, and why: named so that nobody takes the silence for an oversight.
UNDOSED = (
    "warfarin (by INR), heparins (by weight and purpose), morphine, clozapine, amiodarone, "
    "quinidine, lamotrigine, levetiracetam, quetiapine, aripiprazole, carvedilol (step by step, by "
    "the person), amphotericin B, propofol, rocuronium, zoledronic acid (given in hospital)",
    "options of which no source of the dose was read: anastrozole, beclometasone, colecalciferol, "
    "desipramine, desogestrel, fluvastatin, fluvoxamine, folic acid, granisetron, isavuconazole, "
    "levonorgestrel, linagliptin, macrogol, nortriptyline, ondansetron, posaconazole, "
    "prednisolone, tiotropium",
)
UNREAD = "(unchecked)"


def evidence_rows(used: set[str]) -> list[dict[str, str]]:
    """Return the rows of evidence.csv that are used: facts, as they were stored when read."""
    more = {"pmid": "", "licence": "facts", "retrieved": RETRIEVED}
    return [{**row, **more} for row in table("evidence", FOLDER) if row["id"] in used]


def check(tables: dict[str, list[dict[str, str]]]) -> None:
    """Fail where a medicine is unknown, a citation is lacking, or a dose was not read."""
    known = {row["drug"] for row in shipped("drugs", "drugs")}
    unknown = {row["drug"] for rows in tables.values() for row in rows if "drug" in row} - known
    if unknown:
        raise SystemExit(f"no such medicine in the pack drugs: {', '.join(sorted(unknown))}")
    cited = {row["id"]: row["locus"] for row in table("evidence", FOLDER)}
    for row in tables["doses"]:
        if UNREAD in cited[row["evidence"]]:
            print(f"{row['drug']}: a dose that was not read is never put in a draft")


def main() -> None:
    """Write the pack."""
    names = ("treatments", "doses", "weights")
    tables = {name: [dict(row) for row in table(name, FOLDER)] for name in names}
    check(tables)
    used = {row["evidence"] for rows in tables.values() for row in rows}
    indications = dict.fromkeys(row["indication"] for row in tables["treatments"])
    manifest = {
        "title": "Alternatives for common indications, and usual starting doses",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [],
        "covers": [f"first choices for adults with {name.replace('_', ' ')}" for name in
                   indications]
        + [f"usual doses of {len({row['drug'] for row in tables['doses']})} medicines that are "
           "offered as options, each from a source that was read"],
        "does_not_cover": [
            "indications that are not listed: their orders are not ranked",
            "children, pregnancy (urinary infection), dialysis: no dose is proposed",
            "local formularies and prices: cost classes are rough and unchecked; a site replaces "
            "the pack by its own",
            "combinations; steps after the first dose; a dose where some adviser asks for another",
            *UNDOSED,
        ],
    }  # fmt: skip
    evidence = evidence_rows(used)
    folder = write_pack(
        "treatment-options", VERSION, manifest=manifest, tables=tables, evidence=evidence
    )
    print(folder, {name: len(rows) for name, rows in tables.items()})


if __name__ == "__main__":
    main()
