"""The one writer: entries that wait together share a commit; a head a minute is kept and witnessed.

entry -> queue -> Log.append of all that wait -> each one's index, all at once
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from garrod.adapters.audit.log import Body, Log
from garrod.adapters.audit.witness import Witness
from garrod.core.errors import GarrodError, OutsideError

UNWRITTEN = "AUD101 the audit log could not be written"
NO_HEAD = "AUD102 a head of the audit was not kept"
GROUP = 1000  # entries in one commit
SOON = 0.05  # seconds until what nobody waited for outlives a loss of power too
MINUTE = 60.0  # seconds between heads that are kept, while something is written


@dataclass(slots=True)
class Job:
    """Entries of one request, and where their place is told."""

    bodies: Sequence[Body]
    future: asyncio.Future[int]
    loop: asyncio.AbstractEventLoop
    is_firm: bool = False  # to outlive a loss of power too, before it is told
    place: int = -1
    error: GarrodError | None = None

    def tell(self) -> None:
        """Hand the end over, in the thread of its loop."""
        if self.future.done():
            return  # whoever waited has gone
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.place)


class Writer:
    """A thread that owns the log."""

    def __init__(self, log: Log, witness: Witness | None = None, *, every: float = MINUTE) -> None:
        self.log, self.witness, self.every = log, witness, every
        self._seconds, self._failed = log.around.seconds, log.around.failed
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.is_failing = False  # the last group could not be written
        self._is_closed = False
        self._is_dirty = False  # something was written since the last head
        self._is_loose = False  # something would not outlive a loss of power
        self._next_sync = 0.0
        self._next_head = self._seconds() + every
        self._keep_head()
        self._thread = threading.Thread(target=self._run, name="garrod-audit", daemon=True)
        self._thread.start()

    def submit(self, bodies: Sequence[Body], *, is_firm: bool = False) -> asyncio.Future[int]:
        """Return the future of the place of the first entry.  Raises: OutsideError AUD013."""
        if self._is_closed:
            raise OutsideError("the audit log is closed: the server ends.", code="AUD013")
        loop = asyncio.get_running_loop()
        job = Job(bodies, loop.create_future(), loop, is_firm)
        self._queue.put(job)
        return job.future

    def close(self) -> None:
        """Write what is queued, keep a last head, and end; blocks until then."""
        self._is_closed = True
        self._queue.put(None)
        self._thread.join()
        self.log.close()

    def _run(self) -> None:
        is_open = True
        while is_open:
            jobs, is_open = self._group()
            if jobs:
                self._write(jobs)
            elif self._is_loose and self._seconds() >= self._next_sync:
                self._sync_later()
            if self._is_dirty and (not is_open or self._seconds() >= self._next_head):
                self._keep_head()

    def _group(self) -> tuple[list[Job], bool]:
        """Return who waits, and whether there may be more after them."""
        due = self._next_sync if self._is_loose else self._next_head
        wait = max(due - self._seconds(), 0.001) if self._is_dirty else None
        jobs: list[Job] = []
        count = 0
        try:
            while count < GROUP:
                job = self._queue.get(timeout=wait) if not jobs else self._queue.get_nowait()
                if job is None:
                    return jobs, False
                jobs.append(job)
                count += len(job.bodies)
        except queue.Empty:
            pass
        return jobs, True

    def _write(self, jobs: list[Job]) -> None:
        try:
            place = self.log.append([body for job in jobs for body in job.bodies])
            self._is_dirty = self._is_loose = True
            if any(job.is_firm for job in jobs) or self._seconds() >= self._next_sync:
                self._sync()
            for job in jobs:
                job.place, place = place, place + len(job.bodies)
        except GarrodError as error:
            self._failed(UNWRITTEN, error.code)
            for job in jobs:
                job.error = error
        except Exception as error:  # a thread has nobody above it: whoever waits is told
            self._failed(UNWRITTEN, type(error).__name__)
            for job in jobs:
                job.error = OutsideError("the audit log could not be written.", code="AUD010")
        self.is_failing = any(job.error is not None for job in jobs)
        for loop in {job.loop for job in jobs}:
            mine = [job for job in jobs if job.loop is loop]
            try:
                loop.call_soon_threadsafe(_told, mine)
            except RuntimeError:
                continue  # its loop has ended: nobody waits

    def _sync_later(self) -> None:
        try:
            self._sync()
        except GarrodError as error:
            self._next_sync = self._seconds() + SOON
            self.is_failing = True
            self._failed(UNWRITTEN, error.code)

    def _sync(self) -> None:
        self.log.sync()
        self._is_loose = False
        self._next_sync = self._seconds() + SOON

    def _keep_head(self) -> None:
        """Keep a head in the log, and give it to the witness. What fails is tried a minute on."""
        self._next_head = self._seconds() + self.every
        try:
            self.log.append((), is_head=True)
            self._sync()
            self._is_dirty = False
            if self.witness is not None:
                self.witness.told(self.log.seal)
        except GarrodError as error:
            self._failed(NO_HEAD, error.code)


def _told(jobs: list[Job]) -> None:
    for job in jobs:
        job.tell()
