"""The rows that a second reader codes from the text alone: a stratified draw, and blind sheets.

Each medicine of CPIC and of DPWG has at least one row in the draw, the rest are drawn from all
rows; the seeds are fixed. A sheet holds the source's own words and nothing of ours. It is written
outside the project, for its texts are not ours to keep.
Run: python -m validation.readings DIR
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from validation.data import PGX, rows

SEED = 20261128
DRAWN = {"CPIC": 200, "DPWG": 90}
GIVEN = (
    "guideline",
    "drugs",
    "population",
    "classification",
    "lookup_key",
    "implications",
    "recommendation",
)
READ = (
    "action",
    "dose_factor",
    "dose_limit",
    "alternatives",
    "monitoring",
    "circumstance",
    "remark",
)


def numbered(source: str) -> list[tuple[int, Mapping[str, str]]]:
    """Return the rows of one source that can be asked for, each with its line in the table."""
    table = rows(PGX / "knowledge" / "recommendations_flat.csv.gz", tabs=False)
    return [
        (number, row)
        for number, row in enumerate(table, start=1)
        if row["source"] == source and "xN combinations" not in row["lookup_key"]
    ]


def drawn(source: str) -> list[tuple[int, Mapping[str, str]]]:
    """Return the drawn rows of one source: one of every medicine, then any, in table order."""
    every, chance = numbered(source), random.Random(SEED)
    by_drug: dict[str, list[int]] = {}
    for number, row in every:
        by_drug.setdefault(row["drugs"], []).append(number)
    chosen = {chance.choice(numbers) for _, numbers in sorted(by_drug.items())}
    rest = [number for number, _ in every if number not in chosen]
    chosen.update(chance.sample(rest, max(0, DRAWN[source] - len(chosen))))
    return [(number, row) for number, row in every if number in chosen]


def write_sheet(path: Path, found: Sequence[tuple[int, Mapping[str, str]]]) -> None:
    """Write a blind sheet: one JSON object a line, with the fields that the reader fills."""
    with path.open("w", encoding="utf-8") as file:
        for number, row in found:
            given = {"row": number, **{name: row[name] for name in GIVEN}}
            file.write(json.dumps(given, ensure_ascii=False) + "\n")
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as empty:
        csv.writer(empty, lineterminator="\n").writerow(("row", *READ))


def main(folder: str) -> int:
    """Write the sheets of both sources into a folder."""
    for source in DRAWN:
        write_sheet(Path(folder) / f"{source.lower()}.jsonl", drawn(source))
        print(f"{source}: {len(drawn(source))} rows")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))
