"""Which glasses were broken to see a person's record: read with what else stands about them.

Flag (what is shown) -> note under its id (what holds, written by `breaking` alone) -> Glass

A Flag that somebody wrote by another way has no note, and opens nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from garrod.care.govern.emergency import Glass, glass_told, told_glass
from garrod.care.record.ports import Tx, View
from garrod.core.resource import Version

FLAG, ROOM = "Flag", "glass"
HELD = "glass-held"  # the room where it stands by who broke them which may be open still
REMEMBERED = timedelta(days=1)  # Not clinical: how long after its end a long answer may name it


class Glasses:
    """Those that this process has met while it looked at people's standing."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Glass]] = {}  # by who broke it, by its id

    @property
    def is_any(self) -> bool:
        """Return whether any was met."""
        return bool(self._known)

    async def among(self, view: View, versions: Sequence[Version]) -> tuple[Glass, ...]:
        """Return the glasses among what stands about a person."""
        found = []
        for version in versions:
            note = await view.note(ROOM, version.id) if version.kind == FLAG else None
            if note is not None:
                found.append(glass_told(json.loads(note)))
        self.met(found)
        return tuple(found)

    def met(self, glasses: Iterable[Glass]) -> None:
        """Remember glasses."""
        for glass in glasses:
            self._known.setdefault(glass.who, {})[glass.id] = glass

    def between(self, who: str, since: datetime, now: datetime) -> list[Glass]:
        """Return those of somebody that were open at any time from then to now.

        What ended long ago is forgotten.
        """
        mine = self._known.get(who)
        if not mine:
            return []
        for id in [id for id, glass in mine.items() if now - glass.end > REMEMBERED]:
            del mine[id]
        if not mine:
            del self._known[who]
        return [g for g in mine.values() if g.since <= now and since < g.end]


async def noted(view: View, id: str) -> Glass | None:
    """Return the glass of an id, or None."""
    note = await view.note(ROOM, id)
    return None if note is None else glass_told(json.loads(note))


async def keep(tx: Tx, glass: Glass, now: datetime) -> None:
    """Write down what holds of a glass, and which its breaker has open now."""
    await tx.keep(ROOM, glass.id, json.dumps(told_glass(glass)))
    mine = [held.id for held in await held_by(tx, glass.who, now) if held.id != glass.id]
    mine += [glass.id] if glass.ended is None else []
    await tx.keep(HELD, glass.who, json.dumps(mine) if mine else None)


async def held_by(view: View, who: str, at: datetime) -> list[Glass]:
    """Return the glasses of somebody that are open at a time, the first to close first."""
    found = [await noted(view, id) for id in await _ids(view, who)]
    held = [glass for glass in found if glass is not None and glass.holds(at)]
    return sorted(held, key=lambda glass: glass.end)


async def latest(view: View) -> list[Glass]:
    """Return every glass, over or not, the newest first."""
    found = [glass_told(json.loads(text)) for _, text in await view.notes(ROOM)]
    return sorted(found, key=lambda glass: glass.since, reverse=True)


async def _ids(view: View, who: str) -> list[str]:
    note = await view.note(HELD, who)
    found: list[str] = json.loads(note) if note is not None else []
    return found
