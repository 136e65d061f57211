"""How long advice for all drugs takes from stored findings, and how long the packs take to load.

    python -m bench.advice COHORT.vcf.gz      a file of many people, as bench.inputs makes it

Findings are called once and not counted; ages and sexes vary. First: nobody was asked about before
this person of the list. Warm: everyone was asked about once. The floor is the coded decision
without words: each guideline's opinion on each drug.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from garrod.care.decide.case import case_of
from garrod.care.decide.knowledge import Knowledge, load_knowledge
from garrod.care.decide.opinions import opinions_on
from garrod.care.decide.service import look_ahead
from garrod.core.person import Person
from garrod.entry.wire import Services
from garrod.science.pgx.people import Sample, load_caller

DAY = date(2026, 11, 25)
PEOPLE = 200


def people(path: Path) -> list[Person]:
    """Return persons with the findings of the first samples of a file."""
    services = Services()
    table = services.read(path)
    subjects = [Sample(name) for name in table.samples[:PEOPLE]]
    return [
        Person(
            "Patient/synthetic",
            sex=("female", "male", "")[number % 3],
            birth_date=date(1932 + number * 7 % 90, 1, 1),
            findings=found,
            is_synthetic=True,
        )
        for number, (_, found) in enumerate(services.call(table, subjects))
    ]


def decided(knowledge: Knowledge, person: Person) -> None:
    """Ask every guideline of every drug, and word nothing."""
    setting = case_of(knowledge, person, today=DAY).base
    for drug in knowledge.drugs():
        opinions_on(knowledge, drug, setting)


def measure(path: Path) -> dict[str, float]:
    """Return seconds: packs loaded, and advice a person (median, 95th percentile, floor)."""
    started = time.perf_counter()
    shelf = Services().shelf
    knowledge = load_knowledge(shelf)
    without_caller = time.perf_counter() - started
    load_caller(shelf)
    loaded = time.perf_counter() - started
    asked = people(path)
    first = [_timed(lambda p=p: look_ahead(knowledge, p, today=DAY)) for p in asked]
    words = [_timed(lambda p=p: look_ahead(knowledge, p, today=DAY)) for p in asked]
    floor = [_timed(lambda p=p: decided(knowledge, p)) for p in asked]
    return {
        "packs": loaded,
        "packs without the caller": without_caller,
        "first": statistics.median(first),
        "median": statistics.median(words),
        "p95": sorted(words)[int(0.95 * len(words))],
        "floor": statistics.median(floor),
        "drugs": float(len(knowledge.drugs())),
    }


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
