"""Whatever is written beside a list, the list follows: no line lost, nobody's line overwritten."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from garrod.care.record.medication.following import UNSAID, followed
from garrod.care.record.medication.line import Hold, Line, Setting, State
from garrod.care.record.medication.lists import MedicationList, lost_therapies
from garrod.care.record.medication.said import Reported, Source
from tests.property.record.histories import AUTHORS, lists
from tests.unit.record.formulary import FORMULARY
from tests.unit.record.making import GP, content, day

LATE = day(60)
KINDS = {
    Source.REQUEST: "MedicationRequest",
    Source.DISPENSE: "MedicationDispense",
    Source.ADMINISTRATION: "MedicationAdministration",
    Source.STATEMENT: "MedicationStatement",
}
_SUPPLIES = (Source.DISPENSE, Source.ADMINISTRATION)


@st.composite
def reports(draw: st.DrawFn) -> Reported:
    """Return what a resource may say of a therapy, known or not."""
    source = draw(st.sampled_from(Source))
    said = content(
        draw(st.sampled_from(["ramipril", "amlodipine"])),
        directions=draw(st.sampled_from(["", "as before", "once a day"])),
    )
    state = draw(st.none() | st.sampled_from([s for s in State if s is not State.ENTERED_IN_ERROR]))
    return Reported(
        source=source,
        reference=f"{KINDS[source]}/{draw(st.integers(1, 3))}",
        patient="1",
        content=said,
        author=draw(AUTHORS),
        treatment_id=draw(st.sampled_from(["", "t-a", "t-b", "t-x"])),
        based_on=draw(st.sampled_from([(), ("MedicationRequest/1",), ("MedicationDispense/1",)])),
        state=None if source in _SUPPLIES else state,
        reason=draw(st.sampled_from(["", "because"])),
        hold=draw(st.none() | st.just(Hold("cough", resumes_when="better"))),
        effective=draw(st.none() | st.sampled_from([day(-30), day(10), day(90)])),
        ended=draw(st.none() | st.just(day(5).date())),
        is_error=draw(st.integers(0, 9)) == 0,
    )


def follow(base: MedicationList, told: list[Reported]) -> MedicationList:
    numbers = iter(range(999))
    for one in told:
        base = followed(base, one, LATE, lambda: f"n{next(numbers)}", FORMULARY)
    return base


@given(lists(), st.lists(reports(), min_size=1, max_size=5))
def test_no_line_is_lost_and_no_history_is_rewritten(
    base: MedicationList, told: list[Reported]
) -> None:
    now = follow(base, told).by_id()
    for line in base.lines:
        assert now[line.id].history[: line.version] == line.history
    assert lost_therapies(tuple(now.values())) == lost_therapies(base.lines)


@given(lists(), reports())
def test_only_the_owner_changes_what_a_line_says(base: MedicationList, told: Reported) -> None:
    now = follow(base, [told]).by_id()
    for line in base.lines:
        new = now[line.id]
        is_owner = told.author.setting is line.owner
        is_supply = told.source in _SUPPLIES and not told.is_error  # an error may withdraw its own
        if not is_owner or is_supply:
            assert (new.content, new.state) == (line.content, line.state)


@given(lists(), reports())
def test_hearing_the_same_again_changes_nothing(base: MedicationList, told: Reported) -> None:
    said = replace(told, content=replace(told.content, directions="", dose=None))
    once = follow(base, [said])
    again = followed(once, said, LATE, lambda: "again", FORMULARY)
    assert [x.id for x in again.lines] == [x.id for x in once.lines]


@given(lists(), reports())
def test_supplies_are_always_in_the_list(base: MedicationList, told: Reported) -> None:
    if told.source not in _SUPPLIES or told.is_error:
        return
    now = follow(base, [told])
    assert any(told.reference in x.links.all() for x in now.lines if not _is_error(x))


def _is_error(line: Line) -> bool:
    return line.state is State.ENTERED_IN_ERROR


def test_what_a_person_says_never_supersedes_what_a_setting_wrote() -> None:
    base = follow(MedicationList("1", 0), [order()])
    person = replace(GP, setting=Setting.PERSON)
    said = replace(order(), source=Source.STATEMENT, reference="MedicationStatement/1")
    said = replace(said, author=person, content=content(directions="twice a day"))
    now = follow(base, [replace(said, treatment_id=base.lines[0].treatment_id)])
    assert len(now.lines) == 2
    assert now.lines[0] == base.lines[0]
    assert now.lines[1].is_shown_as_unverified


def order() -> Reported:
    return Reported(
        Source.REQUEST,
        "MedicationRequest/1",
        "1",
        content(directions="once a day"),
        GP,
        state=State.ACTIVE,
    )


def test_hold_of_which_nothing_is_said_is_followed_all_the_same() -> None:
    supply = Reported(
        source=Source.DISPENSE,
        reference="MedicationDispense/1",
        patient="1",
        content=content("ramipril"),
        author=GP,
    )
    order = replace(
        supply, source=Source.REQUEST, reference="MedicationRequest/1", state=State.ON_HOLD
    )
    (line,) = follow(MedicationList("1", 0), [supply, order]).lines
    assert (line.state, line.hold) == (State.ON_HOLD, UNSAID)
