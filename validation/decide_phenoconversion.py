"""The table of phenoconversion, and the 40 shared rows of inhibitors, against packs and policy.

A row agrees where the policy counts the strength that the row gives; where it counts another, the
proof chain must name the row's strength among what else is said. Run: python -m validation
decide_phenoconversion
"""

from __future__ import annotations

import csv

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.behaviour import load_conversions
from garrod.science.pgx.modulators import INHIBITS, modulations
from validation.data import PGX
from validation.figures import Figure, at_least, none_of, show

ROWS = PGX.parent / "decide" / "phenoconversion" / "cyp_inhibitors.csv"
ENZYMES = {"CYP3A4": "CYP3A"}


def main() -> int:
    """Print how many rows agree, and each disagreement; return 1 where one is hidden."""
    facts = load_conversions(load_shelf()).facts
    with ROWS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    agree, shown, hidden = [], [], []
    for row in rows:
        enzyme = ENZYMES.get(row["enzyme"], row["enzyme"])
        found = modulations(facts.modulators, facts.rules, enzyme, {row["drug"]: row["drug"]})
        counted = [m for m in found if m.effect == INHIBITS]
        if any(m.strength == row["strength"] for m in counted):
            agree.append(row)
        elif any(said.startswith(row["strength"]) for m in counted for said in m.others):
            shown.append(
                f"- {row['drug']}, {row['enzyme']}: {row['strength']}; counted as "
                f"{counted[0].strength} ({counted[0].source}), the other is shown"
            )
        else:
            hidden.append(f"- {row['drug']}, {row['enzyme']}: {row['strength']} is not shown")
    figures = [
        at_least("rows that agree or whose disagreement is shown", len(agree) + len(shown),
                 len(rows), 100),
        Figure("rows that agree", f"{len(agree)} of {len(rows)}"),
        none_of("disagreements that nobody sees", len(hidden), len(rows)),
    ]  # fmt: skip
    return show("Inhibitors of the shared table", figures, [*shown, *hidden])
