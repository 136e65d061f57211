"""Lists side by side, each row decided or open, and what leaves when it is done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from garrod.care.record.medication.compare import Difference, Match, SourceList, side_by_side
from garrod.care.record.medication.confirm import Confirmed, Kind, confirm
from garrod.care.record.medication.dose import Dose, VariableByInr
from garrod.care.record.medication.dose_reading import NotRead, read_words
from garrod.care.record.medication.handover import handed_over
from garrod.care.record.medication.line import Act, Line, Setting, State
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.reconcile import (
    Choice,
    Decision,
    Move,
    Reconciliation,
    begin_reconciliation,
    decide,
    proposal_of,
)
from garrod.care.record.medication.transitions import applied
from garrod.core.errors import InputError
from tests.unit.record.formulary import FORMULARY
from tests.unit.record.making import (
    GP,
    HOLD,
    HOSPITAL,
    PERSON,
    content,
    day,
    line,
    list_of,
    step,
)


def dose(words: str) -> Dose:
    found = read_words(words)
    assert not isinstance(found, NotRead)
    return found


def said(id: str, name: str, words: str = "", **more: object) -> Line:
    by = more.pop("by", GP)
    treatment = more.pop("treatment", f"t-{id}")
    given = dose(words) if words else None
    what = content(name, dose=given, directions=words, **more)
    return line(id, content=what, by=by, treatment=treatment)


def source(name: str, *lines: Line) -> SourceList:
    return SourceList(name, Setting.HOSPITAL, day(1), lines)


def kinds(one: Line, other: Line) -> set[Difference]:
    (row,) = side_by_side([source("x", one), source("y", other)], FORMULARY)
    return {d.kind for d in row.discrepancies}


A = said("a", "ramipril", "1 capsule once a day")


def test_rows_are_matched_by_the_strongest_reason_first() -> None:
    ours = source(
        "x", said("1", "ramipril", treatment="t"), said("2", "aspirin"), said("3", "codeine")
    )
    theirs = source(
        "y",
        said("4", "codeine", form="liquid"),
        said("5", "aspirin"),
        said("6", "lisinopril", treatment="t"),
        said("7", "heparin"),
    )
    rows = side_by_side([ours, theirs], FORMULARY)
    assert [(r.id, r.match, [e.line.id for e in r.entries]) for r in rows] == [
        ("x:1", Match.TREATMENT, ["1", "6"]),
        ("x:2", Match.PRODUCT, ["2", "5"]),
        ("x:3", Match.INGREDIENT, ["3", "4"]),
        ("y:7", Match.ALONE, ["7"]),
    ]


def test_medicines_of_a_class_share_a_row_and_are_told_apart() -> None:
    rows = side_by_side([source("x", A), source("y", said("b", "lisinopril"))], FORMULARY)
    assert rows[0].match is Match.CLASS
    assert Difference.MEDICINE in {d.kind for d in rows[0].discrepancies}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (A, set()),
        (said("b", "ramipril", "2 capsules once a day"), {Difference.DOSE}),
        (said("b", "ramipril", "1 capsule once a day for 5 days"), {Difference.DOSE}),
        (said("b", "ramipril", "1 capsule twice a day"), {Difference.FREQUENCY}),
        (said("b", "ramipril", "1 capsule once a day prn"), {Difference.FREQUENCY}),
        (said("b", "ramipril", "1 capsule po once a day"), {Difference.ROUTE}),
        (said("b", "ramipril", "swallow 1 capsule once a day"), {Difference.DIRECTIONS}),
        (said("b", "ramipril", ""), {Difference.DIRECTIONS}),
        (said("b", "ramipril", "1 capsule od", form="tablet"), {Difference.FORM}),
        (said("b", "ramipril", "1 capsule od", strength="10 mg"), {Difference.STRENGTH}),
        (said("b", "ramipril", "1 capsule od", brand="Tritace"), {Difference.BRAND}),
        (
            said("b", "ramipril", "1 capsule od for 5 days then 2 capsules od"),
            {Difference.DOSE},
        ),
        (
            said("b", "ramipril", "1 capsule od", by=PERSON),
            {Difference.STATED_ONLY},
        ),
    ],
)
def test_each_difference_has_its_kind(other: Line, expected: set[Difference]) -> None:
    assert kinds(A, other) == expected


def test_state_missing_and_duplicate_are_told() -> None:
    held = applied(A, step(Act.HOLD, hold=HOLD))
    assert kinds(A, held) == {Difference.STATE}
    twice = source("x", A, said("a2", "ramipril", strength="10 mg"))
    rows = side_by_side([twice, source("y")], FORMULARY)
    for row in rows:
        assert [d.kind for d in row.discrepancies] == [Difference.MISSING, Difference.DUPLICATE]
        assert row.discrepancies[0].words == "not in y"


def test_directions_that_were_not_read_are_equal_only_to_themselves() -> None:
    one = line("a", content=content(directions="As directed"))
    same = line("b", content=content(directions="as  directed"))
    other = line("b", content=content(directions="as needed"))
    assert kinds(one, same) == set()
    assert kinds(one, other) == {Difference.DIRECTIONS}


def test_closed_lines_are_not_compared() -> None:
    stopped = applied(A, step(Act.STOP, reason="cough"))
    assert side_by_side([source("x", stopped)], FORMULARY) == ()


BASE = list_of(
    A,
    said("b", "aspirin", "75 mg od"),
    applied(said("c", "codeine", "30 mg qds"), step(Act.HOLD, hold=HOLD)),
)
WARD = source(
    "ward", said("w1", "ramipril", "2 capsules od"), said("w2", "heparin", "5000 units bd")
)


def begun() -> Reconciliation:
    return begin_reconciliation(Move.ADMISSION, BASE, [WARD], day(1), FORMULARY)


def choice(row: str, what: Choice, **more: object) -> Decision:
    by = more.pop("by", GP)
    more.setdefault("reason", "because")
    return Decision(row, what, by, day(2), **more)  # type: ignore[arg-type]


def after(*decisions: Decision) -> tuple[Reconciliation, Confirmed]:
    now = begun()
    for decision in decisions:
        now = decide(now, decision)
    by = decisions[0].by if decisions else GP
    done = confirm(BASE, proposal_of(now), based_on=BASE, by=by, at=day(3), key="k")
    return now, done


def states(found: MedicationList) -> dict[str, State]:
    return {x.id: x.state for x in found.lines}


def test_nothing_decided_changes_nothing_and_stays_visible() -> None:
    now, done = after()
    assert done.list.lines == BASE.lines
    assert [r.id for r in now.unresolved()] == ["record:a", "record:b", "record:c", "ward:w2"]


def test_every_choice_becomes_its_change() -> None:
    now, done = after(
        choice("record:a", Choice.CHANGE, content=content(strength="10 mg")),
        choice("record:b", Choice.STOP, reason="bleeding"),
        choice("record:c", Choice.CONTINUE, reason=""),
        choice("ward:w2", Choice.CONTINUE, new_id="h", new_treatment="t-h"),
    )
    assert now.unresolved() == ()
    assert states(done.list) == {
        "a": State.ACTIVE,
        "b": State.STOPPED,
        "c": State.ACTIVE,
        "h": State.ACTIVE,
    }
    by_id = done.list.by_id()
    assert by_id["a"].content.medicine.strength == "10 mg"
    assert by_id["h"].content == WARD.lines[1].content
    assert by_id["b"].stop_reason == "bleeding"


def test_hold_not_taken_and_substitute() -> None:
    _, done = after(
        choice("record:a", Choice.SUBSTITUTE, content=content("losartan"), new_id="s",
               new_treatment="t-s", reason="cough"),
        choice("record:b", Choice.NOT_TAKEN, reason="stomach pain"),
        choice("ward:w2", Choice.HOLD, hold=HOLD, new_id="h", new_treatment="t-h"),
    )  # fmt: skip
    by_id = done.list.by_id()
    assert (by_id["a"].state, by_id["s"].state) == (State.STOPPED, State.ACTIVE)
    assert by_id["s"].history[0].other == "a"
    assert by_id["b"].stop_reason == "not taken: stomach pain"
    assert (by_id["h"].state, by_id["h"].hold) == (State.ON_HOLD, HOLD)
    assert by_id["c"] == BASE.lines[2]


def test_other_sources_dose_is_continued_by_a_change() -> None:
    _, done = after(choice("record:a", Choice.CONTINUE, from_source="ward", reason=""))
    line_now = done.list.by_id()["a"]
    assert line_now.content == WARD.lines[0].content
    assert line_now.history[-1].reason == "as ward has it"


def test_other_setting_supersedes_by_reconciling() -> None:
    _, done = after(
        choice("record:a", Choice.STOP, by=HOSPITAL, new_id="a2"),
        choice("record:b", Choice.SUBSTITUTE, by=HOSPITAL, content=content("losartan"),
               new_id="s", new_treatment="t-s", stop_id="b2"),
    )  # fmt: skip
    by_id = done.list.by_id()
    assert (by_id["a"].superseded_by, by_id["a2"].state) == ("a2", State.STOPPED)
    assert (by_id["b"].superseded_by, by_id["b2"].state) == ("b2", State.STOPPED)
    assert by_id["s"].owner is Setting.HOSPITAL


def test_stopped_line_of_another_source_stays_out() -> None:
    now, done = after(choice("ward:w2", Choice.STOP))
    assert done.list.lines == BASE.lines
    assert "ward:w2" not in [r.id for r in now.unresolved()]


def test_later_decision_of_a_row_speaks_over_the_earlier() -> None:
    _, done = after(choice("record:a", Choice.STOP), choice("record:a", Choice.CONTINUE))
    assert done.list.lines == BASE.lines


@pytest.mark.parametrize(
    ("decision", "lacking"),
    [
        (choice("record:z", Choice.STOP), "not one of this reconciliation"),
        (choice("record:a", Choice.STOP, reason=""), "give a reason"),
        (choice("record:a", Choice.CHANGE), "give what it shall say"),
        (choice("record:a", Choice.HOLD), "why it is held and until when"),
        (choice("record:a", Choice.STOP, by=HOSPITAL), "an id for the new line"),
        (choice("ward:w2", Choice.CONTINUE, new_id="h"), "a treatment for the new line"),
        (choice("ward:w2", Choice.SUBSTITUTE, content=content()), "a line of the record"),
        (choice("record:b", Choice.CONTINUE, from_source="ward"), "a source that has it"),
        (
            choice("record:a", Choice.SUBSTITUTE, by=HOSPITAL, content=content(), new_id="s",
                   new_treatment="t"),
            "an id for the line that stops the old one",
        ),
    ],
)  # fmt: skip
def test_decision_that_lacks_something_is_refused(decision: Decision, lacking: str) -> None:
    with pytest.raises(InputError, match=lacking) as caught:
        decide(begun(), decision)
    assert caught.value.code == "REC114"


def test_another_medicine_of_the_class_is_a_substitution() -> None:
    ward = source("ward", said("w", "lisinopril"))
    now = begin_reconciliation(Move.ADMISSION, list_of(A), [ward], day(1), FORMULARY)
    with pytest.raises(InputError, match="a substitution, since it is another medicine"):
        decide(now, choice("record:a", Choice.CONTINUE, from_source="ward"))


def test_sources_have_names_of_their_own() -> None:
    with pytest.raises(InputError, match="a name of its own"):
        begin_reconciliation(Move.TRANSFER, BASE, [source("record")], day(1), FORMULARY)
    confirmed = replace(BASE, confirmed_by=HOSPITAL, confirmed_at=day(0))
    assert begin_reconciliation(Move.TRANSFER, confirmed, [], day(1), FORMULARY).rows
    assert begin_reconciliation(Move.TRANSFER, list_of(), [], day(1), FORMULARY).rows == ()


def test_only_changes_leave_and_receipt_is_visible() -> None:
    now, done = after(choice("record:b", Choice.STOP, reason="bleeding"))
    sent = handed_over(now, done, Setting.COMMUNITY_PHARMACY, day(3))
    assert [(n.line_id, n.kind, n.reason) for n in sent.notices] == [("b", Kind.CEASED, "bleeding")]
    assert sent.unresolved == ("record:a", "record:c", "ward:w2")
    assert sent.version == 2
    assert not sent.is_overdue(day(4), timedelta(days=1))
    assert sent.is_overdue(day(5), timedelta(days=1))
    with pytest.raises(InputError, match="is seen there"):
        sent.seen_by(GP, day(4))
    pharmacist = replace(GP, setting=Setting.COMMUNITY_PHARMACY)
    with pytest.raises(InputError, match="after it was sent"):
        sent.seen_by(pharmacist, day(2))
    seen = sent.seen_by(pharmacist, day(4))
    assert (seen.seen[0].by, seen.seen[0].at) == (pharmacist, day(4))
    assert not seen.is_overdue(day(9), timedelta(days=1))


def test_dose_that_follows_the_inr_differs_from_a_fixed_one() -> None:
    fixed = said("a", "warfarin", "3 mg od")
    follows = dose("Varies by INR, target 2 to 3; current plan not known")
    assert isinstance(follows, VariableByInr)
    other = line("b", content=content("warfarin", dose=follows, directions="by INR"))
    assert kinds(fixed, other) == {Difference.DOSE}
