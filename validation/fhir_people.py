"""People of the reference data with their reports as bundles: called, advised, written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from garrod.adapters.report.fhir import report_bundle
from garrod.adapters.report.model import Report
from garrod.care.decide.service import decide, load_knowledge, look_ahead
from garrod.core.finding import GeneFinding
from garrod.core.medicine import REVIEW, MedicineLine
from garrod.core.person import Person
from garrod.science.pgx.people import Sample
from validation.calling import POPULATION, SEXES, call_file, shelf
from validation.data import PGX, rows

DAY = date(2026, 11, 25)
MEDICINES = tuple(
    MedicineLine(n) for n in ("clopidogrel", "codeine", "simvastatin", "warfarin", "fluorouracil")
)
Found = tuple[GeneFinding, ...]


def _synthetic() -> Iterator[tuple[str, str, Found]]:
    folder = PGX / "synthetic400"
    sexes = {r["sample"]: SEXES[r["sex"]] for r in rows(folder / "expected.tsv")}
    people = [Sample(name, sex) for name, sex in sexes.items()]
    called = call_file(folder / "synthetic.vcf.gz", rules=POPULATION, people=people)
    for name, found in called.items():
        yield name, sexes[name], tuple(found.values())


def _population() -> Iterator[tuple[str, str, Found]]:
    for name, found in call_file(PGX / "population400" / "people.vcf.gz", rules=POPULATION).items():
        yield name, "", tuple(found.values())


def _cohort() -> Iterator[tuple[str, str, Found]]:
    called = call_file(PGX / "cohort100" / "cohort.vcf.gz", rules=POPULATION)
    for name, found in called.items():
        yield name, "", tuple(found.values())


def people(count: int) -> Iterator[tuple[str, Person]]:
    """Yield about so many people of each of the three sets, evenly spread over each."""
    for part, read in (("synthetic", _synthetic), ("population", _population), ("cohort", _cohort)):
        found = list(read())
        step = max(1, len(found) // max(1, count))
        for name, sex, findings in found[::step][:count]:
            person = Person("Patient/p", sex=sex, birth_date=date(1960, 1, 1), findings=findings)
            yield f"{part} {name}", replace(person, medicines=MEDICINES, is_synthetic=True)


def bundles(count: int, *, is_ahead: bool = True) -> Iterator[tuple[Person, dict[str, Any]]]:
    """Yield people, evenly of the three sets, each with the bundle of their report.

    `is_ahead`: with advice for the medicines that they do not take.
    """
    knowledge = load_knowledge(shelf())
    for name, person in people(-(-count // 3)):
        decision = decide(knowledge, person, REVIEW, today=DAY)
        report = Report(
            title="Pharmacogenomic report",
            sample=name,
            assembly="GRCh38",
            source="people.vcf.gz",
            source_sha256="",
            made_on=DAY,
            software="garrod 0",
            subject_note="Synthetic person",
            now=decision.advice,
            next=look_ahead(knowledge, person, today=DAY) if is_ahead else (),
            findings=person.findings,
            not_assessed=decision.not_assessed,
        )
        yield person, report_bundle(report, person)
