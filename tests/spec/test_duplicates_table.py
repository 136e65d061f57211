"""What an order doubles, hand-worked row by row: one medicine is taken, another is ordered.

`link`: the line on the list rests on this very order (own), or on another one (other).

The adviser alone is asked: on a card, what another says of the same pair may speak for both.
"""

from dataclasses import replace

import pytest

from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.duplicated import by_duplicates
from garrod.core.medicine import MedicineLine
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY
from tests.spec.tables import spec_table


@pytest.mark.parametrize(
    "case",
    spec_table("duplicates"),
    ids=lambda c: "-".join((c["taken"], c["order"], c["link"])).rstrip("-"),
)
def test_order_that_doubles_is_said_as_the_table_says(case: dict[str, str]) -> None:
    rests_on = {"own": ("MedicationRequest/new",), "other": ("MedicationRequest/old",)}
    taken = MedicineLine(
        case["taken"],
        reference="MedicationStatement/taken",
        renews=rests_on.get(case["link"], ()),
    )
    order = MedicineLine(case["order"], reference="MedicationRequest/new")
    person = replace(ADULT, medicines=(taken,))
    asked = case_of(KNOWLEDGE, person, today=TODAY, order=order)
    found = by_duplicates(question_of(KNOWLEDGE, asked, order))
    said = [(a.tier.value, a.id.split(":")[1]) for a in found.advice]
    assert said == ([(case["tier"], case["id"])] if case["tier"] else [])
