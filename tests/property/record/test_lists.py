"""Confirming is all or nothing, differences are fair to both sides, histories replay."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from garrod.care.record.medication.asof import known_at, list_true_at, true_at
from garrod.care.record.medication.confirm import Confirmed, Entry, Kind, StaleList, confirm
from garrod.care.record.medication.line import Act, Author, Line, State
from garrod.care.record.medication.lists import (
    ABSENT,
    MedicationList,
    Side,
    difference,
    fields_of,
    mirrored,
)
from garrod.care.record.medication.merge import Whose, merge, settled, unmerge
from garrod.care.record.medication.transitions import (
    allowed_on,
    applied,
    begun,
    replayed,
    superseded,
)
from garrod.core.errors import ConflictError, GarrodError, InputError
from tests.property.record.histories import AUTHORS, lines, lists, proposals, steps
from tests.unit.record.making import GP, day


def tried(base: MedicationList, entries: tuple[Entry, ...], by: Author) -> Confirmed | None:
    try:
        return confirm(base, entries, based_on=base, by=by, at=day(30), key="k")
    except InputError:
        return None


def slowly(base: MedicationList, entries: tuple[Entry, ...], by: Author) -> dict[str, Line] | None:
    """Return the lines that each entry alone makes, or None where any entry cannot be."""
    named = [e.line_id for e in entries]
    if len(set(named)) < len(named) or not {x.id for x in base.to_decide()} <= set(named):
        return None
    found = {x.id: x for x in base.lines}
    for entry in entries:
        old, step = found.get(entry.line_id), entry.step
        if step is not None:
            step = replace(step, by=by, recorded=day(30))
        try:
            if step is None:
                continue
            if step.act in (Act.SUPERSEDE, Act.RESTORE):
                return None
            if old is None:
                if not entry.treatment_id:
                    return None
                found[entry.line_id] = begun(entry.line_id, entry.treatment_id, step)
            elif entry.new_id:
                found[old.id], found[entry.new_id] = superseded(old, entry.new_id, step)
            else:
                found[old.id] = applied(old, step)
        except GarrodError:
            return None
    return found


@given(st.data(), lists(), AUTHORS)
def test_confirming_does_everything_or_nothing(
    data: st.DataObject, base: MedicationList, by: Author
) -> None:
    entries = data.draw(proposals(base, by))
    found, expected = tried(base, entries, by), slowly(base, entries, by)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found.list.by_id() == expected
        assert found.list.version == base.version + 1
        assert len(found.lines) == len(entries)
        untouched = {e.line_id for e in entries if e.step is None}
        assert untouched == {c.line_id for c in found.lines if c.kind is Kind.UNCHANGED}


@given(st.data(), lists())
def test_confirming_again_with_its_key_changes_nothing_more(
    data: st.DataObject, base: MedicationList
) -> None:
    entries = data.draw(proposals(base))
    first = tried(base, entries, GP)
    if first is None:
        return
    again = confirm(first.list, entries, based_on=base, by=GP, at=day(40), key="k", earlier=first)
    assert again is first
    other = data.draw(proposals(base))
    try:
        same = confirm(first.list, other, based_on=base, by=GP, at=day(40), key="k", earlier=first)
    except ConflictError:
        return
    assert same is first


@given(st.data(), lists())
def test_stale_confirmation_never_writes(data: st.DataObject, base: MedicationList) -> None:
    theirs, mine = data.draw(proposals(base)), data.draw(proposals(base))
    first = tried(base, theirs, GP)
    if first is None:
        return
    try:
        confirm(first.list, mine, based_on=base, by=GP, at=day(40), key="m")
    except StaleList as error:
        touched = {d.line_id for d in error.difference}
        assert {c.line_id for c in first.lines if _differs(base, first, c.line_id)} <= touched
    else:
        raise AssertionError("a stale confirmation was written")


def _differs(base: MedicationList, done: Confirmed, id: str) -> bool:
    return fields_of(base.by_id().get(id)) != fields_of(done.list.by_id().get(id))


@given(lists(), lists(), lists())
def test_difference_is_symmetric_and_complete(
    base: MedicationList, theirs: MedicationList, mine: MedicationList
) -> None:
    found = difference(base, theirs, mine)
    assert difference(base, mine, theirs) == mirrored(found)
    told = {(d.line_id, f.field): f for d in found for f in d.fields}
    for id in {*base.by_id(), *theirs.by_id(), *mine.by_id()}:
        old, their, my = (fields_of(x.by_id().get(id)) for x in (base, theirs, mine))
        for name in {*old, *their, *my}:
            a, b, c = (x.get(name, ABSENT) for x in (old, their, my))
            expected = {
                (False, False): None,
                (True, False): Side.THEIRS,
                (False, True): Side.MINE,
                (True, True): Side.SAME if b == c else Side.CONFLICT,
            }[(a != b, a != c)]
            field = told.get((id, name))
            assert (field and field.side) == expected


@given(lines())
def test_line_is_what_its_history_makes_it(line: Line) -> None:
    assert replayed(line, line.history) == line
    assert known_at(line, line.recorded) == line
    if line.state is not State.ENTERED_IN_ERROR:
        assert true_at(line, day(99)) == line


@given(lines(), st.integers(-1, 12))
def test_as_known_is_the_state_after_what_had_been_recorded(line: Line, number: int) -> None:
    found = known_at(line, day(number))
    told = [s for s in line.history if s.recorded <= day(number)]
    assert (found is None) == (not told)
    if found is not None:
        assert found.history == tuple(told)
        assert found.state == _state_after([(s.act, s.to) for s in told])


def _state_after(acts: list[tuple[Act, State | None]]) -> State:
    """Return the state that acts lead to, by a plain table of its own."""
    leads = {
        Act.ACTIVATE: State.ACTIVE,
        Act.SCHEDULE: State.FUTURE,
        Act.HOLD: State.ON_HOLD,
        Act.RESUME: State.ACTIVE,
        Act.STOP: State.STOPPED,
        Act.REINSTATE: State.ACTIVE,
        Act.COMPLETE: State.COMPLETED,
        Act.MARK_ERROR: State.ENTERED_IN_ERROR,
    }
    state = acts[0][1]
    for act, _ in acts[1:]:
        state = leads.get(act, state)
    assert state is not None
    return state


@given(st.data(), lines())
def test_only_allowed_acts_are_applied(data: st.DataObject, line: Line) -> None:
    step = data.draw(steps(20))
    try:
        after = applied(line, step)
    except GarrodError:
        return
    assert step.act in allowed_on(line)
    assert after.version == line.version + 1
    assert after.history[:-1] == line.history


@given(lists("abcd"), lists("efgh"))
def test_unmerge_is_the_exact_inverse_of_merge(kept: MedicationList, gone: MedicationList) -> None:
    gone = replace(gone, patient="Patient/2")
    merged = merge(kept, gone, by=GP, at=day(30), reason="one person")
    back = unmerge(merged, merged.list)
    assert replace(back.kept, version=kept.version) == kept
    assert replace(back.absorbed, version=gone.version) == gone
    assert back.waiting == ()


@given(st.data(), lists("abcd"), lists("efgh"), AUTHORS)
def test_unmerge_loses_nothing_that_came_between(
    data: st.DataObject, kept: MedicationList, gone: MedicationList, by: Author
) -> None:
    gone = replace(gone, patient="Patient/2")
    merged = merge(kept, gone, by=GP, at=day(19), reason="one person")
    done = tried(merged.list, data.draw(proposals(merged.list, by)), by)
    if done is None:
        return
    back = unmerge(merged, done.list)
    assert (back.kept.lines, back.absorbed.lines) == (kept.lines, gone.lines)
    known = {*kept.lines, *gone.lines}
    assert [x for m in back.waiting for x in m.now if x in known] == []
    assert {x.id for m in back.waiting for x in m.now} == {
        x.id for x in done.list.lines if x not in known
    }
    final = settled(back, {m.key: m.belonged or Whose.KEPT for m in back.waiting})
    assert final.waiting == ()
    now = {*final.kept.lines, *final.absorbed.lines}
    assert now == set(done.list.lines)
    assert {x.id for x in final.absorbed.lines} & {x.id for x in kept.lines} == set()


@given(lists())
def test_true_list_never_shows_more_than_was_begun(base: MedicationList) -> None:
    for number in (-1, 0, 5, 40):
        shown = {x.id for x in list_true_at(base, day(number))}
        assert shown <= {x.id for x in base.lines if x.history[0].effective <= day(number)}
