"""Two people made one and two again, with a decision for what came between."""

from dataclasses import replace

import pytest

from garrod.care.record.medication.line import Act, Line
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.merge import Merged, Unmerged, Whose, merge, settled, unmerge
from garrod.care.record.medication.transitions import applied, superseded
from garrod.core.errors import ConflictError, InputError
from tests.unit.record.making import GP, HOLD, HOSPITAL, day, line, list_of, step

KEPT = replace(list_of(line("a"), version=4), confirmed_by=GP, confirmed_at=day(0))
GONE = replace(list_of(line("b"), version=7), patient="Patient/2")


def merged(kept: MedicationList = KEPT, gone: MedicationList = GONE, reason: str = "one") -> Merged:
    return merge(kept, gone, by=GP, at=day(1), reason=reason)


def later(*lines: Line) -> MedicationList:
    return replace(merged().list, version=9, lines=lines)


def ids(found: MedicationList) -> list[str]:
    return [x.id for x in found.lines]


def test_merge_changes_no_line_and_leaves_nobody_confirmed() -> None:
    found = merged()
    assert found.list.lines == (*KEPT.lines, *GONE.lines)
    assert (found.list.patient, found.list.version) == ("Patient/1", 5)
    assert found.list.confirmed_by is None
    assert (found.absorbed_after.lines, found.absorbed_after.version) == ((), 8)
    assert [found.whose(x) for x in ("a", "b", "c")] == [Whose.KEPT, Whose.ABSORBED, None]


@pytest.mark.parametrize(
    ("kept", "gone", "reason"),
    [(KEPT, KEPT, "one"), (KEPT, GONE, " "), (KEPT, replace(GONE, lines=KEPT.lines), "one")],
)
def test_merge_of_one_person_or_without_reason_or_with_shared_ids_is_refused(
    kept: MedicationList, gone: MedicationList, reason: str
) -> None:
    with pytest.raises(InputError, match="cannot be merged"):
        merged(kept, gone, reason)


def test_unmerge_at_once_gives_both_back_exactly() -> None:
    found = unmerge(merged(), merged().list)
    assert replace(found.kept, version=4) == KEPT
    assert replace(found.absorbed, version=7) == GONE
    assert (found.kept.version, found.absorbed.version) == (6, 9)
    assert found.waiting == ()


def undone() -> Unmerged:
    a, b = KEPT.lines[0], GONE.lines[0]
    held = applied(a, step(Act.HOLD, 2, hold=HOLD))
    old, new = superseded(b, "b2", step(Act.STOP, 2, HOSPITAL, reason="bleeding"))
    return unmerge(merged(), later(held, old, new, line("n")))


def test_what_came_between_waits_and_is_in_neither_list() -> None:
    found = undone()
    assert (found.kept.lines, found.absorbed.lines) == (KEPT.lines, GONE.lines)
    assert [([x.id for x in m.now], m.belonged) for m in found.waiting] == [
        (["a"], Whose.KEPT),
        (["b", "b2"], Whose.ABSORBED),
        (["n"], None),
    ]


def test_decided_lines_go_where_they_belong_and_the_rest_waits() -> None:
    found = settled(undone(), {"a": Whose.NEITHER, "b": Whose.ABSORBED})
    assert found.kept.lines == KEPT.lines
    assert ids(found.absorbed) == ["b", "b2"]
    assert found.absorbed.lines[0].superseded_by == "b2"
    assert [m.key for m in found.waiting] == ["n"]
    done = settled(found, {"n": Whose.KEPT})
    assert ids(done.kept) == ["a", "n"]
    assert done.waiting == ()


def test_line_of_one_person_never_moves_to_the_other() -> None:
    with pytest.raises(InputError, match="belonged to the person kept"):
        settled(undone(), {"a": Whose.ABSORBED})
    with pytest.raises(InputError, match="do not wait"):
        settled(undone(), {"z": Whose.KEPT})


def test_unmerge_on_a_list_that_lost_a_line_is_refused() -> None:
    with pytest.raises(ConflictError, match="lines b are not as expected"):
        unmerge(merged(), later(line("a")))
    with pytest.raises(ConflictError, match="of another person"):
        unmerge(merged(), replace(merged().list, patient="Patient/3"))
