"""Exports that run while the caller does something else, and go on when the server was ended.

begin -> exports/ID (job.json, files) -> a kind at a time -> done, kept for a day, taken away
A server that starts goes on with each export at the first kind that was not whole. Files lie in the
data folder, readable to nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from garrod.adapters.fhir.ingest.outgoing import Choice, lines
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.care.govern.access import Actor
from garrod.care.record.service import Record
from garrod.core.errors import GarrodError, InputError, InternalFault, OutsideError
from garrod.entry.api.operations.bulk_job import STATE, Job, Wish, Written, loaded, write_whole

LOG = structlog.get_logger()
FOLDER = "exports"
MOST_RUNNING = 4  # Not clinical: exports at one time
KEPT = timedelta(hours=24)  # Not clinical: how long files can be fetched
LOOK = 600.0  # Not clinical: seconds between two looks for what has grown old
LARGEST = 32_000_000  # Not clinical: bytes of one file; a kind may have several


class Exports:
    """All exports of a server; `folder` is its data folder."""

    def __init__(
        self, folder: Path, record: Record, codec: FhirCodec, clock: Callable[[], datetime]
    ) -> None:
        self.folder = folder / FOLDER
        self.record = record
        self.codec = codec
        self.clock = clock
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Exports]:
        """Go on with what was not ended, until the block ends; what runs then goes on later."""
        self._load()
        self._sweep()
        for job in self._jobs.values():
            if job.ended is None:
                self._start(job)
        looking = asyncio.create_task(self._look(), name="garrod-exports")
        try:
            yield self
        finally:
            tasks = [looking, *self._tasks.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self, actor: Actor, request: str, wish: Wish) -> Job:
        """Start an export and return it.

        Raises: OutsideError API020 where too many run already, API021 where nothing can be written.
        """
        self._sweep()
        if sum(job.ended is None for job in self._jobs.values()) >= MOST_RUNNING:
            raise OutsideError(
                f"{MOST_RUNNING} exports run already: ask again when one has ended.", code="API020"
            )
        id = secrets.token_urlsafe(18)
        job = Job(id, actor, request, self.clock(), self.folder / id, wish)
        try:
            job.folder.mkdir(parents=True, mode=0o700)
            self.folder.chmod(0o700)
            job.save()
        except OSError as error:
            shutil.rmtree(job.folder, ignore_errors=True)
            raise _unwritable(error) from error
        self._jobs[id] = job
        self._start(job)
        return job

    def job_of(self, actor: Actor, id: str) -> Job:
        """Return an export that an actor started.  Raises: InputError REC001."""
        self._sweep()
        job = self._jobs.get(id)
        if job is None or not job.actor.is_as(actor):
            raise InputError(
                "there is no such export here: it was ended, is older than "
                f"{KEPT // timedelta(hours=1)} hours, or never was.",
                code="REC001",
            )
        return job

    def expires(self, job: Job) -> datetime | None:
        """Return when the files of an export go; None: it still runs."""
        return job.ended + KEPT if job.ended else None

    async def end(self, job: Job) -> None:
        """Stop an export and take its files away."""
        self._jobs.pop(job.id, None)
        task = self._tasks.pop(job.id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        shutil.rmtree(job.folder, ignore_errors=True)

    def _load(self) -> None:
        for folder in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            try:
                job = loaded(folder)
            except (OSError, ValueError, KeyError, TypeError) as error:
                LOG.warning("API025 an export is not whole and goes", kind=type(error).__name__)
                shutil.rmtree(folder, ignore_errors=True)
                continue
            whole = {STATE, *(file.name for file in job.files)}
            for path in folder.iterdir():
                if path.name not in whole:  # of a kind that was not whole
                    with contextlib.suppress(OSError):
                        path.unlink()
            self._jobs[job.id] = job

    def _sweep(self) -> None:
        now = self.clock()
        for job in [j for j in self._jobs.values() if j.ended and now - j.ended > KEPT]:
            del self._jobs[job.id]
            shutil.rmtree(job.folder, ignore_errors=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            self._sweep()

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._run(job), name=f"garrod-export-{job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def _run(self, job: Job) -> None:
        try:
            for kind in job.wish.kinds[job.next :]:
                job.files += await self._write(job, kind)
                job.next += 1
                await _uncut(job.save)
        except GarrodError as error:
            job.error = error
        except OSError as error:
            job.error = _unwritable(error)
        except Exception as error:
            job.error = InternalFault(f"the export failed ({type(error).__name__}).")
        ended = self.clock()
        with contextlib.suppress(OSError):  # then it is tried again when the server starts
            await _uncut(replace(job, ended=ended).save)
        job.ended = ended

    async def _write(self, job: Job, kind: str) -> list[Written]:
        """Write the lines of a kind into files that can each be sent at once."""
        people = self.codec if job.wish.of_people else None
        choice = Choice(job.wish.kinds, since=job.wish.since, of_people_by=people)
        files: list[Written] = []
        some: list[bytes] = []
        size = 0
        async for line in lines(self.record, job.actor, choice, kind):
            if some and size + len(line) > LARGEST:
                files.append(await _keep(job, Written(_name(kind, files), kind, len(some)), some))
                some, size = [], 0
            some.append(line)
            size += len(line)
            if len(some) % 500 == 0:
                await asyncio.sleep(0)  # others are served too
        if some:
            files.append(await _keep(job, Written(_name(kind, files), kind, len(some)), some))
        return files


async def _uncut(work: Callable[[], object]) -> None:
    """Do some work in a thread, and end only when it has ended, though the export is stopped.

    A thread goes on when its task is stopped, and would write into a folder that is gone.
    """
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise


def _name(kind: str, files: list[Written]) -> str:
    return f"{kind}-{len(files) + 1}.ndjson"


async def _keep(job: Job, file: Written, some: list[bytes]) -> Written:
    await _uncut(lambda: write_whole(job.folder / file.name, b"".join(some)))
    return file


def _unwritable(error: OSError) -> OutsideError:
    return OutsideError(
        f"the files of the export cannot be written ({error.strerror}): make room on the disk of "
        "the data folder, then ask for the export again.",
        code="API021",
    )
