"""Reads a person's list for a page: what who is signed in may see of it, and who they are there.

visit, patient -> Look (list, hidden lines, completeness, author, names)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from garrod.care.govern.access import LOCAL
from garrod.care.record.medication.line import Author, Line, Setting
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medicines import Medicines
from garrod.care.record.medicines_load import Held
from garrod.care.record.medicines_view import Viewed, view_of, viewed
from garrod.core.errors import InputError
from garrod.entry.listing import medicines_over, signed_in
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit

WRITERS = frozenset(("prescriber", "pharmacist", "nurse"))  # who is shown the forms


@dataclass(frozen=True, slots=True)
class AsOf:
    """The days of a question; None: now. `true`: what was taken then; `known`: what was known."""

    true: date | None = None
    known: date | None = None

    @property
    def is_past(self) -> bool:
        """Return whether another time than now is asked for."""
        return self.true is not None or self.known is not None


NOW = AsOf()


@dataclass(frozen=True, slots=True)
class Look:
    """A list as somebody sees it. `lines`: what may be seen; `names` of people and places."""

    patient: str
    by: Author
    number: int
    held: Held
    lines: tuple[Line, ...]
    view: Viewed
    now: datetime
    names: Mapping[str, str]

    @property
    def list(self) -> MedicationList:
        """Return the list without what is hidden."""
        return replace(self.held.list, lines=self.lines)

    def line(self, id: str) -> Line | None:
        """Return a line that may be seen."""
        return next((x for x in self.lines if x.id == id), None)


def author_of(visit: Visit) -> Author:
    """Return who writes. Of the local user alone the form says where they act.

    Raises: InputError API009.
    """
    if visit.actor != LOCAL:
        return signed_in(visit.actor)
    asked = visit.fields.get("setting", "") or visit.actor.setting or Setting.GP.value
    if asked not in set(Setting):
        raise InputError("that is no setting that is known here.", code="API009")
    return replace(signed_in(visit.actor), setting=Setting(asked))


def own_question(visit: Visit) -> str:
    """Return the question that keeps where the local user acts; "" for anybody else."""
    said = visit.fields.get("setting", "")
    return f"?setting={said}" if visit.actor == LOCAL and said in set(Setting) else ""


def writes(visit: Visit) -> bool:
    """Return whether somebody is shown the forms; whether they may is not decided by it."""
    return visit.actor == LOCAL or visit.actor.role in WRITERS


def end_of(day: date) -> datetime:
    """Return the last moment of a day (UTC)."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1, microseconds=-1)


async def look(visit: Visit, patient: str, asked: AsOf = NOW) -> Look:
    """Return a person's list as who is signed in sees it.

    Raises: AccessDenied, NotFound REC001, Gone REC002, InputError API009.
    """
    medicines, by = medicines_over(visit.consult.record), author_of(visit)
    view, held = await _read(medicines, visit, patient, by, asked)
    lines = held.list.lines if view.lines is None else view.lines
    lines = tuple(x for x in lines if x.id not in view.hidden)
    refs = {ref for x in lines for s in x.history for ref in (s.by.who, s.by.organisation)}
    if held.list.confirmed_by is not None:
        refs.add(held.list.confirmed_by.who)
    names = await names_of(visit, frozenset(r for r in refs if "/" in r))
    return Look(patient, by, held.number, held, lines, view, medicines.clock(), names)


async def _read(
    medicines: Medicines, visit: Visit, patient: str, by: Author, asked: AsOf
) -> tuple[Viewed, Held]:
    if not asked.is_past:
        held = await medicines.held(visit.actor, patient)
        hidden = await medicines.record.hidden(visit.actor, tuple(held.versions.values()))
        hidden |= await medicines.denied(visit.actor, patient)
        return view_of(held, by.setting, medicines.clock(), denied=hidden), held
    view = await viewed(
        medicines,
        visit.actor,
        patient,
        by.setting,
        as_of=None if asked.true is None else min(end_of(asked.true), medicines.clock()),
        as_known=None if asked.known is None else min(end_of(asked.known), medicines.clock()),
    )
    assert isinstance(view.held, Held), "a list of another time is read whole"
    return view, view.held
