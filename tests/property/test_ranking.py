"""Whoever it is: what some adviser speaks loudly against is never offered, nor ranked in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.causes import AGAINST
from garrod.care.decide.model import Decision
from garrod.care.decide.naming import named_in
from garrod.care.decide.ranking import LOUD, TELLING, Ranker
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Allergy, Condition, Person, Result
from garrod.core.quantity import Quantity
from tests.property.test_decision import ALLELES, findings

KNOWLEDGE = load_knowledge(load_shelf())
TODAY = date(2026, 11, 25)
ROWS = KNOWLEDGE.treatments
INDICATIONS = sorted(ROWS.by_indication)
DRUGS = sorted({r.drug for rows in ROWS.by_indication.values() for r in rows})
TAKEN = (*DRUGS, "methotrexate", "spironolactone", "phenytoin", "tramadol", "ketoconazole")
CONDITIONS = (
    *("stroke", "heart failure", "gastrointestinal bleeding", "peptic ulcer", "asthma", "gout"),
    *("chronic kidney disease stage 4", "G6PD deficiency", "long QT syndrome", "epilepsy"),
)
GENES = sorted({"CYP2C19", "CYP2D6", "SLCO1B1", "G6PD"} & set(ALLELES))


def drug_name(drug: str) -> str:
    found = KNOWLEDGE.medicines.by_id(drug)
    assert found is not None
    return found.name


@st.composite
def persons(draw: st.DrawFn) -> Person:
    """Draw a person with medicines, allergies, conditions, kidney function and genes."""
    sex = draw(st.sampled_from(("male", "female")))
    taken = draw(st.lists(st.sampled_from(TAKEN), max_size=5, unique=True))
    allergic = draw(st.lists(st.sampled_from(DRUGS), max_size=2, unique=True))
    had = draw(st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True))
    egfr = draw(st.integers(5, 120))
    seen = date(2026, 11, 1)
    code = (Coding("http://loinc.org", "33914-3"),)
    return Person(
        "Patient/1",
        sex=sex,
        birth_date=date(draw(st.integers(1930, 2015)), 1, 1),
        weight_kg=Decimal(draw(st.integers(30, 120))),
        weight_seen=seen,
        is_pregnant=draw(st.booleans()) if sex == "female" else None,
        pregnancy_seen=seen,
        medicines=tuple(MedicineLine(d, started=date(2026, 1, 1)) for d in taken),
        allergies=tuple(Allergy(drug_name(d)) for d in allergic),
        conditions=tuple(Condition(c, (Coding("", "", c),)) for c in had),
        results=(
            Result("eGFR", code, Quantity(Decimal(egfr), "mL/min/{1.73_m2}"), seen=seen),
        ),
        findings=tuple(draw(findings(g, sex)) for g in draw(st.sets(st.sampled_from(GENES)))),
    )  # fmt: skip


def asked(person: Person, drug: str) -> Decision:
    return decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine(drug)), today=TODAY)


def without(person: Person, drugs: frozenset[str]) -> Person:
    kept = [
        line
        for line in person.medicines
        if not {m.drug for m in named_in(KNOWLEDGE.medicines, line)} & drugs
    ]
    return replace(person, medicines=tuple(kept))


def is_against(found: Decision) -> bool:
    return any(a.tier in LOUD or (a.action in AGAINST and a.tier in TELLING) for a in found.advice)


@settings(max_examples=60, deadline=None)
@given(persons(), st.sampled_from(INDICATIONS), st.data())
def test_contraindicated_alternative_is_never_ranked_in(
    person: Person, indication: str, data: st.DataObject
) -> None:
    drug = data.draw(st.sampled_from([r.drug for r in ROWS.by_indication[indication]]))
    order = MedicineLine(drug)
    question = question_of(KNOWLEDGE, case_of(KNOWLEDGE, person, today=TODAY, order=order), order)
    ranker = Ranker(KNOWLEDGE, person, question.subject, lambda who, line: asked(who, line.text))
    ranking = ranker.rank(indication, {drug})
    others = without(person, frozenset((drug,)))
    listed = {m for line in others.medicines for m in named_in(KNOWLEDGE.medicines, line)}
    for one in ranking.ranked:
        assert one.medicine not in listed
        assert not is_against(asked(others, one.medicine.name)), one.medicine.name
    assert [r.penalty for r in ranking.ranked] == sorted(r.penalty for r in ranking.ranked)
    assert {f.medicine.drug for f in ranking.barred}.isdisjoint(
        r.medicine.drug for r in ranking.ranked
    )


@settings(max_examples=60, deadline=None)
@given(persons(), st.sampled_from(DRUGS))
def test_no_card_offers_what_an_adviser_speaks_against(person: Person, drug: str) -> None:
    for advice in asked(person, drug).advice:
        targets = {m.drug for m in KNOWLEDGE.medicines.find_all(advice.target.name)}
        others = without(person, frozenset((*targets, drug)))
        for option in advice.options:
            medicine = KNOWLEDGE.medicines.find(option.name) if option.codes else None
            if medicine is not None:
                assert not is_against(asked(others, medicine.name)), (drug, medicine.name)
