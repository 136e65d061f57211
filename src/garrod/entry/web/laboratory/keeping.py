"""Keeps what a laboratory dropped here until it is decided on, beside the record and not in it.

DATA/laboratory/ID/: state.json (what is known of the drop), upload (the file, until it was read),
facts.json.gz (what it says over the genes: what `garrod genome call --facts` keeps, and no more),
sample.json (what tells whose sample it is: weighing.py)
The file goes once it is read. Of a drop that was rejected the reason alone is kept.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import orjson

from garrod.core.errors import ConflictError, InputError
from garrod.entry.web.asked import Sent
from garrod.entry.web.uploads import swept

STATE, FACTS, LOCK, NEW = "state.json", "facts.json.gz", "lock", ".new-"
SAMPLE = "sample.json"
GZIP = b"\x1f\x8b"
OLD = 3_600  # Not clinical: seconds after which a drop that was never whole was broken off
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file cannot be read: the code and the words of whoever read it."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Drop:
    """One file that was dropped, and what has become of it. Times are ISO 8601, UTC.

    `state`: sent, unreadable, read, authorised or rejected. `packs`: what the stored calls were
    made by; `left`: the packs whose other calls somebody chose to leave.
    """

    id: str
    patient: str
    name: str
    size: int
    sha256: str
    sent_at: str
    sent_by: str
    state: str = "sent"
    build: str = ""  # chosen by a person; "": as the file says
    sample: str = ""  # chosen, or the only one
    samples: tuple[str, ...] = ()
    lines: int = 0
    warnings: tuple[str, ...] = ()
    fault: Fault | None = None
    packs: tuple[str, ...] = ()
    decided_at: str = ""
    decided_by: str = ""
    reason: str = ""
    written: Mapping[str, str] = field(default_factory=dict)  # id -> kind, of what the record has
    made_on: str = ""  # the day of the results
    left: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()  # requests that its report answers
    earlier: tuple[str, ...] = ()  # what its report says of earlier results that differed


class Drops:
    """The drops of a server. Every method may raise OSError where the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ready(self) -> Path:
        """Return the folder, made where there is none, without what was broken off."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        swept(self.folder)
        for path in self.folder.glob(f"{NEW}*"):
            if time.time() - path.stat().st_mtime > OLD:
                shutil.rmtree(path, ignore_errors=True)
        return self.folder

    def keep(self, drop: Drop, file: Sent) -> bool:
        """Keep a drop with its file, whole or not at all; return whether it was not there yet."""
        place, new = self.folder / drop.id, self.folder / f"{NEW}{drop.id}-{os.getpid()}"
        if place.exists():
            return False
        new.mkdir(mode=0o700)
        try:
            with file.path.open("rb") as opened:
                is_packed = opened.read(2) == GZIP
            file.path.replace(new / ("upload.vcf.gz" if is_packed else "upload.vcf"))
            (new / STATE).write_bytes(_told(drop))
            new.rename(place)  # a folder that is not empty is never written over
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
            if place.exists():
                return False
            raise
        return True

    def get(self, id: str) -> Drop:
        """Return a drop.  Raises: InputError REC001 where there is none."""
        path = self.folder / id / STATE
        if not _ID.fullmatch(id) or not path.exists():
            raise InputError("there is no such drop: go back to the queue.", code="REC001")
        return _read(path)

    def every(self) -> list[Drop]:
        """Return all drops, the newest first."""
        if not self.folder.exists():
            return []
        paths = [p / STATE for p in self.folder.iterdir() if _ID.fullmatch(p.name)]
        drops = [_read(path) for path in paths if path.exists()]
        return sorted(drops, key=lambda d: (d.sent_at, d.id), reverse=True)

    def change(self, id: str, **now: Any) -> Drop:
        """Return a drop as it is from now on."""
        drop = replace(self.get(id), **now)
        _put(self.folder / id / STATE, _told(drop))
        return drop

    def upload(self, id: str) -> Path | None:
        """Return where the file lies; None once it is gone."""
        return next(iter((self.folder / id).glob("upload.*")), None)

    def facts(self, id: str) -> Path:
        """Return where the facts of a drop lie, or will."""
        return self.folder / id / FACTS

    def keep_sample(self, id: str, told: bytes) -> None:
        """Keep what tells whose sample it is."""
        _put(self.folder / id / SAMPLE, told)

    def sample(self, id: str) -> bytes:
        """Return what tells whose sample it is; nothing where it was not kept."""
        path = self.folder / id / SAMPLE
        return path.read_bytes() if path.exists() else b""

    def forget_file(self, id: str) -> None:
        """Remove the file: what it says of the genes is kept in the facts."""
        for path in (self.folder / id).glob("upload.*"):
            path.unlink(missing_ok=True)

    def forget(self, id: str) -> None:
        """Remove all that the file said."""
        self.forget_file(id)
        self.facts(id).unlink(missing_ok=True)
        (self.folder / id / SAMPLE).unlink(missing_ok=True)

    @contextmanager
    def deciding(self, id: str) -> Iterator[Drop]:
        """Give a drop to one decision at a time, of all workers.  Raises: ConflictError LAB010."""
        self.get(id)
        handle = os.open(self.folder / id / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConflictError(
                    "somebody decides on it at this moment: look at it again.", code="LAB010"
                ) from error
            yield self.get(id)
        finally:
            os.close(handle)


def _put(path: Path, told: bytes) -> None:
    """Write a file anew, whole or not at all."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with new.open("wb") as file:
        file.write(told)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _told(drop: Drop) -> bytes:
    return orjson.dumps(msgspec.to_builtins(drop))


def _read(path: Path) -> Drop:
    return msgspec.json.decode(path.read_bytes(), type=Drop)
