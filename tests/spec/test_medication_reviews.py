"""Whole lists reviewed: each planted problem once, nothing else, its plan and its tablets.

`findings`: what to do, how loudly, and all the rules that speak of it, in the order of the review.
"""

import pytest

from garrod.care.decide.review import review
from tests.making.reviewed import KNOWLEDGE, TODAY, reviewed_person
from tests.spec.tables import spec_table

ROWS = spec_table("medication_reviews")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_each_planted_problem_is_found_once_and_nothing_else(row: dict[str, str]) -> None:
    found = review(KNOWLEDGE, reviewed_person(row), today=TODAY)
    said = [
        f"{f.do.value} {f.tier.value} {' + '.join(a.id.rsplit(':', 1)[0] for a in f.parts)}"
        for f in found.findings
    ]
    assert said == [x for x in row["findings"].split(" / ") if x]
    plans = [f"{plan.medicine} {len(plan.steps)}" for f in found.findings for plan in f.plans]
    assert plans == [x for x in row["plans"].split("|") if x]
    assert f"{found.load.units:f} of {found.load.counted}" == row["tablets"]
    assert found.further == ()
