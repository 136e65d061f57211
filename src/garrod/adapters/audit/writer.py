"""The writer: what arrives in one turn of the loop shares a commit; a thread beside it syncs.

entries -> one turn of the loop -> Log.append -> their places -> sync (before, for what is firm)

A commit without a sync takes some 0.1 ms, less than to wake another thread and to wait for Python's
lock; so it is made in the loop. Whatever can take long is the thread's: syncs, heads, checkpoints,
and commits while another process holds the file.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from garrod.adapters.audit.log import Body, Busy, Log
from garrod.adapters.audit.witness import Witness
from garrod.core.errors import GarrodError, OutsideError

UNWRITTEN = "AUD101 the audit log could not be written"
NO_HEAD = "AUD102 a head of the audit was not kept"
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


@dataclass(frozen=True, slots=True)
class Task:
    """What the thread is to do: write jobs, or only sync those that are written."""

    jobs: Sequence[Job]
    is_written: bool


class Writer:
    """Owns the log: appends in the loop, and has a thread for what takes long."""

    def __init__(self, log: Log, witness: Witness | None = None, *, every: float = MINUTE) -> None:
        self.log, self.witness, self.every = log, witness, every
        self.is_failing = False  # the last group could not be written
        self._seconds, self._failed = log.around.seconds, log.around.failed
        self._lock, self._counting = threading.Lock(), threading.Lock()  # of the log; below
        self._waiting: list[Job] = []
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._deferred = 0  # groups that the thread has yet to write
        self._is_closed = self._is_dirty = False  # dirty: written to since the last head
        self._is_loose = False  # something would not outlive a loss of power
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
        self._waiting.append(job)
        if len(self._waiting) == 1:
            loop.call_soon(self._turn)
        return job.future

    def stop(self) -> None:
        """Take nothing more, and write what waits. To be called in the loop, before `close`."""
        self._is_closed = True
        self._turn()

    def close(self) -> None:
        """Keep a last head, and end; blocks until then."""
        self._queue.put(None)
        self._thread.join()
        self.log.close()

    def _turn(self) -> None:
        """Write what came in this turn of the loop."""
        jobs, self._waiting = self._waiting, []
        if not jobs:
            return None
        if self._deferred or not self._lock.acquire(blocking=False):
            return self._defer(jobs)
        try:
            self._append(jobs, wait=False)
        except Busy:
            return self._defer(jobs)
        finally:
            self._lock.release()
        firm = [job for job in jobs if job.is_firm and job.error is None]
        if firm or not self._is_loose:  # else the thread knows already
            self._is_loose = True
            self._queue.put(Task(firm, is_written=True))
        for job in jobs:
            if not job.is_firm or job.error is not None:
                job.tell()
        return None

    def _defer(self, jobs: list[Job]) -> None:
        with self._counting:
            self._deferred += 1
        self._queue.put(Task(jobs, is_written=False))

    def _append(self, jobs: Sequence[Job], *, wait: bool) -> None:
        """Write jobs, or give them their error.  Raises: Busy where it is not waited for."""
        try:
            place = self.log.append([body for job in jobs for body in job.bodies], wait=wait)
            self._is_dirty, self.is_failing = True, False
            for job in jobs:
                job.place, place = place, place + len(job.bodies)
        except Busy:
            raise
        except GarrodError as error:
            self._bear(jobs, error, error.code)
        except Exception as error:  # whoever waits is told, whatever it was
            told = OutsideError("the audit log could not be written.", code="AUD010")
            self._bear(jobs, told, type(error).__name__)

    def _bear(self, jobs: Sequence[Job], error: GarrodError, said: str) -> None:
        self.is_failing = True
        for job in jobs:
            job.error = error
        self._say(UNWRITTEN, said)

    def _run(self) -> None:
        is_open = True
        while is_open:
            tasks, is_open = self._tasks()
            for task in tasks:
                if not task.is_written:
                    with self._lock:
                        self._append(task.jobs, wait=True)
                    with self._counting:
                        self._deferred -= 1
            jobs = [job for task in tasks for job in task.jobs]
            if tasks or not is_open:
                self._sync(jobs)
            _tell(jobs)
            if self._is_dirty and (not is_open or self._seconds() >= self._next_head):
                self._keep_head()
            self.log.checkpoint()

    def _tasks(self) -> tuple[list[Task], bool]:
        """Return what there is to do; where nobody waits for it, a little later than at once."""
        wait = max(self._next_head - self._seconds(), 0.001) if self._is_dirty else None
        tasks: list[Task] = []
        try:
            task = self._queue.get(timeout=wait)
            while task is not None:
                tasks.append(task)
                is_awaited = any(task.jobs for task in tasks) or self._is_closed
                task = self._queue.get(timeout=0 if is_awaited else SOON)
        except queue.Empty:
            return tasks, True
        return tasks, False

    def _sync(self, jobs: Sequence[Job]) -> None:
        self._is_loose = False  # what is written from now on asks again
        try:
            self.log.sync()
        except GarrodError as error:
            self._bear([job for job in jobs if job.error is None], error, error.code)

    def _keep_head(self) -> None:
        """Keep a head in the log, and give it to the witness. What fails is tried a minute on."""
        self._next_head = self._seconds() + self.every
        try:
            with self._lock:
                self._is_dirty = False
                self.log.append((), is_head=True)
                seal = self.log.seal
            self.log.sync()
            if self.witness is not None:
                self.witness.told(seal)
        except GarrodError as error:
            self._say(NO_HEAD, error.code)

    def _say(self, what: str, why: str) -> None:
        """Tell the server's own log; a disk that takes no audit may take no log either."""
        with suppress(OSError):
            self._failed(what, why)


def _tell(jobs: Sequence[Job]) -> None:
    """Tell those who wait, each in its own loop."""
    for loop in {job.loop for job in jobs}:
        mine = [job for job in jobs if job.loop is loop]
        try:
            loop.call_soon_threadsafe(_told, mine)
        except RuntimeError:
            continue  # its loop has ended: nobody waits


def _told(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.tell()
