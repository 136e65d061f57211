"""How long advice for all drugs takes from stored findings, and how long the packs take to load.

    python -m bench.advice COHORT.vcf.gz      a file of many people, as bench.inputs makes it

Findings are called once and not counted. Warm: every person is asked about once before the clock
runs. The floor is the coded decision without words: each guideline's opinion on each drug.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import date
from pathlib import Path

from garrod.care.decide.case import case_of
from garrod.care.decide.knowledge import Knowledge, load_knowledge
from garrod.care.decide.opinions import Meanings, opinions_on
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
        Person("Patient/synthetic", birth_date=date(1970, 1, 1), findings=found, is_synthetic=True)
        for _, found in services.call(table, subjects)
    ]


def decided(knowledge: Knowledge, person: Person) -> None:
    """Ask every guideline of every drug, and word nothing."""
    setting, known = case_of(knowledge, person, today=DAY).base, Meanings(person.findings)
    for drug in knowledge.drugs():
        opinions_on(knowledge, drug, setting, known)


def measure(path: Path) -> dict[str, float]:
    """Return seconds: packs loaded, and advice a person (median, 95th percentile, floor)."""
    started = time.perf_counter()
    shelf = Services().shelf
    knowledge = load_knowledge(shelf)
    without_caller = time.perf_counter() - started
    load_caller(shelf)
    loaded = time.perf_counter() - started
    asked = people(path)
    for person in asked:
        look_ahead(knowledge, person, today=DAY)
    words, floor = [], []
    for person in asked:
        began = time.perf_counter()
        look_ahead(knowledge, person, today=DAY)
        words.append(time.perf_counter() - began)
        began = time.perf_counter()
        decided(knowledge, person)
        floor.append(time.perf_counter() - began)
    return {
        "packs": loaded,
        "packs without the caller": without_caller,
        "median": statistics.median(words),
        "p95": sorted(words)[int(0.95 * len(words))],
        "floor": statistics.median(floor),
        "drugs": float(len(knowledge.drugs())),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
