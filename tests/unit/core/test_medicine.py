"""Which line an order says that it goes on with."""

from dataclasses import replace

import pytest

from garrod.core.medicine import ANY_LINE, MedicineLine

TREATMENT, OTHER = "urn:site|t1", "MedicationRequest/2"
LINE = MedicineLine("ramipril", reference="MedicationRequest/1", renews=(TREATMENT,))


@pytest.mark.parametrize(
    ("order", "line", "wanted"),
    [
        (MedicineLine("x", renews=("MedicationRequest/1",)), LINE, True),
        (MedicineLine("x", reference="MedicationRequest/1"), LINE, True),
        (MedicineLine("x", renews=(TREATMENT,)), LINE, True),
        (MedicineLine("x", renews=("urn:site|t2",)), LINE, False),
        (MedicineLine("x", reference=OTHER), replace(LINE, renews=(OTHER,)), True),
        (MedicineLine("x"), replace(LINE, renews=("",)), False),
        (MedicineLine("x", renews=(ANY_LINE,)), replace(LINE, renews=(ANY_LINE,)), False),
        (MedicineLine("x"), LINE, False),
        (MedicineLine("x"), MedicineLine("x"), False),
    ],
)
def test_order_goes_on_with_the_line_that_it_names(
    order: MedicineLine, line: MedicineLine, wanted: bool
) -> None:
    assert order.goes_on_with(line) is wanted


def test_only_a_bare_repeat_is_one_that_names_no_line() -> None:
    assert MedicineLine("x", renews=(ANY_LINE,)).is_repeat
    assert not LINE.is_repeat
