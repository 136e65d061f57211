"""Duplicates of a person's list: shown with the list, and overridden with a reason that is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from garrod.care.govern.access import Actor
from garrod.care.record.medication.confirm import StaleList
from garrod.care.record.medication.duplicates import Duplicate, Override, duplicates_in
from garrod.care.record.medication.line import Setting
from garrod.care.record.medication.lists import difference
from garrod.care.record.medicines import Asking, Medicines, Written, hidden_from
from garrod.care.record.medicines_load import Held, load_version
from garrod.care.record.medicines_write import Pen, write
from garrod.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Found:
    """The duplicates of a list, and how many lines were not looked at since they are hidden."""

    held: Held
    pairs: tuple[Duplicate, ...]
    hidden: int


async def duplicates_of(
    medicines: Medicines, actor: Actor, patient: str, setting: Setting
) -> Found:
    """Return the duplicates among the lines that a setting may see; drafts are looked at too.

    Raises: AccessDenied, NotFound REC001.
    """
    held = await medicines.held(actor, patient)
    return _found(medicines, held, setting, await medicines.denied(actor, patient))


def _found(medicines: Medicines, held: Held, setting: Setting, denied: frozenset[str]) -> Found:
    hidden = hidden_from(held.list, setting)
    lines = [x for x in held.list.lines if x.id not in hidden | denied]
    pairs = duplicates_in(lines, medicines.formulary, held.head.overrides)
    return Found(held, pairs, len(hidden))


async def override(
    medicines: Medicines, actor: Actor, asking: Asking, lines: frozenset[str], reason: str
) -> Written:
    """Keep the reason why both lines of a duplicate stay.

    Raises: AccessDenied, NotFound, StaleList REC110, InputError REC112 without a reason or where
    the two are no duplicate.
    """

    async def work(pen: Pen, held: Held) -> Written:
        await refuse_stale(medicines, pen, held, asking)
        pairs = _found(medicines, held, asking.by.setting, denied).pairs
        pair = next((p for p in pairs if {p.first.id, p.second.id} == lines), None)
        if pair is None:
            raise InputError(
                f"lines {', '.join(sorted(lines))} are no duplicate of this list: name a pair "
                "that $medication-duplicates shows.",
                code="REC112",
            )
        kept = Override(lines, pair.likened.likeness, reason, asking.by, pen.at)
        head = replace(held.head, overrides=(*held.head.overrides, kept))
        return Written(await write(pen, held, held.list, flags=held.flags(), head=head))

    denied = await medicines.denied(actor, asking.patient)
    asking = replace(asking, denied=denied)
    return await medicines.within(actor, asking, work)


async def refuse_stale(medicines: Medicines, pen: Pen, held: Held, asking: Asking) -> None:
    """Raise StaleList REC110 where a write was based on another version than the current one."""
    if asking.based_on == held.number:
        return
    base = await load_version(pen.tx, medicines.lines, asking.patient, asking.based_on)
    hidden = hidden_from(held.list, asking.by.setting) | asking.denied
    found = difference(base.list, held.list, base.list)
    shown = tuple(d for d in found if d.line_id not in hidden)
    raise StaleList(held.list, asking.based_on, shown)
