"""What a line may become, what each change needs, and that nothing is overwritten."""

from dataclasses import replace
from datetime import date

import orjson
import pytest

from garrod.adapters.fhir.lines.statement import body_of, line_in
from garrod.care.record.medication.line import (
    Act,
    Hold,
    Links,
    Setting,
    State,
    Verification,
)
from garrod.care.record.medication.transitions import (
    RULES,
    allowed_on,
    applied,
    begun,
    replayed,
    superseded,
    withdrawn,
)
from garrod.core.errors import ConflictError, InputError
from tests.unit.record.making import (
    GP,
    HOLD,
    HOSPITAL,
    PERSON,
    PHARMACY,
    begin,
    content,
    day,
    full_step,
    in_state,
    line,
    step,
)


def by_of(act: Act) -> object:
    return PERSON if act in (Act.MARK_PRIVATE, Act.MARK_OPEN) else GP


@pytest.mark.parametrize("act", [Act.STOP, Act.REINSTATE, Act.MARK_ERROR, Act.SUPERSEDE])
def test_change_without_reason_is_refused(act: Act) -> None:
    state = next(iter(RULES[act].sources))
    with pytest.raises(InputError, match=r"line a: to .* give its reason") as caught:
        applied(in_state(state), replace(full_step(act), reason=""))
    assert caught.value.code == "REC104"


@pytest.mark.parametrize(
    "hold",
    [None, Hold("", date(2026, 3, 9)), Hold("low blood pressure")],
)
def test_hold_needs_reason_and_end(hold: Hold | None) -> None:
    with pytest.raises(InputError, match=r"give its hold .*a day or an event"):
        applied(line(), step(Act.HOLD, hold=hold))


def test_hold_may_end_on_an_event_and_is_gone_after_resuming() -> None:
    hold = Hold("acute kidney injury", resumes_when="creatinine back at baseline")
    held = applied(line(), step(Act.HOLD, hold=hold))
    assert (held.state, held.hold) == (State.ON_HOLD, hold)
    again = applied(held, step(Act.RESUME, 2))
    assert (again.state, again.hold, again.version) == (State.ACTIVE, None, 3)


def test_hold_past_its_day_is_overdue() -> None:
    held = applied(line(), step(Act.HOLD, hold=HOLD))
    assert not held.is_overdue_on_hold(date(2026, 3, 10))
    assert held.is_overdue_on_hold(date(2026, 3, 11))
    assert not line().is_overdue_on_hold(date(2026, 3, 11))


def test_stop_is_reversible_and_keeps_its_history() -> None:
    stopped = applied(line(), step(Act.STOP, 1, reason="cough"))
    assert (stopped.stopped, stopped.stop_reason) == (date(2026, 3, 2), "cough")
    back = applied(stopped, step(Act.REINSTATE, 2, reason="cough was a cold"))
    assert (back.state, back.stopped, back.stop_reason) == (State.ACTIVE, None, "")
    assert [s.reason for s in back.history] == ["", "cough", "cough was a cold"]


def test_future_line_needs_planned_start_and_is_due_from_that_day() -> None:
    with pytest.raises(InputError, match="needs its planned start"):
        line(to=State.FUTURE)
    later = line(to=State.FUTURE, content=content(planned_start=date(2026, 3, 5)))
    assert not later.is_due(date(2026, 3, 4))
    assert later.is_due(date(2026, 3, 5))
    assert applied(later, step(Act.ACTIVATE, 4)).content.started == date(2026, 3, 5)


def test_draft_is_scheduled_with_planned_start_only() -> None:
    draft = line(to=State.DRAFT)
    with pytest.raises(InputError, match="give its planned start"):
        applied(draft, step(Act.SCHEDULE))
    said = content(planned_start=date(2026, 4, 1))
    assert applied(draft, step(Act.SCHEDULE, content=said)).content == said


