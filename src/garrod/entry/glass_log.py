"""The audit log while records are open in an emergency: its entries say so, and are firm.

Stands before the log, where every entry passes with all the people whom it names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from garrod.care.govern.audit import AuditEntry, canonical, entry_read
from garrod.care.govern.emergency_trail import told_apart
from garrod.care.record.glasses import Glasses


class GlassLog:
    """A log; what is not said here it does as it did."""

    def __init__(self, log: Any, glasses: Glasses, clock: Callable[[], datetime]) -> None:
        self._log, self._glasses, self._clock = log, glasses, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    @property
    def is_quick(self) -> bool:
        """Whether `keep_now` may be asked: nobody's entry has to be told apart."""
        return not self._glasses.is_any and bool(self._log.is_quick)

    async def keep(self, bodies: Sequence[bytes], *, is_firm: bool = False) -> int:
        """Return the ticket of the first of some entries, by their canonical bytes, once kept.

        Raises: as the log does.
        """
        if not self._glasses.is_any:
            return int(await self._log.keep(bodies, is_firm=is_firm))
        ticket = -1
        for body in bodies:
            first, *rest = self._apart(_read(body))
            is_opened = is_firm or first.is_emergency or bool(rest)
            told = canonical(first) if is_opened else body
            found = await self._log.keep((told,), is_firm=is_opened)
            ticket = found if ticket < 0 else ticket
            if rest:
                at = await self._log.place(found)
                belong = [replace(part, of=at if part.of < 0 else part.of) for part in rest]
                await self._log.keep([canonical(part) for part in belong], is_firm=True)
        return ticket

    def _apart(self, entry: AuditEntry) -> tuple[AuditEntry, ...]:
        since = datetime.fromisoformat(entry.at)
        return told_apart(entry, self._glasses.between(entry.who, since, self._clock()))


def _read(body: bytes) -> AuditEntry:
    return entry_read(json.dumps({"index": -1, **json.loads(body)}).encode())
