"""Seals what waits: lines of journals become entries of the log, a group in each commit.

journal -> bodies -> Log.append, with how far the journal stands in the log -> heads now and then
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from garrod.adapters.audit.connect import opened_to_read
from garrod.adapters.audit.journal import Waiting, left_beside
from garrod.adapters.audit.lines import body_of
from garrod.adapters.audit.log import Body, Log
from garrod.adapters.audit.tiles import Tiles
from garrod.adapters.audit.witness import Witness
from garrod.core.errors import GarrodError

NO_HEAD = "AUD102 a head of the audit was not kept"
OLDER = "AUD104 the log is older than what was witnessed: see garrod audit verify --witness"
PORTION = 8  # tiles added at once: some milliseconds
SOON = 0.05  # seconds until what is sealed outlives a loss of power
MINUTE = 60.0  # seconds between heads that are kept, while something is written

Run = tuple[int, int]  # the place of the first of some entries, and how many they are


class Sealer:
    """Seals one journal at a time in one log. For one thread."""

    def __init__(
        self,
        log: Log,
        secret: bytes,
        *,
        witness: Witness | None = None,
        every: float = MINUTE,
    ) -> None:
        """Seal what was left by processes that are gone, and keep a head.

        Raises: OutsideError, InternalFault AUD012 (a journal was changed).
        """
        self.log, self.witness, self.every = log, witness, every
        self._secret, self._seconds = secret, log.around.seconds
        self._is_dirty = False  # written to since the last head
        self._is_loose = False  # something sealed would not outlive a loss of power
        self._next_sync = 0.0
        self._reading = opened_to_read(log.path)
        self._tiles = Tiles(log.path, lambda text, of: self._reading.execute(text, of).fetchall())
        self._begin()

    def _begin(self) -> None:
        """Seal what was left, look at the witness, and keep a head."""
        for path in left_beside(self.log.path):
            self._take_over(path)
        seen = self.witness.newest() if self.witness is not None else None
        seal = self.log.seal
        if seen is not None and seen.origin == seal.origin and seen.size > seal.size:
            self.log.around.failed(OLDER, "AUD016")
        self._keep_head()

    def opened(self, path: Path) -> Waiting:
        """Return a journal, from where the log holds it.  Raises: as `Waiting`."""
        waiting = Waiting(path, self._secret, self.log.upto(path.name))
        waiting.hold()
        return waiting

    def seal(self, journal: Waiting, end: int | None = None) -> Iterator[Run]:
        """Seal what waits in a journal, and yield where it stands, a group at a time.

        Raises: OutsideError AUD010, InternalFault AUD012.
        """
        before = journal.upto, journal.tag
        while lines := journal.read(end):
            try:
                place = self.log.append(
                    [body_of(line) for line in lines], mark=(journal.path.name, journal.upto)
                )
            except BaseException:
                journal.back(*before)
                raise
            self._is_dirty = self._is_loose = True
            before = journal.upto, journal.tag
            yield place, len(lines)

    def append(self, bodies: Sequence[Body]) -> int:
        """Append entries that waited nowhere, durably; return the place of the first.

        Raises: OutsideError AUD010, InternalFault AUD012.
        """
        place = self.log.append(bodies)
        self._is_dirty = True
        self.log.sync()
        return place

    def done(self, journal: Waiting) -> None:
        """Take away a journal that stands in the log, whole.  Raises: OutsideError AUD010."""
        self.log.sync()
        journal.close(is_done=True)
        self.log.forget(journal.path.name)

    def rest(self) -> float | None:
        """Do what is due beside the journal; return in how many seconds something is, or None."""
        if not self._is_dirty:
            return None
        now = self._seconds()
        if now >= self._next_head:
            self._keep_head()
            return None
        if self._is_loose and now >= self._next_sync:
            self._next_sync, self._is_loose = now + SOON, False
            with suppress(GarrodError):  # tried again, and told when something is sealed
                self.log.sync()
            self.log.checkpoint()
            with suppress(sqlite3.Error):  # proofs are made of the log itself then
                self._tiles.grow(self.log.seal.size, most=PORTION)
        due = min(self._next_head, self._next_sync) if self._is_loose else self._next_head
        return max(due - now, 0.001)

    def close(self) -> None:
        """Keep a last head, and let go of the log."""
        if self._is_dirty:
            self._keep_head()
        self._reading.close()
        self.log.close()

    def _take_over(self, path: Path) -> None:
        waiting = Waiting(path, self._secret)
        if not waiting.is_left() or not path.exists():
            return waiting.close()
        waiting.close()
        waiting = self.opened(path)
        for _ in self.seal(waiting):
            continue
        return self.done(waiting)

    def _keep_head(self) -> None:
        """Keep a head in the log, and give it to the witness. What fails is tried a minute on."""
        self._next_head = self._seconds() + self.every
        try:
            self.log.append((), is_head=True)
            self._is_dirty = False
            self.log.sync()
            if self.witness is not None:
                self.witness.told(self.log.seal)
        except GarrodError as error:
            with suppress(OSError):  # a disk that takes no audit may take no log of faults either
                self.log.around.failed(NO_HEAD, error.code)
