"""Keeps a running server at the knowledge that its site's state names, without a restart.

state.json, looked at every second and after each change here -> packs read beside the old ones
-> Services, Consult -> who is affected (`affected`): worked out, and their tasks raised

While what the state names cannot be read, the knowledge that was read last stays in force.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import structlog

from garrod.adapters.packs.site import shelf_in_force
from garrod.adapters.packs.state import STATE
from garrod.care.govern.audit import Trail
from garrod.care.record.service import Record
from garrod.core.errors import GarrodError
from garrod.entry.affected import Affected, Settled
from garrod.entry.consult import Consult
from garrod.entry.housing import read_anew
from garrod.entry.wire import Services
from garrod.knowledge.shelf import Shelf

LOG = structlog.get_logger()
IDLE, WAIT = 1.0, 5.0  # Not clinical: seconds between two looks; where the state cannot be read
Task = Callable[[str, str], AbstractAsyncContextManager[Trail]]


class Knowing:
    """Puts a site's packs in force in this process. `problem`: why what is named is not."""

    def __init__(self, consult: Consult, site: Path, affected: Affected) -> None:
        self.site = site
        self.affected = affected
        self.problem = ""
        self._consult = consult
        self._stamp: tuple[int, ...] = ()
        self._turn = asyncio.Lock()

    async def renew(self) -> None:
        """Put in force what the state names now; begin to work out who is affected by it."""
        async with self._turn:
            stamp = _stamp_of(self.site / STATE)
            if stamp == self._stamp and not self.problem:
                return
            self._stamp = stamp
            try:
                fresh = await asyncio.to_thread(self._read)
            except Exception as error:  # a pack may be malformed in any way, a disk may fail
                if not self.problem:
                    LOG.error("KNW001 the site's packs cannot be read", kind=type(error).__name__)
                words = error.message if isinstance(error, GarrodError) else ""
                self.problem = words or "something went wrong here."
                return
            self.problem = ""
            if fresh is not None:
                self._consult.services.take(fresh)
                self._consult.renewed()
                read_anew()
        self.affected.changed()

    def _read(self) -> Services | None:
        """Return the knowledge that the state names; None where it is in force already."""
        services = self._consult.services
        shelf = shelf_in_force(self.site)
        if contents_of(shelf) == contents_of(services.shelf):
            return None
        fresh = Services(services.settings, shelf)
        fresh.caller, fresh.knowledge  # noqa: B018 - read here, so that nobody waits for it later
        return fresh

    async def run(self) -> None:
        """Follow the state until cancelled."""
        while True:
            await self.renew()
            await asyncio.sleep(WAIT if self.problem else IDLE)


def contents_of(shelf: Shelf) -> dict[str, dict[str, str]]:
    """Return the sums of what each pack of a shelf holds, by name@version."""
    packs = (shelf.pack(name) for name in shelf.names())
    return {p.manifest.reference: dict(p.manifest.files) for p in packs}


def _stamp_of(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return (0,)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


@asynccontextmanager
async def knowing(
    consult: Consult, record: Record, clock: Callable[[], datetime], task: Task
) -> AsyncIterator[None]:
    """Follow a site's packs until the block ends; where there is no site, nothing is done."""
    site = consult.services.settings.packs
    if site is None:
        yield
        return
    affected = Affected(Settled(record, site, consult.services, clock), task)
    consult.knowing = Knowing(consult, site, affected)
    doing = [asyncio.create_task(consult.knowing.run()), asyncio.create_task(affected.run())]
    try:
        yield
    finally:
        await affected.end()
        for one in doing:
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one
