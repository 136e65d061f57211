"""What an order doubles, hand-worked row by row: one medicine is taken, another is ordered."""

from dataclasses import replace

import pytest

from garrod.core.medicine import MedicineLine
from tests.making.decisions import ADULT, KNOWLEDGE, ask_all
from tests.spec.tables import spec_table


@pytest.mark.parametrize(
    "case", spec_table("duplicates"), ids=lambda c: f"{c['taken']}-{c['order']}"
)
def test_order_that_doubles_is_said_as_the_table_says(case: dict[str, str]) -> None:
    taken = MedicineLine(case["taken"], reference="MedicationRequest/taken")
    found = ask_all(KNOWLEDGE, replace(ADULT, medicines=(taken,)), case["order"])
    said = [
        (a.tier.value, a.id.split(":")[1]) for a in found.advice if a.id.startswith("duplicates:")
    ]
    assert said == ([(case["tier"], case["id"])] if case["tier"] else [])
