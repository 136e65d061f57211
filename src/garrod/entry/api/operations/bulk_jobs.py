"""Exports that run while the caller does something else: their state, and the files they wrote.

Files lie in a folder of their own that nobody else may read, and go when the job is deleted, when
it grows old, or when the server ends.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

from garrod.care.govern.access import Actor
from garrod.care.record.service import Record
from garrod.core.errors import GarrodError, InputError, InternalFault, OutsideError

MOST_RUNNING = 4  # Not clinical: exports at one time
KEPT = timedelta(hours=24)  # Not clinical: how long files can be fetched
LARGEST = 32_000_000  # Not clinical: bytes of one file; a kind may have several


@dataclass(frozen=True, slots=True)
class Written:
    """One file of an export."""

    name: str
    kind: str
    count: int


@dataclass(slots=True)
class Job:
    """One export. `error` None and `is_done`: its files are there."""

    id: str
    actor: Actor
    request: str
    at: datetime
    folder: tempfile.TemporaryDirectory[str]
    files: list[Written] = field(default_factory=list)
    told: str = "waiting"
    is_done: bool = False
    error: GarrodError | None = None
    task: asyncio.Task[None] | None = None

    def path(self, name: str) -> Path:
        """Return where a file lies.  Raises: InputError REC001."""
        if name not in {file.name for file in self.files}:
            raise InputError(f"the export has no file {name[:80]!r}.", code="REC001")
        return Path(self.folder.name) / name


Lines = Callable[[str], AsyncIterator[bytes]]
_JOBS: WeakKeyDictionary[Record, dict[str, Job]] = WeakKeyDictionary()


def begin(
    record: Record, actor: Actor, request: str, at: datetime, *, work: tuple[tuple[str, ...], Lines]
) -> Job:
    """Start an export and return it; `work` gives the kinds, and the lines of one.

    Raises: OutsideError API020 where too many run already.
    """
    jobs = _JOBS.setdefault(record, {})
    for old in [j for j in jobs.values() if at - j.at > KEPT]:
        end(record, old)
    if sum(not job.is_done for job in jobs.values()) >= MOST_RUNNING:
        raise OutsideError(
            f"{MOST_RUNNING} exports run already: ask again when one has ended.", code="API020"
        )
    folder = tempfile.TemporaryDirectory(prefix="garrod-export-")
    job = Job(secrets.token_urlsafe(18), actor, request, at, folder)
    jobs[job.id] = job
    job.task = asyncio.get_running_loop().create_task(_run(job, *work))
    return job


def job_of(record: Record, actor: Actor, id: str) -> Job:
    """Return an export that an actor started.  Raises: InputError REC001."""
    job = _JOBS.get(record, {}).get(id)
    if job is None or job.actor != actor:
        raise InputError("there is no such export here: it ended, or never was.", code="REC001")
    return job


def end(record: Record, job: Job) -> None:
    """Stop an export and take its files away."""
    _JOBS.get(record, {}).pop(job.id, None)
    if job.task is not None:
        job.task.cancel()
    job.folder.cleanup()


async def _run(job: Job, kinds: tuple[str, ...], lines: Lines) -> None:
    try:
        for number, kind in enumerate(kinds):
            job.told = f"{number} of {len(kinds)} types written"
            await _write(job, kind, lines(kind))
    except GarrodError as error:
        job.error = error
    except OSError as error:
        job.error = OutsideError(
            f"the files of the export cannot be written ({error.strerror}).", code="API021"
        )
    except Exception as error:
        job.error = InternalFault(f"the export failed ({type(error).__name__}).")
    finally:
        job.is_done = True


async def _write(job: Job, kind: str, lines: AsyncIterator[bytes]) -> None:
    """Write the lines of a kind into files that can each be sent at once."""
    some: list[bytes] = []
    size = 0
    async for line in lines:
        if some and size + len(line) > LARGEST:
            _keep(job, kind, some)
            some, size = [], 0
        some.append(line)
        size += len(line)
        if len(some) % 500 == 0:
            await asyncio.sleep(0)  # others are served too
    if some:
        _keep(job, kind, some)


def _keep(job: Job, kind: str, lines: list[bytes]) -> None:
    number = sum(file.kind == kind for file in job.files) + 1
    name = f"{kind}-{number}.ndjson"
    (Path(job.folder.name) / name).write_bytes(b"".join(lines))
    job.files.append(Written(name, kind, len(lines)))
