"""One person's list of medicines, read once: what each line names, what reaches the blood.

person -> lines with their medicines -> the circumstances of each medicine, as the genes behave
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from garrod.care.decide.behaviour import as_behaving, inhibitor_marks
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.naming import named_in
from garrod.care.decide.setting import Setting, setting_of
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine, Medicines


@dataclass(frozen=True, slots=True)
class Case:
    """A person on a day, each line of the list with the medicines that it names.

    `active` are the medicines that reach the blood: of the list, and of the order.
    """

    person: Person
    today: date
    named: tuple[tuple[MedicineLine, tuple[Medicine, ...]], ...]
    active: tuple[Medicine, ...]
    base: Setting  # the person's circumstances, for no medicine yet

    def lines_of(self, medicine: Medicine) -> tuple[MedicineLine, ...]:
        """Return the lines of the list that name a medicine."""
        return tuple(line for line, found in self.named if medicine in found)


def case_of(
    knowledge: Knowledge, person: Person, *, today: date, order: MedicineLine | None = None
) -> Case:
    """Return a person's case, an order counted among what is taken."""
    named = tuple((line, named_in(knowledge.medicines, line)) for line in person.medicines)
    ordered = ((order, named_in(knowledge.medicines, order)),) if order is not None else ()
    active = _active(knowledge.medicines, (*named, *ordered))
    listed = dict.fromkeys(m.drug for _, found in named for m in found)
    base = setting_of(
        knowledge.policy,
        person,
        MedicineLine(""),
        is_new=True,
        today=today,
        taken=listed,
        inhibitors=inhibitor_marks(knowledge.conversions, [m.drug for m in active]),
    )
    return Case(person, today, named, active, base)


def _active(
    medicines: Medicines, named: Iterable[tuple[MedicineLine, tuple[Medicine, ...]]]
) -> tuple[Medicine, ...]:
    """Return the medicines of lines that are not for local use.

    A line that may be stopped counts, as its own advice does: what it did may last for weeks.
    """
    found = (
        medicine for line, mine in named if not medicines.is_local(line.text) for medicine in mine
    )
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
    others = [m.drug for m in case.active if m is not medicine]
    spared = knowledge.spared.get(medicine.drug, frozenset())
    return setting_of(
        knowledge.policy,
        as_behaving(knowledge.conversions, case.person, case.active, about=medicine, spared=spared),
        _as_one(naming, case.lines_of(medicine)),
        is_new=is_new,
        today=case.today,
        drug=medicine.drug,
        taken=case.base.taken,
        inhibitors=inhibitor_marks(knowledge.conversions, others),
    )


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
    )
