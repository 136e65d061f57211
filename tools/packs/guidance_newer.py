"""Rows of guidelines newer than the main source, hand-written from the one report that prints them.

guidance/newer.csv holds a row only where its own phenotype is at hand; nothing is inferred for the
other phenotypes of the same guideline.
"""

from __future__ import annotations

from guidance_source import table

ROW = ("id", "guideline", "drugs", "population", "keys", "action", "strength", "dose_factor",
       "dose_limit", "alternatives", "monitoring", "implication", "notes")  # fmt: skip


def newer_rows() -> list[dict[str, str]]:
    """Return the rows for recommendations.csv, each citing its own guideline."""
    return [
        {**{column: row[column] for column in ROW}, "evidence": row["guideline"]}
        for row in table("newer")
    ]


def newer_guidelines() -> list[dict[str, str]]:
    """Return the rows for guidelines.csv; a guideline named twice is given once."""
    found = {}
    for row in table("newer"):
        key = row["guideline"]
        found[key] = {
            "guideline": key, "name": row["name"], "source": "CPIC", "version": row["version"],
            "genes": row["genes"], "pmid": row["pmid"], "url": row["url"], "evidence": key,
        }  # fmt: skip
    return list(found.values())


def newer_loci() -> dict[str, str]:
    """Return for each newer guideline which of its rows were at hand, and where."""
    return {row["guideline"]: row["locus"] for row in table("newer")}
