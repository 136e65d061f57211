"""Reads what is done: courses of medicines, visits, admissions, laboratory panels."""

from __future__ import annotations

from collections.abc import Container

from garrod.adapters.world.chance import Odds
from garrod.adapters.world.load_health import check_medicines, checked
from garrod.adapters.world.model import (
    SEXES,
    Admissions,
    Course,
    Illness,
    Panel,
    Result,
    Visits,
)
from garrod.adapters.world.section import Section, wrong
from garrod.core.identifiers import Icd10, Snomed

ILL = {"egfr": "ckd", "hba1c": "diabetes"}  # results that an illness moves, as the keys begin


def course_of(section: Section, medicines: Container[str]) -> Course:
    """Return how lines begin, change and end."""
    stated, supplies = section.weights("stated"), section.weights("supply_days")
    check_medicines(section, list(stated), medicines)
    if not all(days.isdecimal() and 1 <= int(days) <= 366 for days in supplies):
        raise wrong(f"{section.place}.supply_days", "expected numbers of days")
    found = Course(
        years_taken=section.limits("years_taken"),
        started=section.share("started_share"),
        changed=section.share("changed_share"),
        stopped=section.share("stopped_share"),
        stop_reasons=Odds.of(section.weights("stop_reasons")),
        supply_days=Odds.of({int(days): weight for days, weight in supplies.items()}),
        taken_well=section.share("taken_well_share"),
        collected=section.share("collected"),
        collected_badly=section.share("collected_badly"),
        never_collected=section.share("never_collected_share"),
        stated=section.share("stated_share"),
        stated_medicines=Odds.of(stated),
    )
    section.done()
    return found


def visits_of(section: Section) -> Visits:
    """Return how often people see their practice."""
    ages = section.ages("ages")
    found = Visits(
        ages=ages,
        curves={sex: section.numbers(sex, len(ages), 0, 100) for sex in SEXES},
        recorded=section.share("recorded"),
        by_telephone=section.share("by_telephone"),
    )
    section.done()
    return found


def admissions_of(section: Section, medicines: Container[str]) -> Admissions:
    """Return how often people are admitted, and what changes then."""
    ages, started = section.ages("ages"), section.weights("started")
    check_medicines(section, list(started), medicines)
    reasons, weights = [], []
    for row in section.sections("reasons"):
        name = row.text("name")
        snomed, icd10 = checked(row, "snomed", Snomed), checked(row, "icd10", Icd10)
        reasons.append(Illness(name, name, snomed, icd10, curves={}, slots=()))
        weights.append(row.number("weight"))
        row.done()
    if not sum(weights):
        raise wrong(f"{section.place}.reasons", "expected one reason at least")
    found = Admissions(
        ages=ages,
        rates=section.numbers("rate", len(ages), 0, 5),
        most=section.whole("most", 0, 12),
        nights=section.limits("nights"),
        stopped=section.share("stopped_share"),
        changed=section.share("changed_share"),
        started=section.share("started_share"),
        started_from_age=section.whole("started_from_age", 0, 130),
        started_medicines=Odds.of(started),
        updated=section.share("practice_updates"),
        delay=section.limits("practice_delay_days"),
        reasons=Odds(reasons, weights),
    )
    section.done()
    return found


def panels_of(root: Section) -> dict[str, Panel]:
    """Return the panels of the laboratory, by name."""
    results = {key: _result(key, row) for key, row in root.named("result")}
    found = {}
    for key, row in root.named("panel"):
        names = row.words("results")
        unknown = [name for name in names if name not in results]
        if unknown:
            raise wrong(f"{row.place}.results", f"no [result] table for {', '.join(unknown)}")
        parts = tuple(results[name] for name in names)
        found[key] = Panel(key, row.text("name"), row.text("loinc"), parts)
        row.done()
    return found


def _result(key: str, row: Section) -> Result:
    ill = ILL.get(key, "")
    found = Result(
        key=key,
        name=row.text("name"),
        loinc=row.text("loinc"),
        unit=row.text("unit"),
        digits=row.whole("digits", 0, 3),
        mean=row.number("mean", default=0),
        sd=row.number("sd", default=0),
        within=row.share("within", 0),
        low=row.number("low", default=0),
        high=row.number("high", default=0),
        per_year=row.number("per_year", -10, 10, 0),
        ill=(row.number(f"{ill}_mean"), row.number(f"{ill}_sd")) if ill else (0, 0),
    )
    row.done()
    return found
