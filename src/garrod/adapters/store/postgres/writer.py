"""One writing transaction at a time, of this process by a queue and of all by one lock.

work -> queue -> BEGIN, lock, work ..., rows, NOTIFY, COMMIT -> results

The lock is taken before the newest sequence number is read and let go after the commit is visible.
So numbers are committed in their order and without gaps: whoever has read event n can never meet
one below it later; time cannot go back; and nothing comes between what a work reads and writes.
Works that wait share a commit, as on SQLite, and their rows a round trip for each table. Where the
server objects, each is run again alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from garrod.adapters.store import faults
from garrod.adapters.store.carried import carried
from garrod.adapters.store.packing import ticks
from garrod.adapters.store.postgres.connect import (
    AGAIN,
    FAILED,
    PATIENCE,
    SETTINGS,
    STATEMENTS,
    Connection,
    drive,
    driver,
    is_lost,
    said,
    write_fault,
)
from garrod.adapters.store.postgres.pending import Pending
from garrod.adapters.store.statements import Book
from garrod.adapters.store.writing import Turn, WritingTx
from garrod.care.record.ports import Tx

Work = Callable[[Tx], Awaitable[Any]]
GROUP = 64  # works in one commit
TRIES = 5  # of a work that the server gave up for another's sake
LOCK = 0x6761_7272_6F64  # "garrod": the advisory lock of all who write
CHANNEL = "garrod_event"


@dataclass(slots=True)
class Job:
    """A work, and where its end is told."""

    work: Work
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """Hand the end over."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class PostgresWriter:
    """A task that owns the writing connection."""

    def __init__(
        self, dsn: str, book: Book, clock: Callable[[], datetime], committed: Callable[[], None]
    ) -> None:
        self.dsn = dsn
        self.book = book
        self.clock = clock
        self.committed = committed
        self._connection: Connection | None = None
        self._keys: list[int] = []  # that no resource has yet
        self._last = -1  # sequence number of the newest event of ours
        self._queue: asyncio.Queue[Job | None] = asyncio.Queue()
        self._is_closed = False
        self._task = asyncio.create_task(self._run())

    def submit(self, work: Work) -> asyncio.Future[Any]:
        """Return the future of a work's result.  Raises: OutsideError STO006 when closed."""
        if self._is_closed:
            raise faults.closed()
        job = Job(carried(work), asyncio.get_running_loop().create_future())
        self._queue.put_nowait(job)
        return job.future

    async def close(self) -> None:
        """Finish what is queued, and end."""
        self._is_closed = True
        self._queue.put_nowait(None)
        await self._task
        await self._drop()

    async def _run(self) -> None:
        while (job := await self._queue.get()) is not None:
            jobs = [job]
            while len(jobs) < GROUP and not self._queue.empty():
                more = self._queue.get_nowait()
                if more is None:
                    self._queue.put_nowait(None)
                    break
                jobs.append(more)
            jobs = [job for job in jobs if not job.future.cancelled()]
            await self._together(jobs)
            for job in jobs:
                job.tell()
            self.committed()

    async def _together(self, jobs: list[Job]) -> None:
        """Run works in one transaction, or each in its own where that fails."""
        try:
            await self._group(jobs)
        except Exception:
            for job in jobs:
                await self._alone(job)

    async def _alone(self, job: Job) -> None:
        for tries in range(TRIES):
            try:
                await self._group([job])
                return
            except FAILED as error:
                may_pass = isinstance(error, AGAIN) or (is_lost(error) and tries == 0)
                if not may_pass or tries == TRIES - 1:
                    job.error = write_fault(error)
                    return
            except Exception as error:  # nobody stands above this task: whoever waits is told
                job.error = error
                return

    async def _group(self, jobs: list[Job]) -> None:
        """Run works in one transaction.  Raises: an error of the server, when nothing is kept."""
        try:
            connection = await self._connected()
            await connection.execute(f"BEGIN; SELECT pg_advisory_xact_lock({LOCK})")
            rows = await connection.fetch(self.book.last.text)
            turn = Turn(*rows[0]) if rows else Turn(0, 0)
            if turn.sequence != self._last:  # another process wrote: keys go on behind its own
                self._keys.clear()
            pending = Pending(connection, self.book, self._keys)
            for job in jobs:
                await self._one(job, turn, pending)
            await pending.flush()
        except BaseException:
            await self._drop_or_roll_back()
            raise
        await self._commit(connection, jobs)
        self._last = turn.sequence

    async def _commit(self, connection: Connection, jobs: list[Job]) -> None:
        try:
            await connection.execute(f"NOTIFY {CHANNEL}; COMMIT")
        except Exception as error:
            if isinstance(error, FAILED) and not is_lost(error):
                await self._drop_or_roll_back()
                raise
            await self._drop()
            for job in jobs:  # not run again: it may have been kept
                job.error = faults.maybe_kept(said(error))

    async def _one(self, job: Job, turn: Turn, pending: Pending) -> None:
        """Run one work under its savepoint; an error of the server is not its own."""
        before = (turn.sequence, turn.at)
        turn.at = max(ticks(self.clock()), turn.at + 1)
        job.result = job.error = None
        pending.begin()
        try:
            job.result = await drive(pending, _begun(job.work, WritingTx(self.book, turn)))
            await pending.end()
        except FAILED:
            raise
        except Exception as error:
            turn.sequence, turn.at = before
            job.error = error
            await pending.undo()

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await driver.connect(
                self.dsn,
                timeout=PATIENCE,
                server_settings=SETTINGS,
                statement_cache_size=STATEMENTS,
            )
        return self._connection

    async def _drop_or_roll_back(self) -> None:
        connection = self._connection
        if connection is None or connection.is_closed():
            return
        try:
            await connection.execute("ROLLBACK")
        except Exception:
            await self._drop()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            connection.terminate()


async def _begun(work: Work, tx: Tx) -> Any:
    return await work(tx)
