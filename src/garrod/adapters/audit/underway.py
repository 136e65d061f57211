"""Which requests that write are under way, told to other processes: when the oldest of them began.

A request that writes commits before its entry is kept. Whoever copies the record, and then its log,
waits between the two until all have left theirs that had begun when the record was copied.

request -> begun: eight bytes of a file that is mapped into memory -> ended, its entry being kept
The file is locked while its server lives: one that nobody holds says nothing.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from garrod.core.errors import OutsideError

SUFFIX, NAME = ".underway", 8  # of the file, and bytes of its name
MOMENT = struct.Struct("=d")
PATIENCE, PAUSE = 600.0, 0.02  # Not clinical: seconds to wait for requests, and between two looks


class Underway:
    """The requests of one server. `seconds` is a clock that all processes of a machine share.

    Without a log it is this process's own alone.
    """

    def __init__(
        self,
        log: Path | None = None,
        chance: Callable[[int], bytes] = bytes,
        seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._log, self._chance, self._seconds = log, chance, seconds
        self._begun: dict[int, float] = {}  # in their order
        self._numbers = count()
        self._told: mmap.mmap | None = None

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Let other processes see it until the block ends.  Raises: OutsideError AUD010."""
        if self._log is None:
            yield
            return
        path = self._log.with_name(f"{self._log.name}.{self._chance(NAME).hex()}{SUFFIX}")
        try:
            new = path.with_name(f"{path.name}.new")  # it has its name when it is locked
            handle = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(handle, fcntl.LOCK_SH)
            os.write(handle, MOMENT.pack(0.0))
            self._told = mmap.mmap(handle, MOMENT.size)
            new.rename(path)
        except OSError as error:
            raise OutsideError(
                f"{path.parent}: the audit cannot be written ({error.strerror}); nothing is given "
                "out until it can.",
                code="AUD010",
            ) from error
        try:
            yield
        finally:
            told, self._told = self._told, None
            path.unlink(missing_ok=True)
            told.close()
            os.close(handle)

    @contextmanager
    def during(self) -> Iterator[None]:
        """Count a request as under way until the block ends."""
        number = next(self._numbers)
        self._begun[number] = self._seconds()
        self._tell()
        try:
            yield
        finally:
            del self._begun[number]
            self._tell()

    def _tell(self) -> None:
        if self._told is not None:
            MOMENT.pack_into(self._told, 0, next(iter(self._begun.values()), 0.0))


def await_ended(log: Path, moment: float) -> None:
    """Return when no server of this machine has a request under way that began before a moment.

    Raises: OutsideError AUD017 where one takes too long.
    """
    looks = count()
    while any(0 < begun <= moment for begun in _oldest_beside(log)):
        if next(looks) > PATIENCE / PAUSE:
            raise OutsideError(
                f"{log}: a request that writes has been under way for more than {PATIENCE:.0f} s, "
                "and has left no entry yet: make the backup again when it has ended.",
                code="AUD017",
            )
        time.sleep(PAUSE)


def _oldest_beside(log: Path) -> Iterator[float]:
    """Yield, of each server, when its oldest request began; 0 where it has none."""
    for path in log.parent.glob(f"{log.name}.*{SUFFIX}"):
        with suppress(OSError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                content = file.read(MOMENT.size)
                if len(content) == MOMENT.size:
                    yield MOMENT.unpack(content)[0]
            else:
                path.unlink(missing_ok=True)  # its server is gone
