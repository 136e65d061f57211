"""A list as somebody sees it: what is hidden from them is counted, and what may be missing named.

held list -> lines that this reader may see, as of a time -> with the standing of each source
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from garrod.care.govern.access import Actor, Deed
from garrod.care.record.medication.asof import list_true_at
from garrod.care.record.medication.completeness import (
    Completeness,
    Expected,
    Report,
    completeness_of,
)
from garrod.care.record.medication.line import Line, Setting
from garrod.care.record.medicines import Medicines, hidden_from
from garrod.care.record.medicines_load import Held, Unread, load_known, load_unread
from garrod.care.record.medicines_ports import LIST, Head, Listed
from garrod.care.record.medicines_write import told_by

# Not clinical: how long a setting's content counts as fresh; own choice, for each site to change.
FRESH_FOR = timedelta(days=180)
EXPECTED = tuple(Expected(s.value, s, FRESH_FOR) for s in Setting)


@dataclass(frozen=True, slots=True)
class Viewed:
    """A view of a list. `lines` None: all that is stored, as it is stored."""

    held: Held | Unread
    lines: tuple[Line, ...] | None
    hidden: frozenset[str]
    completeness: Completeness

    def overdue(self, day: date) -> tuple[Listed, ...]:
        """Return the lines that were to begin or resume by a day, and of which nobody said so."""
        listed = (x for x in self.held.head.listed if x.line_id not in self.hidden)
        return tuple(x for x in listed if x.due is not None and x.due <= day)


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
    if as_of is None and as_known is None:
        quick = await _quick(medicines, actor, patient, setting)
        if quick is not None:
            return quick
    if as_known is not None:
        await medicines.record.demand(actor, Deed.HISTORY, LIST, patient)
        held = await load_known(medicines.record.store, medicines.lines, patient, as_known)
    else:
        held = await medicines.held(actor, patient)
    now = as_known or as_of or medicines.clock()
    denied = await medicines.record.hidden(actor, tuple(held.versions.values()))
    denied |= await medicines.denied(actor, patient)
    found = view_of(held, setting, now, denied=denied)
    if as_of is None:
        return found
    seen = tuple(line for line in held.list.lines if line.id not in found.hidden)
    true = list_true_at(replace(held.list, lines=seen), as_of, known=as_known)
    return replace(found, lines=true)


async def _quick(
    medicines: Medicines, actor: Actor, patient: str, setting: Setting
) -> Viewed | None:
    """Return a list as it is now without reading its lines; None where that is not enough."""
    await medicines.record.demand(actor, Deed.READ, LIST, patient)
    found = await load_unread(medicines.record.store, medicines.lines, patient)
    if found is None or _hidden(found.head, setting):
        return None
    if await medicines.record.hidden(actor, tuple(found.versions.values())):
        return None
    told = found.head.told
    return Viewed(found, None, frozenset(), _completeness(told, medicines.clock(), 0))


def view_of(
    held: Held, setting: Setting, now: datetime, *, denied: frozenset[str] = frozenset()
) -> Viewed:
    """Return a list as a setting sees it at a time, without the lines that are denied to who asks.

    Those that the person keeps private are counted for the reader; what is denied is not.
    """
    private = hidden_from(held.list, setting)
    hidden = private | denied
    is_whole = not hidden and held.version is not None
    seen = tuple(line for line in held.list.lines if line.id not in hidden)
    found = _completeness(_told(held, now), now, len(private))
    return Viewed(held, None if is_whole else seen, hidden, found)


def _hidden(head: Head, setting: Setting) -> bool:
    """Return whether any line is hidden from a setting."""
    if setting is Setting.PERSON:
        return False
    return any(x.kept_by is not None and x.kept_by is not setting for x in head.listed)


def _completeness(
    told: tuple[tuple[Setting, datetime], ...], now: datetime, hidden: int
) -> Completeness:
    reports = (Report(setting.value, at) for setting, at in told)
    return completeness_of(EXPECTED, reports, now, hidden_by_consent=hidden)


def _told(held: Held, now: datetime) -> tuple[tuple[Setting, datetime], ...]:
    """Return the newest content of each setting by a time."""
    return told_by(
        [
            replace(line, history=tuple(s for s in line.history if s.recorded <= now))
            for line in held.list.lines
        ]
    )
