"""The table of what may be done to a medication line, and by whom; blank: refused."""

import pytest

from garrod.care.record.medication.line import Act, State
from garrod.care.record.medication.transitions import RULES, applied
from garrod.core.errors import GarrodError
from tests.spec.tables import spec_table
from tests.unit.record.making import GP, HOSPITAL, PERSON, full_step, in_state

TABLE = spec_table("line_transitions")
STATES = [s.value for s in State]
BY_PERSON = (Act.MARK_PRIVATE, Act.MARK_OPEN)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["act"])
@pytest.mark.parametrize("state", STATES)
def test_act_leads_where_the_table_says_or_is_refused(row: dict[str, str], state: str) -> None:
    act = Act(row["act"])
    step = full_step(act, by=PERSON if act in BY_PERSON else GP)
    before = in_state(State(state))
    if row[state]:
        assert applied(before, step).state is State(row[state])
    else:
        with pytest.raises(GarrodError, match="line a is"):
            applied(before, step)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["act"])
def test_other_settings_may_what_the_table_says(row: dict[str, str]) -> None:
    act = Act(row["act"])
    state = next(s for s in STATES if row[s] or act is Act.RESTORE)
    try:
        applied(in_state(State(state)), full_step(act, by=HOSPITAL))
        may = True
    except GarrodError:
        may = False
    assert may == (row["by"] == "any setting")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["act"])
def test_needs_are_those_of_the_table(row: dict[str, str]) -> None:
    assert RULES[Act(row["act"])].needs == tuple(n for n in row["needs"].split("|") if n)


def test_table_has_every_act_and_state() -> None:
    assert {row["act"] for row in TABLE} == {a.value for a in Act} - {"begin"}
    assert set(STATES) <= set(TABLE[0])
