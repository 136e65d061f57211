"""A list as somebody sees it: what is hidden from them is counted, and what may be missing named.

held list -> lines that this reader may see, as of a time -> with the standing of each source
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from garrod.care.govern.access import Actor, Deed, demand
from garrod.care.record.medication.asof import list_true_at
from garrod.care.record.medication.completeness import (
    Completeness,
    Expected,
    Report,
    completeness_of,
)
from garrod.care.record.medication.line import Line, Setting
from garrod.care.record.medicines import Medicines, hidden_from
from garrod.care.record.medicines_load import Held, load_known

# Not clinical: how long a setting's content counts as fresh; own choice, for each site to change.
FRESH_FOR = timedelta(days=180)
EXPECTED = tuple(Expected(s.value, s, FRESH_FOR) for s in Setting)


@dataclass(frozen=True, slots=True)
class Viewed:
    """A view of a list. `is_stored`: its lines are what is stored, not worked out for a time."""

    held: Held
    lines: tuple[Line, ...]
    hidden: frozenset[str]
    completeness: Completeness
    is_stored: bool = True


async def viewed(
    medicines: Medicines,
    actor: Actor,
    patient: str,
    setting: Setting,
    *,
    as_of: datetime | None = None,
    as_known: datetime | None = None,
) -> Viewed:
    """Return a list as a setting sees it: now, as it was true at a time, as it was known at one.

    Raises: AccessDenied, NotFound REC001, Gone REC002.
    """
    if as_known is not None:
        demand(medicines.record.access, actor, Deed.HISTORY, "List", patients=(patient,))
        held = await load_known(medicines.record.store, medicines.lines, patient, as_known)
    else:
        held = await medicines.held(actor, patient)
    now = as_known or as_of or medicines.clock()
    found = view_of(held, setting, now)
    if as_of is None:
        return found
    part = replace(held.list, lines=found.lines)
    true = list_true_at(part, as_of, known=as_known)
    return replace(found, lines=true, is_stored=False)


def view_of(held: Held, setting: Setting, now: datetime) -> Viewed:
    """Return a list as a setting sees it at a time."""
    hidden = hidden_from(held.list, setting)
    seen = tuple(line for line in held.list.lines if line.id not in hidden)
    reports = reports_of(held, now)
    found = completeness_of(EXPECTED, reports, now, hidden_by_consent=len(hidden))
    return Viewed(held, seen, hidden, found)


def reports_of(held: Held, now: datetime) -> tuple[Report, ...]:
    """Return the newest content of each setting that wrote anything of the list by a time."""
    newest: dict[Setting, datetime] = {}
    for line in held.list.lines:
        for step in line.history:
            if step.recorded <= now:
                setting = step.by.setting
                newest[setting] = max(step.recorded, newest.get(setting, step.recorded))
    return tuple(Report(setting.value, at) for setting, at in newest.items())
