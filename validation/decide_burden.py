"""Anticholinergic votes against the published table, and what the table's error does.

Reference: MajVote of g-b-f/ACB-data, name by name. Ours is the commonest score of the eight scales,
of a tie that of the first; a score of 4 is outside 0 to 3 and is left out. No tolerance: the one
name that only the 4 rates must come out as not rated.
Run: python -m validation decide_burden
"""

from __future__ import annotations

import csv
from collections.abc import Mapping

from garrod.adapters.packs.load import load_shelf
from garrod.science.safety.burden import MAJORITY, PACK, SCALES, majority, scored
from validation.data import PGX
from validation.figures import Figure, at_least, share, show

TABLE = PGX.parent / "decide" / "polypharmacy" / "ACB_table.csv"
PUBLISHED = "MajVote"


def names() -> dict[str, Mapping[str, str]]:
    """Return the rows of the published table, a name once."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


def vote(row: Mapping[str, str]) -> int | None:
    """Return our vote of a row."""
    return scored(row, MAJORITY)


def raw(row: Mapping[str, str]) -> int | None:
    """Return the vote with errors left in, as the table was published."""
    return majority([int(row[s]) for s in SCALES if row[s]])


def main() -> int:
    """Print the figures; return 1 where a vote is not reproduced."""
    rows = names()
    same = [n for n, row in rows.items() if raw(row) == int(row[PUBLISHED])]
    outside = {n for n, row in rows.items() if any(int(row[s] or 0) > 3 for s in SCALES)}
    changed = sorted(n for n, row in rows.items() if vote(row) != int(row[PUBLISHED]))
    shipped = load_shelf().rows(PACK, "anticholinergic")
    drugs = sum(scored(row, MAJORITY) is not None for row in shipped)
    figures = [
        at_least("votes reproduced, errors left in", len(same), len(rows), 100),
        Figure(
            "votes that differ once scores of 4 are left out",
            ", ".join(changed) or "none",
            "emepronium (then not rated)",
            changed == ["emepronium"] and vote(rows["emepronium"]) is None,
        ),
        share("names with a score of 4", len(outside), len(rows)),
        share("ingredients of the pack with a vote", drugs, len(shipped)),
    ]
    return show("Anticholinergic burden: the votes", figures)


if __name__ == "__main__":
    raise SystemExit(main())
