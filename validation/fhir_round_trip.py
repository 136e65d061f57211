"""Our findings written as FHIR and read back: the same, whole; and what a stranger would read.

For each person: report -> bundle -> file -> reader -> findings. Then the same bundle without our
extensions, as another system may have kept it: what was called is read alike, what was not settled
is never read as one diplotype.
"""

from __future__ import annotations

import copy
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from garrod.adapters.fhir.genomics_codes import FINDING_URL
from garrod.adapters.fhir.person import Read, read_person
from garrod.care.decide.pharmacogenomics import Knowledge
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.finding import GeneFinding, Status
from garrod.core.medicine import REVIEW
from garrod.core.person import Person
from garrod.science.pgx.outside import findings_from
from validation.calling import POPULATION, caller, shelf
from validation.fhir_people import DAY, bundles
from validation.figures import Figure, at_least, none_of, show

PEOPLE = 300
UNTOLD = ("Indeterminate", "n/a", "")


@dataclass(slots=True)
class Tally:
    """What was counted over all people."""

    whole: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def count(self, what: str, is_same: bool, note: str) -> None:
        """Count one comparison, and keep a few of those that differ."""
        self.whole[what] += 1
        self.same[what] += is_same
        if not is_same and len(self.notes) < 20:
            self.notes.append(f"- {what}: {note}")


def read_back(bundle: dict[str, Any]) -> Read:
    """Return what our reader makes of a bundle."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.json"
        path.write_bytes(orjson.dumps(bundle))
        return read_person(path)


def stripped(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return the bundle as a system that drops extensions it does not know would keep it."""
    kept = copy.deepcopy(bundle)
    for entry in kept["entry"]:
        extensions = entry["resource"].get("extension", [])
        others = [e for e in extensions if e["url"] != FINDING_URL]
        if others:
            entry["resource"]["extension"] = others
        else:
            entry["resource"].pop("extension", None)
    return kept


def compare_whole(tally: Tally, person: Person, read: Read) -> None:
    """Count which findings come back as they were, part by part."""
    back = {f.gene: f for f in read.findings}
    for told in person.findings:
        seen = back.get(told.gene, GeneFinding(told.gene, Status.NOT_ASSESSED))
        note = f"{told} != {seen}"
        tally.count("status", seen.status is told.status, note)
        tally.count("candidates and probabilities", seen.candidates == told.candidates, note)
        tally.count("phenotype", seen.phenotype == told.phenotype, note)
        tally.count("activity score", seen.activity_score == told.activity_score, note)
        tally.count("the whole finding", seen == told, note)
    tally.count("nothing beside our findings", not read.rows, str(read.rows[:2]))


@cache
def _knowledge() -> Knowledge:
    return load_knowledge(shelf())


def compare_advice(tally: Tally, person: Person, read: Read) -> None:
    """Count whose advice, for medicines taken, is the same from what was read back."""
    knowledge = _knowledge()
    again = replace(person, findings=read.findings)
    told, seen = (decide(knowledge, p, REVIEW, today=DAY).as_json() for p in (person, again))
    tally.count("advice, whole", told == seen, str(person.reference))


def compare_stripped(tally: Tally, person: Person, read: Read, sex: str) -> Iterator[GeneFinding]:
    """Count what comes back without our extensions; yield what was read as called and was not."""
    made = caller(POPULATION)
    back = findings_from(read.rows, made.definitions, made.phenotyping, sex=sex)
    for told in person.findings:
        seen = back.get(told.gene)
        if told.status is Status.CALLED:
            name = seen.candidates[0].name if seen and seen.candidates else ""
            note = f"{told.gene} {told.candidates[0].name} {told.phenotype} -> {seen}"
            tally.count("stripped, called: diplotype", name == told.candidates[0].name, note)
            if told.phenotype not in UNTOLD:
                is_same = seen is not None and seen.phenotype == told.phenotype
                tally.count("stripped, called: phenotype", is_same, note)
        elif seen and seen.status is Status.CALLED and "/" in seen.candidates[0].name:
            yield seen


def measure(count: int) -> tuple[list[Figure], list[str]]:
    """Return the figures."""
    tally, invented, people, open_genes = Tally(), 0, 0, 0
    for person, bundle in bundles(count, is_ahead=False):
        people += 1
        back = read_back(bundle)
        compare_whole(tally, person, back)
        compare_advice(tally, person, back)
        alone = read_back(stripped(bundle))
        wrong = list(compare_stripped(tally, person, alone, person.sex))
        invented += len(wrong)
        open_genes += sum(f.status is not Status.CALLED for f in person.findings)
        tally.notes += [f"- invented: {f}" for f in wrong[:1]]
    figures = [
        at_least(f"{what}, {people} people", tally.same[what], whole, 100)
        for what, whole in tally.whole.items()
    ]
    figures.append(
        none_of("stripped, not settled: read as a called diplotype", invented, open_genes)
    )
    return figures, tally.notes


def main() -> int:
    """Print the figures."""
    return show("FHIR round trip", *measure(PEOPLE))


if __name__ == "__main__":
    raise SystemExit(main())
