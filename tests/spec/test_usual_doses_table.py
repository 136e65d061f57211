"""How a medicine is usually given to a person, and why not: worked by hand from the sources.

`dose` is the words of the row; after "not: " stands what the reason for none begins with.
"""

import pytest

from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.ranking import indication_of
from garrod.core.medicine import Coding, MedicineLine
from tests.spec.tables import spec_table
from tests.spec.test_organs_table import KNOWLEDGE, TODAY, person

ROWS = spec_table("usual_doses")


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda r: " ".join(filter(None, (r["drug"], r["who"], r["why"])))
)
def test_usual_dose_is_that_of_the_source_or_says_why_there_is_none(row: dict[str, str]) -> None:
    who = person(row)
    reasons = (Coding("", "", row["for"]),) if row["for"] else ()
    order = MedicineLine("clopidogrel", reasons=reasons)
    subject = question_of(
        KNOWLEDGE, case_of(KNOWLEDGE, who, today=TODAY, order=order), order
    ).subject
    purpose = indication_of(KNOWLEDGE, subject, order, [row["drug"]])
    found = KNOWLEDGE.treatments.dosed(row["drug"], purpose, subject)
    if row["dose"].startswith("not: "):
        assert found.dose is None
        assert found.why_not.startswith(row["dose"].removeprefix("not: "))
    else:
        assert found.dose is not None, found.why_not
        assert (found.dose.words, found.why_not) == (row["dose"], "")
