"""Decisions on consents, worked by hand: who may see what of whom, what for, and why.

The resources are synthetic (consents.json). A request that names several consents is decided by all
of them together.
"""

import json
from pathlib import Path

import pytest

from garrod.adapters.fhir.consents_trial import Trial
from garrod.care.govern.labels import Labels
from tests.making.shelves import SHELF
from tests.spec.tables import spec_table

CASES = spec_table("consents")
RESOURCES = json.loads(Path(__file__).with_name("consents.json").read_text(encoding="utf-8"))
TRIAL = Trial(RESOURCES["resources"], Labels(SHELF))
OPTIONAL = ("role", "action")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['consent']}: {c['why']}")
def test_decision(case: dict[str, str]) -> None:
    request = {k: v for k, v in case.items() if v or k not in OPTIONAL}
    decided = TRIAL.decide({**request, "consent": case["consent"].split()})
    assert ("permit" if decided.is_permitted else "deny", bool(decided.because)) == (
        case["expected"], True
    ), decided.because  # fmt: skip


def test_both_answers_are_there_often() -> None:
    answers = [case["expected"] for case in CASES]
    assert min(answers.count("permit"), answers.count("deny")) >= 40
