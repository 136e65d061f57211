"""The second reading of two hundred CPIC rows, drawn by a fixed seed, against the coded rows.

cpic_reading.csv holds what a second reading said of each row: the act, and a factor where one was
read; where it differs from the coded row, a comment. It is a check by the project's lead, not two
independent readers: the start of each text was read, strength and alternatives were not, some coded
rows had been seen before, and the same reader judged the differences.
Run: python -m validation cpic_reading
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import Recommendation, load_guidance, matching
from validation.figures import Figure, show
from validation.guidance_rows import POPULATIONS, Published, published_tables

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


def is_of(one: Published, second: dict[str, str]) -> bool:
    """Return whether a recorded row is the drawn one: its drug, its population and its keys."""
    keys = {
        gene: values for gene, _, values in (c.partition("=") for c in second["key"].split(";"))
    }
    is_population = POPULATIONS[second["population"]] == one.population
    drawn_keys = {gene: "|".join(values) for gene, values in one.keys.items()}
    return second["drug"] == one.drug and is_population and keys == drawn_keys


def main() -> int:
    """Print how many agree; return 1 where a difference has no comment."""
    guidance = load_guidance(load_shelf())
    same = explained = strays = factors = silent = 0
    open_ones: list[str] = []
    for one, second in zip(drawn(), read_table(), strict=True):
        row = matching(guidance, one.drug, one.keys, one.population)[0]
        factors += bool(second["second_factor"])
        silent += bool(row.dose_factor) and not second["second_factor"]
        if not is_of(one, second):
            strays += 1
        elif is_same(row, second):
            same += 1
        elif second["comment"]:
            explained += 1
        else:
            open_ones.append(f"- {one.drug} {one.population} {second['key']}: coded {row.action} "
                             f"{row.dose_factor}, read {second['second_action']} "
                             f"{second['second_factor']}")  # fmt: skip
    figures = [
        Figure("rows read a second time", str(DRAWN)),
        Figure("drugs among them", str(len({one.drug for one in drawn()}))),
        Figure("recorded rows that are not the drawn ones", str(strays), "0", not strays),
        Figure("same act, and factor where one was read", f"{same} of {DRAWN}"),
        Figure("rows where a factor was read", str(factors)),
        Figure("rows with a coded factor that was not read a second time", str(silent)),
        Figure("different, judged in the record", str(explained)),
        Figure("different, not judged", str(len(open_ones)), "0", not open_ones),
    ]
    return show("Second reading of CPIC rows", figures, open_ones)
