"""The log as others use it: appending, proofs, heads, and the entries that name a person."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.journal import secret_of
from garrod.adapters.audit.lines import body_of
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.sealer import MINUTE, Sealer
from garrod.adapters.audit.sealing import UNWRITTEN, Sealing, Where
from garrod.adapters.audit.witness import Witness
from garrod.care.govern.audit import AuditEntry, canonical, entry_read
from garrod.care.govern.audit_heads import Head
from garrod.core.errors import GarrodError, OutsideError

T = TypeVar("T")


class AuditLog:
    """An `AuditStore` in a file of SQLite.

    A command appends to the log itself; a server begins a notary (`start`), and keeps at once.
    """

    def __init__(
        self,
        path: Path,
        key: Path,
        around: Around,
        *,
        witness: Path | None = None,
        every: float = MINUTE,
    ) -> None:
        """Open or begin the log.  Raises: OutsideError, InputError, InternalFault AUD012."""
        self.path = path
        self._where, self._around = Where(path, key, witness, every), around
        self._secret = secret_of(key, around.chance)
        log = Log(path, key, around)
        try:
            told = Witness(witness) if witness is not None else None
            self._sealer: Sealer | None = Sealer(log, self._secret, witness=told, every=every)
        except BaseException:
            log.close()
            raise
        self._sealing: Sealing | None = None
        self._is_failing, self._is_closed, self._lock = False, False, threading.Lock()
        self.reading = Reading(path)

    def start(self, command: Sequence[str]) -> None:
        """Let a notary, begun by a command, seal from now on what the running loop keeps.

        Raises: OutsideError, InputError, InternalFault AUD012.
        """
        if self._sealer is not None:
            self._sealer.close()
            self._sealer = None
        self._sealing = Sealing(replace(self._where, command=command), self._secret, self._around)

    @property
    def is_failing(self) -> bool:
        """Whether the last entries could not be written."""
        return self._sealing.error is not None if self._sealing else self._is_failing

    async def keep(self, bodies: Sequence[bytes], *, is_firm: bool = False) -> int:
        """Return the ticket of the first of some entries, by their canonical bytes, once kept.

        They outlive the process then, and within 0.2 s, or if `is_firm` at once, a loss of power.
        Raises: OutsideError, InternalFault AUD012: they are not kept, or not all.
        """
        sealing = self._sealing
        if sealing is None:
            return await asyncio.to_thread(self._append, bodies)
        if sealing.is_behind:
            await sealing.settled()
        if sealing.error is not None:
            await sealing.settled()  # it may have come right
        ticket = -1
        for body in bodies:
            found = sealing.keep(body)
            ticket = found if ticket < 0 else ticket
        if is_firm:
            await sealing.firm()
        return ticket

    @property
    def is_quick(self) -> bool:
        """Whether `keep_now` may be asked: a notary is at work, and nothing is wrong."""
        sealing = self._sealing
        return sealing is not None and sealing.error is None and not sealing.is_behind

    def keep_now(self, body: bytes) -> int:
        """Return the ticket of an entry, which outlives the process now, and power soon.

        Raises: OutsideError AUD010, AUD013: it is not kept.
        """
        assert self._sealing is not None
        return self._sealing.keep(body)

    async def place(self, ticket: int) -> int:
        """Return where the entry of a ticket stands; -1 where that was forgotten."""
        return ticket if self._sealing is None else await self._sealing.place(ticket)

    async def append(self, entry: AuditEntry) -> int:
        """Return where an entry stands, once it is sealed.  Raises: OutsideError."""
        return await self.append_all((entry,))

    async def append_all(self, entries: Sequence[AuditEntry], *, is_firm: bool = False) -> int:
        """Return where the first of some entries stands, once it is sealed; -1: there is none."""
        ticket = await self.keep([canonical(entry) for entry in entries], is_firm=is_firm)
        return ticket if ticket < 0 else await self.place(ticket)

    async def settled(self) -> None:
        """Return when all that was kept stands in the log.  Raises: OutsideError."""
        if self._sealing is not None:
            await self._sealing.settled()

    async def head(self) -> Head:
        """Return the newest head."""
        return await self.ask(Reading.seal)

    async def of_person(
        self,
        patient: str,
        *,
        before: int | None = None,
        most: int = 1000,
        glass: bool | None = None,
    ) -> Sequence[AuditEntry]:
        """Return the entries that name a person, the newest first; `glass`: broken, or not."""
        read = partial(self.reading.of_person, patient, before, most, glass=glass)
        return [entry_read(content) for content in await self.ask(lambda _: read())]

    async def ask(self, reading: Callable[[Reading], T]) -> T:
        """Return what somebody reads in the log, in a thread, all that is kept standing in it."""
        with suppress(GarrodError):  # what stands there is told all the same
            await self.settled()
        return await asyncio.to_thread(reading, self.reading)

    async def close(self) -> None:
        """Seal what waits, keep a last head, and end."""
        self._is_closed = True
        if self._sealing is not None:
            await self._sealing.close()
        if self._sealer is not None:
            with self._lock:
                self._sealer.close()
        self.reading.close()

    def _append(self, bodies: Sequence[bytes]) -> int:
        """Append in this process, durably; -1: there was nothing."""
        with self._lock:
            if self._sealer is None or self._is_closed:
                raise OutsideError("the audit log is closed.", code="AUD013")
            try:
                place = self._sealer.append([body_of(body) for body in bodies])
            except GarrodError as error:
                self._is_failing = True
                self._around.failed(UNWRITTEN, error.code)
                raise
            self._is_failing = False
            return place if bodies else -1