def test_line_cannot_begin_stopped_or_without_content() -> None:
    with pytest.raises(InputError, match="cannot begin stopped"):
        line(to=State.STOPPED)
    with pytest.raises(InputError, match="line a: give its hold"):
        line(to=State.ON_HOLD)
    with pytest.raises(InputError, match="without content"):
        begun("a", "t", replace(begin(), content=None))
    with pytest.raises(InputError, match="first transition is stop"):
        begun("a", "t", replace(begin(), act=Act.STOP))
    with pytest.raises(InputError, match="needs a new line"):
        applied(line(), begin())


def test_what_the_person_states_is_unverified_until_somebody_else_confirms() -> None:
    stated = line(by=PERSON)
    assert stated.is_shown_as_unverified
    with pytest.raises(InputError, match="somebody other than the person"):
        applied(stated, step(Act.VERIFY, by=PERSON))
    confirmed = applied(stated, step(Act.VERIFY, by=PHARMACY))
    assert confirmed.verification is Verification.CONFIRMED
    assert confirmed.owner is Setting.PERSON


def test_only_the_person_marks_a_line_private() -> None:
    with pytest.raises(InputError, match="the person alone"):
        applied(line(), step(Act.MARK_PRIVATE, by=GP))
    private = applied(line(), step(Act.MARK_PRIVATE, by=PERSON))
    assert private.is_private
    assert not applied(private, step(Act.MARK_OPEN, by=PERSON)).is_private


def test_any_setting_links_what_it_did() -> None:
    links = Links(supplies=("MedicationDispense/7",))
    once = applied(line(), step(Act.LINK, by=PHARMACY, links=links))
    twice = applied(once, step(Act.LINK, by=PHARMACY, links=links))
    assert twice.links == links
    assert twice.version == 3
    with pytest.raises(InputError, match="give its links"):
        applied(line(), step(Act.LINK, by=PHARMACY))


@pytest.mark.parametrize("bad", ["7", "medication/7", "Medication/", "Medication/7/8", ""])
def test_link_that_is_no_reference_is_refused(bad: str) -> None:
    with pytest.raises(InputError, match="is no reference"):
        Links(statements=(bad,))


def test_another_setting_never_overwrites() -> None:
    with pytest.raises(InputError, match="looked after by gp, and hospital wants to stop it"):
        applied(line(), step(Act.STOP, by=HOSPITAL, reason="bleeding"))


def test_another_setting_makes_a_linked_superseding_line() -> None:
    old = applied(line(), step(Act.MARK_PRIVATE, by=PERSON))
    change = step(Act.CHANGE, 2, HOSPITAL, reason="renal function", content=content(strength="2"))
    marked, new = superseded(old, "b", change)
    assert (marked.superseded_by, new.supersedes) == ("b", "a")
    assert new.treatment_id == old.treatment_id
    assert (marked.content, new.content.medicine.strength) == (old.content, "2")
    assert (new.owner, new.author, new.state) == (Setting.HOSPITAL, HOSPITAL, State.ACTIVE)
    assert new.is_private
    assert not marked.is_current
    assert new.is_current
    assert replayed(new, new.history) == new
    assert replayed(marked, marked.history) == marked


def test_line_that_is_only_held_rests_on_what_authorised_the_one_before() -> None:
    links = Links(authorisations=("MedicationRequest/r1",), supplies=("MedicationDispense/7",))
    old = applied(line(), step(Act.LINK, by=GP, links=links))
    _, held = superseded(old, "b", step(Act.HOLD, 2, HOSPITAL, hold=HOLD))
    assert held.links == Links(continued=("MedicationRequest/r1",))
    assert "MedicationRequest/r1" not in held.links.all(), "it follows none of them"
    body = orjson.loads(body_of(held, "p"))
    assert body["basedOn"] == [{"reference": "MedicationRequest/r1"}]
    assert line_in(body, "b") == held
    _, resumed = superseded(held, "c", step(Act.RESUME, 3, GP))
    assert resumed.links.continued == ("MedicationRequest/r1",)
    changed = applied(
        held, step(Act.CHANGE, 3, HOSPITAL, reason="x", content=content(strength="2"))
    )
    assert "basedOn" not in orjson.loads(body_of(changed, "p"))


