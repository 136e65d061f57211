"""The second reading of sixty DPWG rows, drawn by a fixed seed, against the coded rows.

dpwg_reading.csv holds, row by row, what was coded and what a second reading of the text alone
said. Here it is checked that the rows are the drawn ones, that the coded column is what the pack
says today, and how many agree.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import Guidance, load_guidance
from validation.dpwg_rows import PACK, Published, coded_for, published

TABLE = Path(__file__).resolve().parent / "dpwg_reading.csv"
SEED = 20261125
DRAWN = 60


def drawn() -> list[Published]:
    """Return the rows that were drawn, in the order of the source table."""
    return sorted(random.Random(SEED).sample(list(published()), DRAWN), key=lambda p: p.number)


def coded_as(guidance: Guidance, one: Published) -> str:
    """Return what we coded for a source row: "avoid", or "pain=monitor; cough=standard"."""
    found = [
        (
            "" if row.population == "general" else f"{row.population}=",
            f"{row.action} {row.dose_factor}".strip(),
        )
        for row in coded_for(guidance, one)
    ]
    return "; ".join(sorted(where + act for where, act in found))


def read_table() -> list[dict[str, str]]:
    """Return the recorded reading."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def problems(guidance: Guidance, recorded: list[dict[str, str]]) -> list[str]:
    """Return what is wrong with the record itself."""
    found = []
    rows = {row["row"]: row for row in recorded}
    if list(rows) != [str(one.number) for one in drawn()]:
        return ["the recorded rows are not the drawn ones"]
    for one in drawn():
        row = rows[str(one.number)]
        if row["coded"] != coded_as(guidance, one):
            found.append(f"row {one.number}: coded {coded_as(guidance, one)}, record differs")
        if (row["agree"] == "yes") != (row["coded"] == row["second"]):
            found.append(f"row {one.number}: agree is {row['agree']!r}, the columns say otherwise")
    return found


def main() -> int:
    """Print agreement; return 1 where the record is stale or a difference has no reason."""
    recorded = read_table()
    found = problems(load_guidance(load_shelf(), PACK), recorded)
    differ = [row for row in recorded if row["agree"] != "yes"]
    found += [f"row {row['row']}: differs without a reason" for row in differ if not row["why"]]
    print("| rows drawn | agree | differ | seed |\n|---|---|---|---|")
    print(f"| {len(recorded)} | {len(recorded) - len(differ)} | {len(differ)} | {SEED} |")
    for line in [*(f"{r['row']} {r['drug']} {r['key']}: {r['why']}" for r in differ), *found]:
        print(f"  {line}")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
