"""What a recorded allergy means for an order, hand-worked row by row; people are invented."""

from dataclasses import replace

import pytest

from garrod.core.person import Allergy
from tests.making.decisions import ADULT, KNOWLEDGE, ask_all
from tests.spec.tables import spec_table

CASES = spec_table("allergies")


@pytest.mark.parametrize(
    "case", CASES, ids=lambda c: f"{c['allergy']}-{c['kind']}-{c['reactions']}-{c['order']}"
)
def test_allergy_is_said_as_loudly_as_the_table_says(case: dict[str, str]) -> None:
    reactions = tuple(filter(None, case["reactions"].split("|")))
    allergy = Allergy(
        case["allergy"], kind=case["kind"], criticality=case["criticality"], reactions=reactions
    )
    found = ask_all(KNOWLEDGE, replace(ADULT, allergies=(allergy,)), case["order"])
    told = sorted(
        (a for a in found.advice if a.id.startswith("allergy:") and "label" not in a.id),
        key=lambda a: a.tier,
    )
    said = [(a.tier.value, a.action.value, a.id.split(":")[1]) for a in told[:1]]
    assert said == ([(case["tier"], case["action"], case["grade"])] if case["tier"] else [])
    assert not [n for n in found.not_assessed if n.subject == "allergy"]
