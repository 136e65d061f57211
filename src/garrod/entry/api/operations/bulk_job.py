"""One export: what was asked, how far it is, and the files it wrote, as it stands on the disk.

exports/ID/job.json and, beside it, Kind-1.ndjson ...; a job counts only what is whole on the disk.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from garrod.care.govern.access import Actor, actor_told, told_actor
from garrod.core import errors
from garrod.core.errors import GarrodError, InputError, OutsideError

STATE = "job.json"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is exported: kinds, since when, and whether only what belongs to somebody."""

    kinds: tuple[str, ...]
    since: datetime | None = None
    of_people: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """One file of an export."""

    name: str
    kind: str
    count: int


@dataclass(slots=True)
class Job:
    """One export. `ended` None: it runs, or goes on when the server does."""

    id: str
    actor: Actor
    request: str
    at: datetime
    folder: Path
    wish: Wish
    files: list[Written] = field(default_factory=list)
    next: int = 0  # the place of the first kind that is not whole
    ended: datetime | None = None
    error: GarrodError | None = None

    @property
    def told(self) -> str:
        """Return how far it is, in words."""
        return f"{self.next} of {len(self.wish.kinds)} types written"

    def path(self, name: str) -> Path:
        """Return where a file lies.  Raises: InputError REC001."""
        if name not in {file.name for file in self.files}:
            raise InputError(f"the export has no file {name[:80]!r}.", code="REC001")
        return self.folder / name

    def save(self) -> None:
        """Write how it stands, wholly or not at all.  Raises: OSError."""
        since = self.wish.since.isoformat() if self.wish.since else None
        fault = self.error
        told = {
            "id": self.id,
            "actor": told_actor(self.actor),
            "request": self.request,
            "at": self.at.isoformat(),
            "wish": [list(self.wish.kinds), since, self.wish.of_people],
            "files": [[file.name, file.kind, file.count] for file in self.files],
            "next": self.next,
            "ended": self.ended.isoformat() if self.ended else None,
            "error": [type(fault).__name__, fault.message, fault.code] if fault else None,
        }
        write_whole(self.folder / STATE, json.dumps(told).encode())


def loaded(folder: Path) -> Job:
    """Return the job of a folder.  Raises: OSError, ValueError, KeyError, TypeError."""
    told = json.loads((folder / STATE).read_bytes())
    kinds, since, of_people = told["wish"]
    return Job(
        told["id"],
        _actor(told["actor"]),
        told["request"],
        datetime.fromisoformat(told["at"]),
        folder,
        Wish(tuple(kinds), datetime.fromisoformat(since) if since else None, of_people),
        [Written(*row) for row in told["files"]],
        told["next"],
        datetime.fromisoformat(told["ended"]) if told["ended"] else None,
        _fault(told["error"]),
    )


def _actor(told: dict[str, Any] | list[str]) -> Actor:
    """Return who asked; earlier releases wrote a list."""
    names = ("id", "role", "organisation", "setting", "purpose")
    return actor_told(dict(zip(names, told, strict=False)) if isinstance(told, list) else told)


def _fault(told: list[str] | None) -> GarrodError | None:
    if told is None:
        return None
    name, message, code = told
    kind: Any = getattr(errors, name, OutsideError)
    found = kind if isinstance(kind, type) and issubclass(kind, GarrodError) else OutsideError
    return found(message, code=code)


def write_whole(path: Path, body: bytes) -> None:
    """Write a file that nobody else reads, on the disk before it has its name.  Raises: OSError."""
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
