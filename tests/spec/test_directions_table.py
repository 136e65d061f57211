"""What directions in plain words say of route and total dose a day; blank is "not beyond doubt".

The lines are our own, in the abbreviations that prescribers in England use.
"""

from decimal import Decimal

import pytest

from garrod.core.dosage import ROUTES, Dosage, dosage_in
from tests.spec.tables import spec_table

LINES = spec_table("directions")


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["text"])
def test_directions_are_read_as_far_as_they_are_beyond_doubt(line: dict[str, str]) -> None:
    total = Decimal(line["daily_mg"]) if line["daily_mg"] else None
    assert dosage_in(line["text"]) == Dosage(line["route"], total)
    assert line["route"] in ("", *ROUTES)
