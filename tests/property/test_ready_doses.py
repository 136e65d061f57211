"""Whoever it is: a dose that a draft carries is one that no adviser would have another."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.draft import draft_order, with_orders
from garrod.adapters.fhir.medicine import line_of
from garrod.care.decide.options import allergy_to
from garrod.care.decide.ready import ANOTHER_DOSE
from garrod.care.decide.service import decide
from garrod.core.advice import Option, OptionDose, Tier
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Person, Result
from garrod.core.quantity import Quantity
from garrod.science.safety.renal import CREATININE
from tests.making.desk_time import drawn
from tests.making.doors import codec
from tests.property.test_ranking import KNOWLEDGE, TODAY, drug_name, persons, without

SEEN = date(2026, 11, 1)
ORDERED = (
    *("clopidogrel", "dabigatran etexilate", "apixaban", "warfarin", "ramipril", "indapamide"),
    *("simvastatin", "rosuvastatin", "nitrofurantoin", "trimethoprim", "citalopram", "sertraline"),
    *("naproxen", "diclofenac", "solifenacin", "amitriptyline", "cetirizine", "metoclopramide"),
    *("alendronic acid", "omeprazole", "atenolol", "sumatriptan", "venlafaxine"),
)
REASONS = (
    *("", "acute coronary syndrome", "transient ischaemic attack", "atrial fibrillation"),
    *("hypertension", "depression", "urinary tract infection", "osteoarthritis"),
)
DOSES = [row.dose for rows in KNOWLEDGE.treatments.doses.values() for row in rows]


@st.composite
def orders(draw: st.DrawFn) -> tuple[Person, MedicineLine]:
    """Draw a person whose creatinine is known, and an order with or without what it is for."""
    person = draw(persons())
    level = Quantity(Decimal(draw(st.integers(40, 400))), "umol/L")
    found = Result(CREATININE, (), level, seen=SEEN, reference="Observation/c")
    reason = draw(st.sampled_from(REASONS))
    reasons = (Coding("", "", reason),) if reason else ()
    line = MedicineLine(draw(st.sampled_from(ORDERED)), reasons=reasons)
    return replace(person, results=(*person.results, found)), line


def read_back(option: Option, person: Person) -> MedicineLine:
    """Return the line that the draft of an option is, once a record holds it."""
    assert option.order is not None
    codec().drafted(orjson.dumps(option.order), kind="MedicationRequest", id="d1")
    return line_of({**option.order, "id": "d1"}, Own(frozenset((person.reference,)), ()))


@settings(max_examples=drawn(150), deadline=None)
@given(orders())
def test_ready_draft_is_valid_within_limits_and_spoken_against_by_nobody(
    drawn: tuple[Person, MedicineLine],
) -> None:
    person, order = drawn
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, order), today=TODAY)
    for advice in (with_orders(a, person) for a in found.advice):
        targets = {m.drug for m in KNOWLEDGE.medicines.find_all(advice.target.name)}
        others = without(person, frozenset((*targets, order.text)))
        for option in advice.options:
            if option.dose is None:
                continue
            line, dose = read_back(option, person), option.dose
            medicine = KNOWLEDGE.medicines.find(option.name)
            assert medicine is not None
            assert not allergy_to(KNOWLEDGE, person, medicine)
            told = decide(KNOWLEDGE, others, Proposal(Act.ORDER, line), today=TODAY).advice
            asked = [a.id for a in told if a.action in ANOTHER_DOSE and a.tier is not Tier.T5]
            assert not asked, (option.name, dose.words)
            assert not dose.most or dose.amount * dose.times_a_day <= dose.most


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(DOSES), st.sampled_from(sorted(KNOWLEDGE.treatments.doses)))
def test_directions_of_any_dose_are_read_back_as_they_were_meant(
    dose: OptionDose, drug: str
) -> None:
    person = Person("Patient/1")
    option = Option(drug_name(drug), "r", ("http://www.whocc.no/atc|B01AC24",), dose=dose)
    line = read_back(replace(option, order=draft_order(option, person)), person)
    total = Quantity(dose.amount * dose.times_a_day, dose.unit).convert("mg").value
    assert line.route == dose.route
    assert line.is_as_needed is dose.is_as_needed
    if dose.is_as_needed:
        assert (line.daily_mg, line.weekly_mg) == (None, None)
    elif dose.every_days == 1:
        assert (line.daily_mg, line.weekly_mg) == (total, None)
    else:
        assert (line.daily_mg, line.weekly_mg) == (None, total)
