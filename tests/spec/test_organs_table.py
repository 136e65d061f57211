"""What kidneys, liver, dose, results, conditions and habits say of an order: hand-worked.

`says` names each rule that speaks, as adviser:rule@tier; T5 and other packs' rules are left out.
"""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from garrod.adapters.fhir.bundle import NOBODY
from garrod.adapters.fhir.medicine import line_of
from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Condition, Person, Result
from garrod.core.quantity import Quantity
from tests.spec.tables import spec_table

SHELF = load_shelf()
KNOWLEDGE = load_knowledge(SHELF)
TODAY = date(2026, 6, 1)
OURS = (
    "renal",
    "hepatic",
    "dose-range",
    "monitoring",
    "contraindication",
    "pregnancy",
    "age",
    "qt",
)
ADVISERS = (*OURS, "variants", "lifestyle")
UNITS = {row["measure"]: row["unit"] for row in SHELF.rows("clinical-terms", "term_measures")}
STATES = ("pregnant", "smoker")
RULE = re.compile(r"(\S+) rule (\S+): ")  # a step of the chain; advice on one thing is merged


def line(text: str) -> MedicineLine:
    """Return a line as a record has it; what stands after a comma is its directions."""
    name, _, directions = text.partition(",")
    said = [{"text": f"{name}, {directions}"}] if directions else []
    return line_of(
        {
            "resourceType": "MedicationRequest",
            "medicationCodeableConcept": {"text": name},
            "dosageInstruction": said,
        },
        NOBODY,
    )


def results(text: str) -> tuple[Result, ...]:
    """Return "creatinine 180" as of a week ago; "80 before 160" are two, four days apart."""
    if not text:
        return ()
    *name, values = text.replace(" before ", "/").rsplit(" ", 1)
    measure = "_".join(name)
    numbers = values.split("/")
    days = [7 + 4 * n for n in reversed(range(len(numbers)))]
    return tuple(
        Result(
            measure.replace("_", " "),
            (),
            Quantity(Decimal(value), UNITS[measure]),
            seen=TODAY - timedelta(days=ago),
            reference=f"Observation/{measure}",
        )
        for value, ago in zip(numbers, days, strict=True)
    )


def person(row: dict[str, str]) -> Person:
    """Return the person of a row."""
    sex, age = row["who"].split()
    had = [] if row["has"] in STATES else [h for h in [row["has"]] if h]
    return Person(
        "Patient/x",
        sex=sex,
        birth_date=date(2026 - int(age), 1, 1),
        weight_kg=Decimal(row["weight"]) if row["weight"] else None,
        weight_seen=date(2026, 5, 1),
        is_pregnant=True if row["has"] == "pregnant" else None,
        pregnancy_seen=date(2026, 5, 1) if row["has"] == "pregnant" else None,
        is_smoker=True if row["has"] == "smoker" else None,
        conditions=tuple(
            Condition(h, (Coding("", "", h),), since=date(2026, 3, 1), reference="Condition/x")
            for h in had
        ),
        results=results(row["results"]),
        medicines=tuple(map(line, filter(None, row["takes"].split("|")))),
    )


@pytest.mark.parametrize(
    "row",
    spec_table("organs"),
    ids=lambda row: " ".join(filter(None, (row["who"], row["results"], row["has"], row["order"]))),
)
def test_what_is_said_of_an_order(row: dict[str, str]) -> None:
    order = Proposal(Act.ORDER, line(row["order"]))
    found = decide(KNOWLEDGE, person(row), order, today=TODAY).advice
    said = {
        f"{rule[1]}:{rule[2]}@{advice.tier}"
        for advice in found
        if advice.tier != "T5"
        for step in advice.because
        if (rule := RULE.match(step.text)) and rule[1] in ADVISERS
    }
    assert said == set(filter(None, row["says"].split("|"))), row["why"]
