"""What is said of a medicine ordered beside others: hand-worked from the sources in the table.

A person of 50, or a woman of 40 for contraception; `rules` are those that speak, blank when none.
"""

from datetime import date

import pytest

from garrod.adapters.fhir.bundle import NOBODY
from garrod.adapters.fhir.medicine import line_of
from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.interactions import STEP
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.advice import Advice
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import Person
from tests.spec.tables import spec_table

KNOWLEDGE = load_knowledge(load_shelf())
TODAY = date(2026, 6, 1)
ROWS = spec_table("interactions")


def line(text: str) -> MedicineLine:
    """Return a line as a record has it; what stands after a comma is its directions."""
    name, _, directions = text.partition(",")
    resource = {
        "resourceType": "MedicationRequest",
        "medicationCodeableConcept": {"text": name},
        "dosageInstruction": [{"text": f"{name}, {directions}"}] if directions else [],
    }
    return line_of(resource, NOBODY)


def said(row: dict[str, str]) -> tuple[Advice, ...]:
    """Return what the interactions say of the order of a row."""
    person = Person(
        "Patient/x",
        sex="female",
        birth_date=date(1976, 1, 1),
        medicines=tuple(map(line, row["taken"].split("|"))),
    )
    order = Proposal(Act.ORDER, line(row["order"]))
    found = decide(KNOWLEDGE, person, order, today=TODAY).advice
    return tuple(a for a in found if a.id.startswith("interactions:"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['taken']} + {row['order']}")
def test_interaction_is_said_as_its_source_has_it(row: dict[str, str]) -> None:
    found = [a for a in said(row) if row["tier"] == "T5" or a.tier != "T5"]
    if not row["tier"]:
        assert found == []
        return
    (one,) = found
    rules = {b.ref.partition("#")[2] for b in one.because if b.step == STEP}
    assert (one.tier, rules) == (row["tier"], set(row["rules"].split("|")))
    assert one.title.startswith(row["says"])
    assert {o.name for o in one.options} == set(filter(None, row["options"].split("|")))
    assert one.summary
    assert all(e.source for e in one.evidence)
