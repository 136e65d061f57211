"""What makes audit entries of requests and of tasks, and keeps them in the log.

A request or a task has a Trail; what it has to say is kept before anything is given out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from garrod.adapters.audit.lines import line_of
from garrod.adapters.audit.underway import Underway
from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.audit import REQUEST, TASK, Trail, canonical, following
from garrod.care.record.ports import Event
from garrod.core.errors import OutsideError
from garrod.entry.audit_routes import asked_by

Scope = MutableMapping[str, Any]
FIRM = frozenset((Deed.CREATE, Deed.UPDATE, Deed.DELETE, Deed.EXPORT))
SEND, NOTICE = "send", "notification of a subscription"
FAULT = 500  # the status of what ended without one


class Log(Protocol):
    """What this layer needs of the audit log."""

    @property
    def is_failing(self) -> bool:
        """Whether the last entries could not be written."""
        ...

    def start(self, command: Sequence[str]) -> None:
        """Let a notary, begun by a command, seal what is kept."""
        ...

    def keep(self, bodies: Sequence[bytes], *, is_firm: bool = False) -> Awaitable[int]:
        """Return the ticket of the first of some entries, by their bytes, once all are kept.

        `is_firm`: once they outlive a loss of power too.
        """
        ...

    @property
    def is_quick(self) -> bool:
        """Whether `keep_now` may be asked."""
        ...

    def keep_now(self, body: bytes) -> int:
        """Return the ticket of an entry, kept at once."""
        ...

    def place(self, ticket: int) -> Awaitable[int]:
        """Return where the entry of a ticket stands in the log, once it does."""
        ...

    def settled(self) -> Awaitable[None]:
        """Return when all that is kept stands in the log."""
        ...

    async def close(self) -> None:
        """Write what waits, and end."""
        ...


@dataclass(slots=True)
class Audit:
    """The log while the server runs, and what makes entries of requests and of tasks."""

    opening: Callable[[], Log]
    clock: Callable[[], datetime]
    known: Collection[str] = frozenset()  # types of resources, "$" operations, services
    is_firm: bool = False  # reads wait until their entry outlives a loss of power, as writes do
    log: Any = None
    underway: Underway = field(default_factory=Underway)  # requests that write

    def trail_of(self, scope: Scope) -> Trail:
        """Return the trail of a request that begins."""
        question = scope.get("query_string", b"").decode("latin-1")
        method = scope.get("method", "GET")
        asked = asked_by(method, scope.get("path", ""), question, self.known)
        now = self.clock()
        at = now.isoformat() if now.microsecond else now.isoformat(timespec="microseconds")
        trail = Trail(at, asked.route, asked.deed)
        trail.about(asked.kind, asked.patients)
        return trail

    async def write(self, trail: Trail, status: int, *, event: str = REQUEST) -> None:
        """Keep what a trail has to say, durably.  Raises: OutsideError AUD010, AUD013."""
        is_firm = self.is_firm or event == TASK or trail.deed in FIRM
        log = self._log()
        found = trail.said(status) if trail.written < 0 else None
        if found is None:
            return await self._write_more(trail, status, event, is_firm=is_firm)
        line = line_of(trail.at, event, *found)
        trail.written = await log.keep((line,), is_firm=is_firm)
        return None

    def write_now(self, trail: Trail, status: int) -> bool:
        """Return whether what a request has to say could be kept at once, and was.

        Raises: OutsideError AUD010.
        """
        log = self.log
        if self.is_firm or trail.deed in FIRM or log is None or not log.is_quick:
            return False
        found = trail.said(status)
        if found is None:
            return False
        trail.written = log.keep_now(line_of(trail.at, REQUEST, *found))
        return True

    async def check(self) -> None:
        """Return where entries can be written again.  Raises: OutsideError."""
        if self._log().is_failing:
            await self._log().settled()

    async def _write_more(self, trail: Trail, status: int, event: str, *, is_firm: bool) -> None:
        """Keep what one entry does not hold, or what came after the first."""
        log = self._log()
        of = await log.place(trail.written) if trail.written >= 0 else -1
        first, *more = trail.entries(status, event=event, of=of)
        ticket = await log.keep((canonical(first),), is_firm=is_firm)
        trail.written = ticket if trail.written < 0 else trail.written
        if more:
            of = await log.place(trail.written)
            rest = [canonical(replace(entry, of=of)) for entry in more]
            await log.keep(rest, is_firm=is_firm)

    @asynccontextmanager
    async def task(self, actor: Actor, deed: str, route: str) -> AsyncIterator[Trail]:
        """Hold the trail of work that no request waits for; its entry is written at the end."""
        trail = Trail(self.clock().isoformat(timespec="microseconds"), route, deed)
        trail.acted(actor)
        status = FAULT
        try:
            with following(trail):
                yield trail
            status = 200
        finally:
            await self.write(trail, status, event=TASK)

    async def sent(self, actor: Actor, events: Collection[Event]) -> None:
        """Write that something is about to be sent to an address that somebody gave.

        Raises: OutsideError AUD010, AUD013.
        """
        async with self.task(actor, SEND, NOTICE) as trail:
            for event in events:
                trail.saw(event.kind, event.id, event.patients)

    def _log(self) -> Log:
        if self.log is None:
            raise OutsideError("the server is starting or ending: ask again.", code="AUD013")
        found: Log = self.log
        return found
