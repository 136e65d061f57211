"""The one writer: works that wait together share a commit, each under a savepoint of its own.

work -> queue -> BEGIN IMMEDIATE, (SAVEPOINT, work, RELEASE) ..., COMMIT -> results, all at once

A disk makes a few hundred commits durable each second, whatever is in them; so those who wait
while one commit runs go together in the next. A work that fails is rolled back alone; its error is
told after the commit like any result, since it may rest on what its companions wrote. Rows are held
back and written for all at once; where that fails, each work is run again alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty
from typing import Any

from garrod.adapters.store import faults
from garrod.adapters.store.carried import carried
from garrod.adapters.store.packing import ticks
from garrod.adapters.store.sqlite.checkpoint import Checkpointer
from garrod.adapters.store.sqlite.connect import commit_fault, drive, write_fault
from garrod.adapters.store.sqlite.jobs import Jobs
from garrod.adapters.store.sqlite.pending import FlushError, Pending
from garrod.adapters.store.statements import Book
from garrod.adapters.store.writing import Turn, WritingTx
from garrod.care.record.ports import Tx

Work = Callable[[Tx], Awaitable[Any]]
GROUP = 128  # works in one commit
COMPANY = 0.0005  # seconds that a group waits for one more, once others have shared the last


@dataclass(slots=True)
class Job:
    """A work, and where its end is told."""

    work: Work
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = field(default=None)

    def tell(self) -> None:
        """Hand the end over, in the thread of its loop."""
        if self.future.done():
            return  # whoever waited has gone
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """A thread that owns the writing connection."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        book: Book,
        clock: Callable[[], datetime],
        committed: Callable[[], None],
        checkpointer: Checkpointer,
        is_in_place: Callable[[], bool] = lambda: True,
    ) -> None:
        self.connection = connection
        self.book = book
        self.clock = clock
        self.committed = committed  # called in the loop's thread
        self.checkpointer = checkpointer
        self.is_in_place = is_in_place  # SQLite writes on into a file that has lost its name
        self._queue: Jobs[Job | None] = Jobs()
        self._is_closed = False
        self._was_shared = False
        self._thread = threading.Thread(target=self._run, name="garrod-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> asyncio.Future[Any]:
        """Return the future of a work's result.  Raises: OutsideError STO006 when closed."""
        if self._is_closed:
            raise faults.closed()
        loop = asyncio.get_running_loop()
        job = Job(carried(work), loop.create_future(), loop)
        self._queue.put(job)
        return job.future

    def close(self) -> None:
        """Finish what is queued, and end; blocks until then."""
        self._is_closed = True
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            done = self._group(job)
            self._was_shared = len(done) > 1
            self.checkpointer.look()
            loops = {job.loop for job in done}
            for loop in loops:
                mine = [job for job in done if job.loop is loop]
                try:
                    loop.call_soon_threadsafe(self._told, mine)
                except RuntimeError:
                    continue  # its loop has ended: nobody waits

    def _told(self, jobs: list[Job]) -> None:
        for job in jobs:
            job.tell()
        self.committed()

    def _group(self, first: Job) -> list[Job]:
        """Run works in one transaction; return them with their ends."""
        jobs: list[Job] = []
        if not self.is_in_place():
            return self._lost([first], faults.not_kept("its file was moved away or replaced"))
        if self._written(jobs, first, GROUP):
            return jobs
        for job in jobs:  # rows that could not be written: each bears its own alone
            job.error = job.result = None
            self._written([], job, 1)
        return jobs

    def _written(self, jobs: list[Job], first: Job, most: int) -> bool:
        """Run works in one transaction, put into `jobs`; return False where each must go alone."""
        pending = Pending(self.connection, self.book)
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            turn = self._turn()
            job: Job | None = first
            while job is not None:
                jobs.append(job)
                self._one(job, turn, pending)
                if not self.connection.in_transaction:
                    self._lost(jobs, job.error)
                    return True
                job = self._next() if len(jobs) < most else None
            pending.flush()
        except FlushError as failed:
            self._rollback()
            error = failed.error
            self._lost(jobs, write_fault(error) if isinstance(error, sqlite3.Error) else error)
            return len(jobs) == 1
        except sqlite3.Error as error:  # the transaction could not even begin
            self._rollback()
            if not jobs:
                jobs.append(first)  # else nobody would tell it
            self._lost(jobs, write_fault(error))
            return True
        self._commit(jobs)
        return True

    def _commit(self, jobs: list[Job]) -> None:
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._rollback()
            self._lost(jobs, commit_fault(error))

    def _next(self) -> Job | None:
        """Return one more for the group; None where nobody waits, or the writer is to end."""
        try:
            if not self._was_shared:
                job = self._queue.get_nowait()
            else:
                job = self._queue.get(timeout=COMPANY)
        except Empty:
            return None
        if job is None:
            self._queue.put(None)  # seen again when this group is done
        return job

    def _turn(self) -> Turn:
        rows = self.connection.execute(self.book.last.text).fetchall()
        return Turn(*rows[0]) if rows else Turn(0, 0)

    def _one(self, job: Job, turn: Turn, pending: Pending) -> None:
        """Run one work under its savepoint.  Raises: FlushError."""
        if job.future.cancelled():
            return
        before = (turn.sequence, turn.at)
        turn.at = max(ticks(self.clock()), turn.at + 1)
        self.connection.execute("SAVEPOINT work")
        pending.begin()
        try:
            job.result = drive(pending, _begun(job.work, WritingTx(self.book, turn)))
            self.connection.execute("RELEASE work")
        except FlushError:
            raise
        except BaseException as error:  # told to whoever waits: a thread has nobody above it
            job.error = write_fault(error) if isinstance(error, sqlite3.Error) else error
            turn.sequence, turn.at = before
            pending.undo()
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK TO work")
                self.connection.execute("RELEASE work")

    def _rollback(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def _lost(self, jobs: list[Job], error: BaseException | None) -> list[Job]:
        """Give works their error; return them."""
        for job in jobs:
            job.error = error
        return jobs


async def _begun(work: Work, tx: Tx) -> Any:
    return await work(tx)
