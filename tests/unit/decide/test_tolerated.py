"""Tolerated before: a long-taken dose is not stopped at each repeat, where that is safe."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.prescribing import PACK, Prescribing, load_prescribing
from garrod.core.advice import Tier
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.knowledge.shelf import Shelf
from tests.making.decisions import ADULT, KNOWLEDGE, PM, ask, candidate, finding

POOR = finding("CYP2C19", candidate("*2/*2", 1.0, PM))


def taking(drug: str, daily: str | None, started: date | None) -> Person:
    amount = Decimal(daily) if daily else None
    return replace(ADULT, medicines=(MedicineLine(drug, daily_mg=amount, started=started),))


def tier(person: Person, drug: str, daily: str | None) -> Tier:
    found = ask(person, drug, POOR, daily_mg=Decimal(daily) if daily else None)
    return min(a.tier for a in found.advice if a.id.startswith("pgx:"))


LONG = date(2024, 1, 1)


def test_repeat_of_a_long_tolerated_dose_is_told_inline_with_its_reason() -> None:
    assert tier(ADULT, "citalopram", "20") is Tier.T2
    person = taking("citalopram", "20", LONG)
    assert tier(person, "citalopram", "20") is Tier.T3
    (told,) = [a for a in ask(person, "citalopram", POOR, daily_mg=Decimal(20)).advice
               if a.id.startswith("pgx:")]  # fmt: skip
    assert "tolerated" in {b.step for b in told.because}
    assert any("PMC10484150" in (e.url or "") for e in told.evidence)


def test_higher_unknown_or_recent_doses_are_not_tolerated_yet() -> None:
    assert tier(taking("citalopram", "20", LONG), "citalopram", "40") is Tier.T2
    assert tier(taking("citalopram", "20", LONG), "citalopram", None) is Tier.T2
    assert tier(taking("citalopram", None, LONG), "citalopram", "20") is Tier.T2
    assert tier(taking("citalopram", "20", date(2026, 9, 1)), "citalopram", "20") is Tier.T2
    assert tier(taking("citalopram", "20", None), "citalopram", "20") is Tier.T2


def test_failure_that_shows_nothing_is_never_tolerated() -> None:
    assert "clopidogrel" not in KNOWLEDGE.prescribing.tolerated
    assert tier(taking("clopidogrel", "75", LONG), "clopidogrel", "75") is Tier.T2


def test_what_another_medicine_makes_of_a_gene_is_new() -> None:
    normal = finding("CYP2D6", candidate("*1/*1", 1.0, "Normal Metabolizer", "2.0"))
    person = taking("amitriptyline", "75", LONG)
    line = MedicineLine("paroxetine", started=date(2026, 11, 20))
    both = replace(person, medicines=(*person.medicines, line))
    alone = ask(person, "amitriptyline", normal, daily_mg=Decimal(75))
    told = ask(both, "amitriptyline", normal, daily_mg=Decimal(75))
    assert not [a for a in alone.advice if a.tier is Tier.T2 and a.id.startswith("pgx:")]
    assert [a for a in told.advice if a.tier <= Tier.T2 and a.id.startswith("pgx:")]


def test_shelf_without_the_pack_has_the_budget_of_the_code() -> None:
    shelf = load_shelf()
    bare = Shelf([shelf.pack(n) for n in shelf.names() if n != PACK])
    assert load_prescribing(bare) == Prescribing()
    assert (KNOWLEDGE.prescribing.budget.interruptive, KNOWLEDGE.prescribing.budget.orders) == (
        50,
        1000,
    )
