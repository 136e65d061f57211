"""One person's list of medicines, read once: what each line names, what reaches the blood.

person -> lines with their medicines -> the circumstances of each medicine, as the genes behave
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from garrod.care.decide.behaviour import as_behaving, inhibitor_marks, touched_by
from garrod.care.decide.exposing import exposure_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.naming import named_in
from garrod.care.decide.setting import Setting, setting_of
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.fading import NO_TIMES, Stopped, Times

# How long ago a medicine may have been stopped that is looked at: beyond five half-lives of the
# longest of pack cyp-modulators (amiodarone, 58 days). Source: own choice
LOOK_BACK = timedelta(days=365)
Named = tuple[MedicineLine, tuple[Medicine, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """A person on a day, each line of the list with the medicines that it names.

    `active` are the medicines that reach the blood: of the list, and of the order. `behaving` keeps
    the person as the genes behave, by the medicine assessed ("" for all that act on no enzyme).
    """

    person: Person
    today: date
    named: tuple[Named, ...]
    active: tuple[Medicine, ...]
    base: Setting  # the person's circumstances, for no medicine yet
    times: Times = NO_TIMES  # of what was stopped, and when the rest was started
    local: tuple[MedicineLine, ...] = ()  # lines of forms for local use, the order among them
    behaving: dict[tuple[str, frozenset[str]], Person] = field(
        default_factory=dict, compare=False, repr=False
    )

    def lines_of(self, medicine: Medicine) -> tuple[MedicineLine, ...]:
        """Return the lines of the list that name a medicine."""
        return tuple(line for line, found in self.named if medicine in found)


def case_of(
    knowledge: Knowledge,
    person: Person,
    *,
    today: date,
    order: MedicineLine | None = None,
    read: Case | None = None,
) -> Case:
    """Return a person's case, an order counted among what is taken.

    `read` is another case of the same list, whose lines need not be read again.
    """
    medicines = knowledge.medicines
    named = read.named if read else tuple((x, named_in(medicines, x)) for x in person.medicines)
    ordered = ((order, named_in(medicines, order)),) if order is not None else ()
    local = tuple(x for x, _ in (*named, *ordered) if medicines.is_local(x.text))
    active = _active((*named, *ordered), local)
    listed = dict.fromkeys(m.drug for _, found in named for m in found)
    times = _times(knowledge, person, (*named, *ordered), order=order, today=today)
    base = setting_of(
        knowledge.policy,
        person,
        MedicineLine(""),
        is_new=True,
        today=today,
        taken=listed,
        inhibitors=inhibitor_marks(knowledge.conversions, [m.drug for m in active], times),
    )
    return Case(person, today, named, active, base, times, local)


def _times(
    knowledge: Knowledge,
    person: Person,
    taken: Iterable[Named],
    *,
    order: MedicineLine | None,
    today: date,
) -> Times:
    """Return when what acts on enzymes was stopped or started; an order starts today."""
    stopped = _stopped(knowledge, person, today)
    started: dict[str, date] = {}
    for line, found in taken:
        first = line.started or (today if line is order else None)
        for medicine in found if first is not None else ():
            if touched_by(knowledge.conversions, medicine):
                started[medicine.drug] = min(first or today, started.get(medicine.drug, today))
    return Times(today, stopped, started) if stopped or started else NO_TIMES


def _stopped(knowledge: Knowledge, person: Person, today: date) -> tuple[Stopped, ...]:
    """Return what acted on enzymes and is no longer taken, each once, by its last known day."""
    last: dict[Medicine, date | None] = {}
    for line in person.past:
        if line.ended is not None and today - line.ended > LOOK_BACK:
            continue
        if knowledge.medicines.is_local(line.text):
            continue
        for medicine in named_in(knowledge.medicines, line):
            if touched_by(knowledge.conversions, medicine):
                known = [d for d in (line.ended, last.get(medicine)) if d is not None]
                last[medicine] = max(known, default=None)
    return tuple(Stopped(m.drug, m.name, ended) for m, ended in last.items())


def _active(named: Iterable[Named], local: Iterable[MedicineLine]) -> tuple[Medicine, ...]:
    """Return the medicines of lines that are not for local use.

    A line that may be stopped counts, as its own advice does: what it did may last for weeks.
    """
    apart = {id(line) for line in local}
    found = (medicine for line, mine in named if id(line) not in apart for medicine in mine)
    return tuple(dict.fromkeys(found))


def setting_for(
    knowledge: Knowledge,
    case: Case,
    medicine: Medicine,
    naming: Sequence[MedicineLine],
    *,
    is_new: bool,
) -> Setting:
    """Return the circumstances of one medicine, the person's genes as they behave for it."""
    conversions = knowledge.conversions
    others = {m.drug: m.name for m in case.active if m is not medicine}
    spared = knowledge.spared.get(medicine.drug, frozenset())
    marks = case.base.inhibitors
    if touched_by(conversions, medicine):  # else it is none of those that inhibit
        marks = inhibitor_marks(conversions, others, case.times.without(medicine.drug))
    return setting_of(
        knowledge.policy,
        behaving_for(knowledge, case, medicine, spared),
        _as_one(naming, case.lines_of(medicine)),
        is_new=is_new,
        today=case.today,
        drug=medicine.drug,
        taken=case.base.taken,
        inhibitors=marks,
        estimate=exposure_of(conversions, case.person, medicine.drug, others, case.times),
    )


def behaving_for(
    knowledge: Knowledge, case: Case, medicine: Medicine, spared: frozenset[str] = frozenset()
) -> Person:
    """Return the person with findings as the genes behave, to assess one medicine.

    A medicine that acts on no enzyme is not counted anyhow, so that all of those see the same.
    """
    conversions = knowledge.conversions
    key = (medicine.drug if touched_by(conversions, medicine) else "", spared)
    found = case.behaving.get(key)
    if found is None:
        found = case.behaving[key] = as_behaving(
            conversions,
            case.person,
            case.active,
            about=medicine,
            spared=spared,
            times=case.times,
        )
    return found


def _as_one(naming: Sequence[MedicineLine], taken: Sequence[MedicineLine]) -> MedicineLine:
    """Return several lines of one medicine as one: every reason, the earliest start.

    Of several lines it is not known whether their doses add up, so there is no daily total.
    """
    starts = [line.started for line in (*naming, *taken) if line.started is not None]
    reasons = dict.fromkeys(reason for line in naming for reason in line.reasons)
    routes = {line.route for line in naming}
    return replace(
        naming[0],
        reasons=tuple(reasons),
        started=min(starts, default=None),
        route=naming[0].route if len(routes) == 1 else "",
        daily_mg=naming[0].daily_mg if len(naming) == 1 else None,
        weekly_mg=naming[0].weekly_mg if len(naming) == 1 else None,
    )