def test_line_that_says_other_things_rests_on_nothing_of_the_one_before() -> None:
    links = Links(authorisations=("MedicationRequest/r1",))
    old = applied(line(), step(Act.LINK, by=GP, links=links))
    change = step(Act.CHANGE, 2, HOSPITAL, reason="renal function", content=content(strength="2"))
    _, new = superseded(old, "b", change)
    assert new.links == Links()
    assert "basedOn" not in orjson.loads(body_of(new, "p"))


def test_superseding_stop_says_when_and_why() -> None:
    _, new = superseded(line(), "b", step(Act.STOP, 3, HOSPITAL, reason="bleeding"))
    assert (new.state, new.stopped, new.stop_reason) == (
        State.STOPPED,
        date(2026, 3, 4),
        "bleeding",
    )


def test_superseded_line_changes_no_more() -> None:
    old, _ = superseded(line(), "b", step(Act.STOP, 1, HOSPITAL, reason="bleeding"))
    with pytest.raises(ConflictError, match="superseded by b") as caught:
        applied(old, step(Act.HOLD, 2, hold=HOLD))
    assert caught.value.code == "REC106"
    assert set(allowed_on(old)) == {
        *(Act.LINK, Act.MARK_ERROR, Act.MARK_PRIVATE, Act.MARK_OPEN, Act.RESTORE),
    }


@pytest.mark.parametrize(
    ("act", "by"),
    [(Act.STOP, GP), (Act.STOP, PERSON), (Act.LINK, HOSPITAL), (Act.MARK_ERROR, HOSPITAL)],
)
def test_superseding_is_for_other_settings_and_for_changes(act: Act, by: object) -> None:
    with pytest.raises(InputError, match="makes no superseding line"):
        superseded(line(), "b", full_step(act, by=by))


def test_superseding_line_in_error_gives_the_old_one_back() -> None:
    old, new = superseded(line(), "b", step(Act.STOP, 1, HOSPITAL, reason="wrong person"))
    wrong = step(Act.MARK_ERROR, 2, HOSPITAL, reason="meant for another person")
    with pytest.raises(InputError, match="the therapy would vanish"):
        applied(new, wrong)
    back, marked = withdrawn(old, new, wrong)
    assert back.is_current
    assert back.state is State.ACTIVE
    assert marked.state is State.ENTERED_IN_ERROR
    assert replayed(back, back.history) == back
    with pytest.raises(InputError, match="does not supersede"):
        withdrawn(line("c"), new, wrong)


def test_restoring_names_the_line_that_had_superseded() -> None:
    old, _ = superseded(line(), "b", step(Act.STOP, 1, HOSPITAL, reason="bleeding"))
    with pytest.raises(InputError, match="line a is active: restore needs"):
        applied(old, step(Act.RESTORE, 2, reason="error", other="z"))


def test_change_recorded_before_the_last_one_is_refused() -> None:
    later = applied(line(), step(Act.LINK, 5, links=Links(statements=("MedicationStatement/1",))))
    with pytest.raises(InputError, match="cannot follow"):
        applied(later, step(Act.STOP, 2, reason="x"))
    backdated = step(Act.STOP, 2, reason="x", recorded=day(6))
    assert applied(later, backdated).stopped == date(2026, 3, 3)


def test_nothing_is_done_to_a_line_in_error() -> None:
    wrong = applied(line(), step(Act.MARK_ERROR, reason="wrong person"))
    assert allowed_on(wrong) == ()
    with pytest.raises(InputError, match="Allowed now: nothing"):
        applied(wrong, step(Act.VERIFY, 2))


def test_replay_of_nothing_is_no_line() -> None:
    assert replayed(line(), ()) is None
