"""What directions in plain words say of route and total of a day or week; blank: not beyond doubt.

The lines are our own, in the abbreviations that prescribers in England use.
"""

from decimal import Decimal

import pytest

from garrod.core.dosage import ROUTES, Dosage, dosage_in
from tests.spec.tables import spec_table

LINES = spec_table("directions")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["text"])
def test_directions_are_read_as_far_as_they_are_beyond_doubt(line: dict[str, str]) -> None:
    day, week = (Decimal(line[name]) if line[name] else None for name in ("daily_mg", "weekly_mg"))
    assert dosage_in(line["text"]) == Dosage(line["route"], day, week)
    assert line["route"] in ("", *ROUTES)
