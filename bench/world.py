"""Measures the synthetic world: speed, memory, size, whose numbers, and how many medicines.

    python -m bench.world                       1,000 and 10,000 people, about a minute
    python -m bench.world --people 900000       the whole: a quarter of an hour and 30 GB of disk

Figures are ratios, so that a small world tells of a large one: time to that of parsing and writing
the same kind of bytes in the same run; peak memory and bytes a person to those of the small world.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from bench.__main__ import GARROD, cold
from garrod.adapters.packs.load import load_shelf
from garrod.adapters.world import load_profile
from garrod.adapters.world.identity import MOST_PEOPLE
from garrod.core.identifiers import NhsNumber

SMALL, SEED, YEAR = 1_000, 20_261_128, 2025
Figures = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--folder", type=Path, help="where there is room; else the usual one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="garrod-world-", dir=given.folder) as made:
        found = measured(Path(made), given.people, given.seed)
    print(json.dumps(found, indent=2))


def measured(folder: Path, people: int, seed: int) -> Figures:
    """Return the figures of a world of so many people, beside a small one."""
    small = drawn(folder / "small", SMALL, seed)
    again = drawn(folder / "again", SMALL, seed)
    other = drawn(folder / "other", SMALL, seed + 1)
    marks = [digest(folder / name) for name in ("small", "again", "other")]
    floor = copied(folder / "small", folder / "copy")  # seconds a byte
    whole = drawn(folder / "whole", people, seed)
    return {
        "small": small,
        "whole": whole,
        "time_to_floor": round(whole["seconds"] / (whole["bytes"] * floor), 2),
        "memory_to_small": round(whole["peak_mib"] / small["peak_mib"], 3),
        "bytes_a_person_to_small": round(whole["bytes_a_person"] / small["bytes_a_person"], 3),
        "same_seed_same_bytes": marks[0] == marks[1] and small["bytes"] == again["bytes"],
        "other_seed_other_bytes": marks[0] != marks[2] and other["bytes"] > 0,
        "small_is_a_prefix": is_prefix(folder / "small", folder / "whole"),
        "nhs_numbers": numbers(folder / "whole"),
        "medicines": medicines(folder / "whole", people),
    }


def drawn(folder: Path, people: int, seed: int) -> Figures:
    """Return what the command took and wrote."""
    asked = ("world", "--people", str(people), "--seed", str(seed), "-o", str(folder))
    seconds, peak = cold((GARROD[0], *asked), tries=1)
    size = sum(p.stat().st_size for p in folder.iterdir())
    return {
        "people": people,
        "seconds": round(seconds, 2),
        "people_a_second": round(people / seconds),
        "peak_mib": round(peak, 1),
        "bytes": size,
        "bytes_a_person": round(size / people),
    }


def digest(folder: Path) -> str:
    """Return one hash of all files of a world."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def copied(folder: Path, to: Path) -> float:
    """Return the seconds a byte that parsing and writing again takes: the floor."""
    to.mkdir()
    size, started = 0, time.perf_counter()
    for path in folder.iterdir():
        with path.open("rb") as lines, (to / path.name).open("wb") as file:
            for line in lines:
                size += file.write(
                    orjson.dumps(orjson.loads(line), option=orjson.OPT_APPEND_NEWLINE)
                )
    return (time.perf_counter() - started) / size


def is_prefix(small: Path, whole: Path) -> bool:
    """Return whether each file of the small world is the beginning of the whole's."""
    for path in small.iterdir():
        wanted = path.read_bytes()
        with (whole / path.name).open("rb") as file:
            if file.read(len(wanted)) != wanted:
                return False
    return True


def rows(path: Path) -> Iterator[Figures]:
    """Yield the resources of a file."""
    with path.open("rb") as lines:
        yield from map(orjson.loads, lines)


def numbers(folder: Path) -> Figures:
    """Return how many NHS numbers there are, how many differ, and whether all are of range 999."""
    seen, count, are_for_tests = np.zeros(10**7, dtype=bool), 0, True
    for patient in rows(folder / "Patient.ndjson"):
        value = str(NhsNumber(patient["identifier"][0]["value"]))
        are_for_tests &= value.startswith("999")
        seen[int(value[3:])] = True
        count += 1
    return {
        "all": count,
        "distinct": int(seen.sum()),
        "range_999": are_for_tests,
        "most": MOST_PEOPLE,
    }


def medicines(folder: Path, people: int) -> list[Figures]:
    """Return, for each figure of the profile, what was drawn and the ratio to it."""
    ages, taken = np.zeros(people, dtype=np.int16), np.zeros(people, dtype=np.int16)
    for number, patient in enumerate(rows(folder / "Patient.ndjson")):
        ages[number] = YEAR - int(patient["birthDate"][:4])
    lines = rows(folder / "MedicationStatement.ndjson")
    for who, group in groupby(lines, key=lambda r: r["subject"]["reference"]):
        current = {
            r["medicationCodeableConcept"]["coding"][0]["code"]
            for r in group
            if r["status"] == "active"
        }
        taken[int(who.removeprefix("Patient/w"))] = len(current)
    found = []
    for figure in load_profile(load_shelf()).figures:
        of_age = taken[(ages >= figure.from_age) & (ages <= figure.to_age)]
        share = float((of_age >= figure.least).mean()) if of_age.size else 0.0
        found.append(
            {"what": figure.what, "in_life": figure.share, "drawn": round(share, 4),
             "ratio": round(share / figure.share, 2)}
        )  # fmt: skip
    return found


if __name__ == "__main__":
    sys.exit(main())
