"""Looks at records are weighed by the server itself: a process of its own does what
`garrod audit review` does, so that neither care nor the audit ever waits for it.

note of the last turn -> due? -> one server takes it -> process, quietly -> note; /health tells it

GARROD_REVIEW_HOURS  hours between two reviews, 24 if unsaid; "off": only by the command
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from garrod.care.record.ports import Tx
from garrod.care.record.service import Record
from garrod.core.errors import GarrodError, InputError
from garrod.entry.beside import beside

LOG = structlog.get_logger()
SETTING, OFF, USUAL = "GARROD_REVIEW_HOURS", "off", 24.0
ROOM, TURN = "reviewing", "turn"
START = "import sys; from garrod.entry.cli.app import main; sys.exit(main())"
COMMAND = (sys.executable, "-c", START, "audit", "review")
# Not clinical: what one review may take before it is ended and another server may take the turn;
# until one that failed is tried again; seconds between two looks at whether one is due; how far
# its process stands back behind others; the longest pause that can be asked for, in hours.
LONGEST, AGAIN, IDLE, NICE, MOST = timedelta(hours=2), timedelta(hours=1), 30.0, 10, 24 * 366
SLOW, ENDED = "REV002", "REV003"  # it took too long; it ended without saying why
Act = Callable[[], Awaitable[str]]  # returns the code of what failed, or ""


@dataclass(frozen=True, slots=True)
class Turn:
    """How the last review went, as all servers of a record know it. Times are ISO 8601, or ""."""

    done: str = ""  # when the last one that went well ended, or the first server began
    taken: str = ""  # when one was begun that has not ended
    failed: str = ""  # the code of what failed last; "" where it went well since
    tried: str = ""  # when that was

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Return whether a server is to take the turn."""
        if self.taken and now - datetime.fromisoformat(self.taken) < LONGEST:
            return False
        if self.failed and now - datetime.fromisoformat(self.tried) < min(AGAIN, every):
            return False
        return now - datetime.fromisoformat(self.done) >= every


class Reviewing:
    """Takes the turn when it is due. `every` None: never."""

    def __init__(
        self,
        record: Record,
        clock: Callable[[], datetime],
        every: timedelta | None,
        *,
        act: Act | None = None,
        idle: float = IDLE,
    ) -> None:
        self.record, self.every = record, every
        self._clock, self._act = clock, act or apart
        self._idle = idle if every is None else min(idle, every.total_seconds() / 4)
        self._turn = Turn()

    def told(self) -> dict[str, Any]:
        """Return what /health says of it, as far as this server has looked."""
        if self.every is None:
            return {"status": OFF}
        told = {"status": "failing" if self._turn.failed else "ok", "last": self._turn.done}
        return told | ({"code": self._turn.failed} if self._turn.failed else {})

    async def run(self) -> None:
        """Look again and again until cancelled; a fault is waited out, and told."""
        while True:
            try:
                if await self._take():
                    await self._review()
            except GarrodError as error:
                LOG.warning("REV005 the review of looks waits", code=error.code)
            await asyncio.sleep(self._idle)

    async def _review(self) -> None:
        """Review, and note how it went; a server that ends gives the turn back."""
        try:
            failed = await self._act()
        except asyncio.CancelledError:
            await self._noted(lambda old: replace(old, taken=""))
            raise
        except Exception as error:
            LOG.error("REV001 the review of looks failed", kind=type(error).__name__)
            failed = ENDED
        now = self._clock().isoformat()
        if not failed:
            await self._noted(lambda _: Turn(done=now))
            return
        LOG.error("REV001 the review of looks failed", code=failed)
        await self._noted(lambda old: replace(old, taken="", failed=failed, tried=now))

    async def _take(self) -> bool:
        """Return whether it is due, and this server's turn; no other takes it then."""
        now, every = self._clock(), self.every
        assert every is not None
        before = await self._noted(lambda old: _taken(old, now, every))
        return self._turn.taken == now.isoformat() and before != self._turn

    async def _noted(self, change: Callable[[Turn], Turn]) -> Turn:
        """Change the note of the last turn; return what it was before."""
        now = self._clock().isoformat()

        async def work(tx: Tx) -> tuple[Turn, Turn]:
            await tx.lock(ROOM)
            text = await tx.note(ROOM, TURN)
            old = Turn(**json.loads(text)) if text else Turn(done=now)
            new = change(old)
            if new != old or not text:
                await tx.keep(ROOM, TURN, json.dumps(asdict(new)))
            return old, new

        before, self._turn = await self.record.store.transact(work)
        return before


def _taken(old: Turn, now: datetime, every: timedelta) -> Turn:
    return replace(old, taken=now.isoformat()) if old.is_due(now, every) else old


async def apart() -> str:
    """Review in a process of its own; return the code of what failed, or ""."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,  # the cases, which name people
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        async with asyncio.timeout(LONGEST.total_seconds() / 2):
            _, said = await process.communicate()
    except TimeoutError:
        return SLOW
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == 0:
        return ""
    last = said.decode("utf-8", "replace").rpartition("GARROD-")[2].partition(":")[0]
    return last if last.isalnum() and len(last) == len(ENDED) else ENDED


def hours_of(environment: Mapping[str, str]) -> timedelta | None:
    """Return the time between two reviews that an environment names; None: they are off.

    Raises: InputError REV004.
    """
    said = environment.get(SETTING, "").strip().lower()
    if said == OFF:
        return None
    try:
        hours = float(said or USUAL)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= MOST:
        raise InputError(
            f'{SETTING} is a number of hours between two reviews, at most {MOST}, or "off".',
            code="REV004",
        )
    return timedelta(hours=hours)


@asynccontextmanager
async def reviewing(reviews: Reviewing) -> AsyncIterator[None]:
    """Let a server review when its turn is due, until the block ends."""
    if reviews.every is None:
        yield
        return
    async with beside(reviews.run(), "garrod-review"):
        yield
