"""The second reading of two hundred CPIC rows, drawn by a fixed seed, against the coded rows.

cpic_reading.csv holds what a reading of the source text alone said, made before the coded row was
looked at, and, where the two differ, who is right and why. Run: python -m validation cpic_reading
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import Recommendation, load_guidance, matching
from validation.figures import Figure, show
from validation.guidance_rows import Published, published_tables

TABLE = Path(__file__).resolve().parent / "cpic_reading.csv"
SEED = 20261125
DRAWN = 200


def drawn() -> list[Published]:
    """Return the rows that were drawn, in the order of the source table."""
    every = list(published_tables())
    numbers = sorted(random.Random(SEED).sample(range(len(every)), DRAWN))
    return [every[number] for number in numbers]


def read_table() -> list[dict[str, str]]:
    """Return the recorded reading."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_same(row: Recommendation, second: dict[str, str]) -> bool:
    """Return whether the second reader coded the same act, and the same factor where told."""
    has_factor = bool(second["second_factor"])
    is_act = row.action.value == second["second_action"]
    return is_act and (not has_factor or row.dose_factor == second["second_factor"])


def main() -> int:
    """Print how many agree; return 1 where a difference has no comment."""
    guidance = load_guidance(load_shelf())
    same = explained = 0
    open_ones: list[str] = []
    for one, second in zip(drawn(), read_table(), strict=True):
        row = matching(guidance, one.drug, one.keys, one.population)[0]
        if second["drug"] != one.drug or is_same(row, second):
            same += second["drug"] == one.drug
        elif second["comment"]:
            explained += 1
        else:
            open_ones.append(f"- {one.drug} {one.population} {second['key']}: coded {row.action} "
                             f"{row.dose_factor}, read {second['second_action']} "
                             f"{second['second_factor']}")  # fmt: skip
    figures = [
        Figure("rows read a second time", str(DRAWN)),
        Figure("same act and factor", f"{same} of {DRAWN}"),
        Figure("different, judged in the record", str(explained)),
        Figure("different, not judged", str(len(open_ones)), "0", not open_ones),
    ]
    return show("Second reading of CPIC rows", figures, open_ones)
