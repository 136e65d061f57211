"""Any line that could have come about, and any proposal, sensible or not, for property tests."""

from dataclasses import replace

from hypothesis import strategies as st

from garrod.care.record.medication.confirm import Entry, Proposal
from garrod.care.record.medication.line import Act, Author, Line, State, Transition
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.transitions import RULES, allowed_on, applied, begun
from garrod.core.errors import GarrodError
from tests.unit.record.making import GP, HOSPITAL, PERSON, begin, content, full_step, list_of

ACTS = sorted(RULES)
AUTHORS = st.sampled_from([GP, HOSPITAL, PERSON])


@st.composite
def steps(
    draw: st.DrawFn, number: int = 1, by: Author = GP, line: Line | None = None
) -> Transition:
    """Return a step that may lack its reason, told of up to five days late.

    It is of any act; or, with a line, mostly of one that the line allows.
    """
    allowed = allowed_on(line) if line and draw(st.integers(0, 9)) else ()
    act = draw(st.sampled_from([a for a in allowed if a is not Act.SUPERSEDE] or ACTS))
    step = full_step(act, number, PERSON if act in (Act.MARK_PRIVATE, Act.MARK_OPEN) else by)
    late = draw(st.integers(0, 5))
    step = replace(step, effective=full_step(act, number - late).effective)
    return replace(step, reason="") if draw(st.integers(0, 19)) == 0 else step


@st.composite
def lines(draw: st.DrawFn, id: str = "a") -> Line:
    """Return a line with a history of up to eight steps."""
    to = draw(st.sampled_from([State.DRAFT, State.ACTIVE, State.FUTURE]))
    said = content(planned_start=full_step(Act.STOP, 3).effective.date())
    line = begun(id, f"t-{id}", begin(to, content=said))
    for number in range(1, draw(st.integers(1, 9))):
        step = draw(steps(number, GP, line))
        if step.act in (Act.SUPERSEDE, Act.RESTORE):
            continue
        try:
            line = applied(line, step)
        except GarrodError:
            continue
    return line


@st.composite
def lists(draw: st.DrawFn, names: str = "abcd") -> MedicationList:
    """Return a list of some lines."""
    chosen = draw(st.sets(st.sampled_from(names)))
    return list_of(*(draw(lines(id)) for id in sorted(chosen)), version=draw(st.integers(1, 9)))


@st.composite
def proposals(draw: st.DrawFn, base: MedicationList, by: Author = GP) -> Proposal:
    """Return entries for most lines of a list, and a new line or none; often wrong somewhere."""
    found = []
    for line in base.lines:
        if draw(st.integers(0, 29)) == 0:
            continue
        step = draw(st.none() | steps(20, by, line))
        is_other = by.setting is not line.owner
        needs_id = is_other and step is not None and not RULES[step.act].by_any
        new_id = f"{line.id}2" if needs_id and draw(st.integers(0, 9)) else ""
        found.append(Entry(line.id, step, new_id=new_id))
    if draw(st.booleans()):
        treatment = draw(st.sampled_from(["", "t", "t"]))
        found.append(Entry("n", begin(by=by, number=20), treatment_id=treatment))
    return tuple(found)
