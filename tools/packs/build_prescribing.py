"""Writes the pack prescribing: how often to interrupt, who does what follows, what was tolerated.

Own choices of the project, for a clinical safety officer to sign; rows in prescribing/*.csv.
Run: python tools/packs/build_prescribing.py
"""

from __future__ import annotations

from pathlib import Path

from guidance_source import table
from writing import write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "prescribing"
CITED = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
EVIDENCE = (
    ("own", "Garrod policy", VERSION, "awaiting clinical sign-off", "",
     "docs/explanation/tiers.md", "Apache-2.0", RETRIEVED),
    ("tolerated", "Why alerts are overridden: a quarter because it was tolerated before", "2023",
     "reasons of overrides, as cited in the project's notes (unchecked); the list of medicines and "
     "180 days are the project's own, awaiting clinical sign-off", "",
     "https://pmc.ncbi.nlm.nih.gov/articles/PMC10484150/", "facts", RETRIEVED),
)  # fmt: skip


def main() -> None:
    """Write the pack."""
    names = ("alert_budget", "follow_ups", "tolerated")
    tables = {name: [dict(row) for row in table(name, FOLDER)] for name in names}
    manifest = {
        "title": "How the decision is told: alert budget, follow-ups, what was tolerated",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [],
        "covers": ["at most 50 interruptive cards in a site's last 1,000 orders, hard stops apart",
                   "owners of what follows an answer", "medicines whose harm by genes shows early"],
        "does_not_cover": [
            "budgets of one prescriber or team",
            "medicines whose harm comes late, or whose failure shows nothing (clopidogrel, "
            "tamoxifen, statins, thiopurines, fluoropyrimidines): never lowered as tolerated",
        ],
    }  # fmt: skip
    evidence = [dict(zip(CITED, row, strict=True)) for row in EVIDENCE]
    folder = write_pack("prescribing", VERSION, manifest=manifest, tables=tables, evidence=evidence)
    print(folder, {name: len(rows) for name, rows in tables.items()})


if __name__ == "__main__":
    main()
