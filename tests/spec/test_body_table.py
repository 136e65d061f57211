"""Doses by the week and by body weight, the liver's score, the weeks of a pregnancy: hand-worked.

`says` names the rules that speak, as in the table organs; `open` is what begins the reason of
something that could not be assessed. `due` is in how many days a birth is expected.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from garrod.care.decide.service import decide
from garrod.core.medicine import Act, Proposal
from garrod.core.person import Person, Result, Sign
from garrod.core.quantity import Quantity
from tests.spec.tables import spec_table
from tests.spec.test_organs_table import KNOWLEDGE, RULE, TODAY, UNITS, line, person

ADVISERS = ("dose-range", "hepatic", "pregnancy")
ASKED = ("dose-range", "hepatic")


def of_row(row: dict[str, str]) -> Person:
    """Return the person of a row."""
    results = tuple(
        Result(name, (), Quantity(Decimal(value), UNITS[name]), seen=TODAY - timedelta(days=7))
        for name, value in (r.split() for r in filter(None, row["results"].split("|")))
    )
    signs = tuple(
        Sign(name, grade, TODAY - timedelta(days=7))
        for name, _, grade in (s.partition(" ") for s in filter(None, row["signs"].split("|")))
    )
    weighed = TODAY - timedelta(days=int(row["weighed"])) if row["weighed"] else None
    due = TODAY + timedelta(days=int(row["due"])) if row["due"] else None
    found = person({**row, "results": ""})
    return replace(found, results=results, signs=signs, due_date=due, weight_seen=weighed)


@pytest.mark.parametrize("row", spec_table("body"), ids=lambda r: f"{r['order']}: {r['why']}")
def test_what_is_said_of_a_dose_a_liver_and_a_pregnancy(row: dict[str, str]) -> None:
    order = Proposal(Act.ORDER, line(row["order"]))
    found = decide(KNOWLEDGE, of_row(row), order, today=TODAY)
    said = {
        f"{rule[1]}:{rule[2]}@{advice.tier}"
        for advice in found.advice
        for step in advice.because
        if (rule := RULE.match(step.text)) and rule[1] in ADVISERS
        if rule[2] != "methotrexate-day-not-fixed"
    }
    assert said == set(filter(None, row["says"].split("|"))), row["why"]
    gaps = [n.reason for n in found.not_assessed if n.subject in ASKED and n.code == "missing-data"]
    if row["open"]:
        assert [g for g in gaps if g.startswith(row["open"])], gaps
    else:
        assert gaps == []
