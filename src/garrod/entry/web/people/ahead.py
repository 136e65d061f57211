"""Reads people ahead who were found just now: whoever looked for them will open one of them.

found -> the first few, one after another beside other work -> kept where their summary looks

It is nobody's reading: nothing is told to anybody, and no entry of the audit is made of it. What is
opened afterwards is asked about at the decision point, and audited, as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context

from garrod.core.errors import GarrodError
from garrod.entry.consult import Consult

MakeReady = Callable[[Consult, str], Awaitable[None]]
MOST = 5  # Not clinical: people of a search who are read ahead; more were not looked for by name


class Ahead:
    """One reading ahead at a time: the newest search takes the place of the one before it."""

    def __init__(self, make_ready: MakeReady) -> None:
        self._make_ready = make_ready
        self._doing: asyncio.Task[None] | None = None

    def begin(self, consult: Consult, patients: Sequence[str]) -> asyncio.Task[None] | None:
        """Read people ahead, where so few were found that they may be meant; return the task."""
        if not 0 < len(patients) <= MOST:
            return None
        if self._doing is not None:
            self._doing.cancel()
        reading = self._read(consult, tuple(patients))
        self._doing = asyncio.get_running_loop().create_task(reading, context=Context())
        return self._doing

    async def _read(self, consult: Consult, patients: Sequence[str]) -> None:
        for patient in patients:
            try:
                await self._make_ready(consult, patient)
            except GarrodError:
                continue  # whoever opens it is told why
