"""The difference of two people's work, and the confirmation of a whole list."""

from dataclasses import replace

import pytest

from garrod.care.record.medication.confirm import (
    Confirmed,
    Entry,
    Kind,
    StaleList,
    confirm,
)
from garrod.care.record.medication.line import Act, Author, Line, Links, State, Verification
from garrod.care.record.medication.lists import (
    ABSENT,
    MedicationList,
    Side,
    difference,
    mirrored,
)
from garrod.care.record.medication.transitions import applied, superseded
from garrod.core.errors import ConflictError, InputError
from tests.unit.record.making import (
    GP,
    HOLD,
    HOSPITAL,
    PERSON,
    begin,
    content,
    day,
    line,
    list_of,
    step,
)

A, B = line("a"), line("b", content=content("aspirin"))
BASE = list_of(A, B)


def confirmed(
    *entries: Entry,
    current: MedicationList = BASE,
    based_on: MedicationList | None = None,
    by: Author = GP,
    key: str = "k",
    earlier: Confirmed | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Confirmed:
    return confirm(
        current,
        entries,
        based_on=based_on or current,
        by=by,
        at=day(9),
        key=key,
        earlier=earlier,
        hidden=hidden,
    )


def stopped(one: Line) -> Line:
    return applied(one, step(Act.STOP, reason="cough"))


def test_lists_alike_do_not_differ() -> None:
    assert difference(BASE, BASE, BASE) == ()


def test_change_of_each_side_is_told_apart() -> None:
    theirs = list_of(stopped(A), B)
    mine = list_of(A, applied(B, step(Act.HOLD, hold=HOLD)))
    by_line = {d.line_id: d for d in difference(BASE, theirs, mine)}
    assert {f.side for f in by_line["a"].fields} == {Side.THEIRS}
    assert {f.side for f in by_line["b"].fields} == {Side.MINE}
    assert {f.field: f.mine for f in by_line["b"].fields} == {
        "hold": HOLD,
        "state": State.ON_HOLD,
    }
    assert not by_line["a"].has_conflict


def test_same_field_changed_differently_is_a_conflict() -> None:
    theirs, mine = list_of(stopped(A), B), list_of(applied(A, step(Act.HOLD, hold=HOLD)), B)
    (found,) = difference(BASE, theirs, mine)
    sides = {f.field: f.side for f in found.fields}
    assert found.has_conflict
    assert sides["state"] is Side.CONFLICT
    assert sides["hold"] is Side.MINE


def test_same_change_of_both_is_no_conflict() -> None:
    both = list_of(stopped(A), B)
    (found,) = difference(BASE, both, both)
    assert {f.side for f in found.fields} == {Side.SAME}


def test_line_left_out_is_shown_as_removed() -> None:
    (found,) = difference(BASE, list_of(A), BASE)
    assert found.removed_by() == (Side.THEIRS,)
    assert found.fields[0].theirs == ABSENT
    assert repr(found.fields[0].theirs) == "absent"
    (added,) = difference(list_of(A), BASE, list_of(A))
    assert added.removed_by() == ()
    assert added.fields[0].base == ABSENT


def test_hold_left_out_is_shown_as_gone() -> None:
    held = list_of(applied(A, step(Act.HOLD, hold=HOLD)), B)
    (found,) = difference(held, BASE, held)
    assert ("hold", HOLD, ABSENT) in {(f.field, f.base, f.theirs) for f in found.fields}


def test_difference_seen_from_the_other_side() -> None:
    theirs, mine = list_of(stopped(A), B), list_of(A)
    assert difference(BASE, mine, theirs) == mirrored(difference(BASE, theirs, mine))


def test_lists_with_one_id_twice_or_torn_links_are_refused() -> None:
    with pytest.raises(InputError, match="two lines of one id"):
        list_of(A, A)
    old, _ = superseded(A, "b", step(Act.STOP, by=HOSPITAL, reason="x"))
    with pytest.raises(InputError, match="says otherwise"):
        list_of(old, B)


def test_unchanged_list_is_confirmed_as_a_new_version() -> None:
    done = confirmed(Entry("a"), Entry("b"))
    assert done.list.version == 2
    assert (done.list.confirmed_by, done.list.confirmed_at) == (GP, day(9))
    assert done.list.lines == BASE.lines
    assert done.changed() == ()


def test_each_line_is_classified() -> None:
    held = applied(line("h"), step(Act.HOLD, hold=HOLD))
    draft = line("d", State.DRAFT)
    current = list_of(A, B, held, draft, line("u"))
    order = Links(authorisations=("MedicationRequest/1",))
    done = confirmed(
        Entry("a", step(Act.STOP, reason="cough")),
        Entry("b", step(Act.HOLD, hold=HOLD)),
        Entry("h", step(Act.RESUME)),
        Entry("d", step(Act.ACTIVATE, links=order)),
        Entry("n", begin(), treatment_id="t-n"),
        Entry("p", begin(links=order), treatment_id="t-p"),
        Entry("u", step(Act.CHANGE, reason="dose", content=content(strength="10 mg"))),
        current=current,
    )
    assert {c.line_id: c.kind for c in done.lines} == {
        "a": Kind.CEASED,
        "b": Kind.HELD,
        "h": Kind.RESUMED,
        "d": Kind.PRESCRIBED,
        "n": Kind.ADDED,
        "p": Kind.PRESCRIBED,
        "u": Kind.CHANGED,
    }
    assert [x.id for x in done.list.lines] == ["a", "b", "h", "d", "u", "n", "p"]
    assert len(done.changed()) == 7


def test_author_and_time_are_those_of_the_confirmation() -> None:
    forged = step(Act.STOP, 1, HOSPITAL, reason="cough")
    done = confirmed(Entry("a", forged), Entry("b"))
    last = done.list.by_id()["a"].history[-1]
    assert (last.by, last.recorded, last.effective) == (GP, day(9), day(1))


def test_renewed_prescription_is_prescribed_and_other_links_a_change() -> None:
    renew = step(Act.LINK, links=Links(authorisations=("MedicationRequest/2",)))
    supply = step(Act.LINK, links=Links(supplies=("MedicationDispense/2",)))
    done = confirmed(Entry("a", renew), Entry("b", supply))
    assert [c.kind for c in done.lines] == [Kind.PRESCRIBED, Kind.CHANGED]


def test_one_fault_leaves_nothing_written_and_every_fault_is_named() -> None:
    with pytest.raises(InputError) as caught:
        confirmed(
            Entry("a", step(Act.STOP)),
            Entry("b", step(Act.RESUME)),
            Entry("n", begin(), treatment_id="t-n"),
        )
    assert caught.value.code == "REC109"
    assert "2 fault(s)" in caught.value.message
    assert "line a: to stop it, give its reason" in caught.value.message
    assert "line b is active" in caught.value.message


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ((Entry("a"),), "line b is left out"),
        ((Entry("a"), Entry("a"), Entry("b")), "line a is spoken of twice"),
        ((Entry("a"), Entry("b"), Entry("z")), "line z is not in the list"),
        ((Entry("a"), Entry("b"), Entry("n", begin())), "line n is not new, or names no treatment"),
        ((Entry("a", begin(), "t"), Entry("b")), "line a is not new"),
        ((Entry("a"), Entry("b", step(Act.STOP, reason="x"), new_id="a")), "a is an id of another"),
    ],
)
def test_misspoken_proposal_is_refused(entries: tuple[Entry, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        confirmed(*entries)


def test_closed_lines_need_not_be_spoken_of() -> None:
    assert confirmed(Entry("b"), current=list_of(stopped(A), B)).list.lines[0] == stopped(A)


def test_stale_confirmation_is_refused_with_the_difference() -> None:
    current = replace(BASE, version=2, lines=(stopped(A), B))
    with pytest.raises(StaleList, match="has version 2, and the confirmation was") as caught:
        confirmed(Entry("a"), Entry("b", step(Act.HOLD, hold=HOLD)), current=current, based_on=BASE)
    assert caught.value.exit_code == 13
    assert {d.line_id: d.fields[0].side for d in caught.value.difference} == {
        "a": Side.THEIRS,
        "b": Side.MINE,
    }


def test_stale_and_impossible_confirmation_shows_what_they_did() -> None:
    current = replace(BASE, version=2, lines=(stopped(A), B))
    with pytest.raises(StaleList) as caught:
        confirmed(Entry("a"), current=current, based_on=BASE)
    assert [d.line_id for d in caught.value.difference] == ["a"]


def test_list_of_another_person_is_no_base() -> None:
    with pytest.raises(InputError, match="another person's"):
        confirmed(Entry("a"), Entry("b"), based_on=replace(BASE, patient="Patient/2"))


def test_same_key_and_content_gives_the_same_result_though_the_list_went_on() -> None:
    first = confirmed(Entry("a", step(Act.STOP, reason="cough")), Entry("b"))
    retried = Entry("a", step(Act.STOP, reason="cough", recorded=day(30)))
    again = confirmed(retried, Entry("b"), current=first.list, based_on=BASE, earlier=first)
    assert again is first


def test_same_key_with_other_content_is_a_conflict() -> None:
    first = confirmed(Entry("a"), Entry("b"))
    with pytest.raises(ConflictError, match="used for another confirmation") as caught:
        confirmed(Entry("a", step(Act.STOP, reason="x")), Entry("b"), earlier=first)
    assert caught.value.code == "REC111"
    with pytest.raises(ConflictError, match="used for another"):
        confirmed(Entry("a"), Entry("b"), earlier=first, by=HOSPITAL)
    assert confirmed(Entry("a"), Entry("b"), earlier=first, key="other").list.version == 2


def test_other_setting_supersedes_and_can_withdraw() -> None:
    stop = step(Act.STOP, reason="bleeding")
    first = confirmed(Entry("a", stop, new_id="a2"), Entry("b"), by=HOSPITAL)
    assert [x.id for x in first.list.lines] == ["a", "a2", "b"]
    assert (first.lines[0].line_id, first.lines[0].supersedes) == ("a2", "a")
    assert [x.id for x in first.list.to_decide()] == ["b"]
    error = step(Act.MARK_ERROR, reason="wrong person")
    back = confirmed(Entry("a2", error), Entry("b"), by=HOSPITAL, current=first.list, key="k2").list
    assert [x.id for x in back.to_decide()] == ["a", "b"]


def test_line_superseded_twice_stands_behind_the_one_before() -> None:
    change = step(Act.CHANGE, reason="r", content=content(strength="2.5 mg"))
    one = confirmed(Entry("a", change, new_id="a2"), Entry("b"), by=HOSPITAL).list
    two = confirmed(Entry("a2", change, new_id="a3"), Entry("b"), current=one, key="k2").list
    assert [(x.id, x.superseded_by) for x in two.lines] == [
        ("a", "a2"),
        ("a2", "a3"),
        ("a3", ""),
        ("b", ""),
    ]


def test_hidden_lines_stay_and_are_neither_named_nor_touched() -> None:
    done = confirmed(Entry("a"), hidden=frozenset({"b"}))
    assert done.list.lines == BASE.lines
    with pytest.raises(InputError, match="line b is not in the list"):
        confirmed(Entry("a"), Entry("b"), hidden=frozenset({"b"}))
    current = replace(BASE, version=2, lines=(A, stopped(B)))
    with pytest.raises(StaleList) as caught:
        confirmed(Entry("a"), current=current, based_on=BASE, hidden=frozenset({"b"}))
    assert caught.value.difference == ()


@pytest.mark.parametrize("act", [Act.SUPERSEDE, Act.RESTORE])
def test_proposal_cannot_make_a_line_vanish_by_marking_it(act: Act) -> None:
    with pytest.raises(InputError, match="what the record writes"):
        confirmed(Entry("a", step(act, reason="r", other="z")), Entry("b"))


def test_person_states_and_a_setting_marks_nothing_private() -> None:
    sure = begin(by=PERSON, verification=Verification.CONFIRMED)
    private = begin(is_private=True)
    stated = confirmed(
        Entry("a"), Entry("b"), Entry("n", sure, treatment_id="t"), by=PERSON
    ).list.by_id()["n"]
    assert stated.is_shown_as_unverified
    written = confirmed(Entry("a"), Entry("b"), Entry("n", private, treatment_id="t"))
    assert not written.list.by_id()["n"].is_private
    kept = confirmed(Entry("a"), Entry("b"), Entry("n", private, treatment_id="t"), by=PERSON)
    assert kept.list.by_id()["n"].is_private


def test_stated_lines_are_listed_as_unverified() -> None:
    stated = line("s", by=PERSON)
    assert list_of(A, stated).unverified() == (stated,)
