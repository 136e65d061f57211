"""The log as one process writes it: a group of entries, their hashes and the seal, in one commit.

(bytes, people) ... -> BEGIN, rows, people, head now and then, seal, COMMIT -> first index

Another process may write too: who finds the log grown reads the frontier anew and goes on from
there. Nothing is written after a log whose seal is not of what it holds.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from garrod.adapters.audit import schema
from garrod.adapters.audit.around import Around
from garrod.adapters.audit.connect import fault, opened
from garrod.adapters.audit.keys import (
    Signer,
    SigningKey,
    is_signed,
    key_in_force,
    new_key,
    read_key,
    waiting_beside,
    write_key,
)
from garrod.care.govern.audit import canonical, placed
from garrod.care.govern.audit_heads import Head, LogKey, head_read
from garrod.care.govern.merkle import Frontier, last_leaf, leaf_hash, place_in_row, subtrees_of
from garrod.core.errors import InternalFault, OutsideError

Body = tuple[bytes, Sequence[str], bool]  # an entry without its place, whom it names, glass
Row = tuple[int, bytes, bytes]
Mark = tuple[str, int]  # the name of a journal, and how many bytes of it
SIZES = (64, 16, 4, 1)  # rows of one statement: few texts, so that each stays prepared
TURNS = 100  # times that others may come first
ORIGIN = 16  # bytes of the name of a log
MUCH = 16 * 2**20  # bytes of the log of writes after which they are carried into the file
_VALUES = " VALUES "


class Log:
    """Writes to one file. For one thread at a time."""

    def __init__(self, path: Path, key: Path, around: Around) -> None:
        """Open the log, or begin one.  Raises: OutsideError, InputError, InternalFault AUD012."""
        self.path, self.key_path, self.around = path, key, around
        self.now = around.now
        self._frontier = Frontier()
        self._seal: Head | None = None
        self._signer: Signer
        self._connection = opened(path)
        self._carrier = opened(path)  # carries what was written into the file, beside the writer
        try:
            self._in_place = path.stat().st_ino
            self._load()
            if self._seal is None:
                self._found()
        except BaseException:
            self.close()
            raise

    @property
    def seal(self) -> Head:
        """The signed head of the log as this process last wrote or found it."""
        if self._seal is None:
            raise InternalFault("the audit log has not begun.", code="AUD012")
        return self._seal

    def append(
        self, bodies: Sequence[Body], *, is_head: bool = False, mark: Mark | None = None
    ) -> int:
        """Write entries; return the place of the first. `is_head`: the head is kept.

        `mark`: how much of a journal stands in the log then.
        Raises: OutsideError AUD010: nothing of it was written; InternalFault AUD012.
        """
        if not self._is_there():
            raise OutsideError(
                f"{self.path}: the audit log was moved away or replaced; start the server again.",
                code="AUD010",
            )
        try:
            for _ in range(TURNS):
                with suppress(sqlite3.IntegrityError):  # another process has written meanwhile
                    return self._append(bodies, is_head=is_head, mark=mark)
                self._load()
            return self._append(bodies, is_head=is_head, mark=mark)
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise fault(self.path, error) from error

    def upto(self, journal: str) -> int:
        """Return how much of a journal stands in the log.  Raises: OutsideError AUD010."""
        try:
            row = self._connection.execute(schema.READ_MARK, (journal,)).fetchone()
        except sqlite3.Error as error:
            raise fault(self.path, error) from error
        return int(row[0]) if row else 0

    def forget(self, journal: str) -> None:
        """Forget a journal that is gone.  Raises: OutsideError AUD010."""
        try:
            self._connection.execute(schema.DROP_MARK, (journal,))
        except sqlite3.Error as error:
            raise fault(self.path, error) from error

    def checkpoint(self) -> None:
        """Carry what was written into the file itself, where that has become much."""
        try:
            if Path(f"{self.path}-wal").stat().st_size > MUCH:
                self._carrier.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except (OSError, sqlite3.Error):
            return  # the next one will

    def sync(self) -> None:
        """Return when all that was written outlives a loss of power.  Raises: OutsideError AUD010.

        Source: https://sqlite.org/wal.html: what the log file holds is recovered, once it is synced
        """
        try:
            handle = os.open(f"{self.path}-wal", os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise fault(self.path, error) from error

    def rotate(self) -> str:
        """Put a new key in force; return its id.  Raises: as `append`."""
        self._load()
        fresh, waiting = new_key(self.around.chance), waiting_beside(self.key_path)
        waiting.unlink(missing_ok=True)  # of a rotation that the log never heard of
        write_key(waiting, fresh)
        self._introduce(fresh, self._signer)
        self.sync()
        waiting.replace(self.key_path)
        return fresh.id

    def close(self) -> None:
        """Let go of the file."""
        self._carrier.close()
        self._connection.close()

    def _append(
        self,
        bodies: Sequence[Body],
        *,
        is_head: bool,
        by: Signer | None = None,
        mark: Mark | None = None,
    ) -> int:
        """Write in one transaction.  Raises: sqlite3.Error; the log is then as it was."""
        tree, first = self._frontier.copy(), self._frontier.size
        rows: list[Row] = []
        people: list[tuple[str, int, bool]] = []
        for index, (body, named, glass) in enumerate(bodies, start=first):
            entry = placed(body, index)
            rows.append((index, entry, tree.add(leaf_hash(entry))))
            people += [(patient, index, glass) for patient in dict.fromkeys(named)]
        before, signer = self.seal, by or self._signer
        number = before.number + is_head
        head = Head(before.origin, tree.size, tree.root(), self.now(), signer.id, number)
        head = replace(head, signature=signer.sign(head.text()))
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        try:
            put_rows(run, schema.PUT_ENTRIES, rows)
            put_rows(run, schema.PUT_PEOPLE, people)
            if mark is not None:
                run(schema.PUT_MARK, mark)
            if is_head:
                run(schema.PUT_HEAD, (before.number, head.content()))
            if run(schema.SEAL, (head.content(), before.content())).rowcount != 1:
                raise sqlite3.IntegrityError("the log has another seal")
            run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                run("ROLLBACK")
            raise
        self._frontier, self._seal = tree, head
        return first

    def _is_there(self) -> bool:
        try:
            return self.path.stat().st_ino == self._in_place
        except OSError:
            return False

    def _load(self) -> None:
        """Read seal, frontier and key.  Raises: InternalFault AUD012, OutsideError, InputError."""
        run = self._connection.execute
        run("BEGIN")
        try:
            sealed = run(schema.READ_SEAL).fetchone()
            size = int(run(schema.SIZE).fetchone()[0])
            peaks = [self._hash(address) for address in subtrees_of((0, size))]
        finally:
            run("COMMIT")
        self._frontier, self._seal = Frontier(size, peaks), None
        if sealed is None and not size:
            return
        try:
            head = head_read(sealed[0])
        except (TypeError, ValueError) as error:
            raise self._broken() from error
        if head.size != size or head.root != self._frontier.root():
            raise self._broken()
        self._signer = key_in_force(self.key_path, head.key).signer()
        if not is_signed(self._signer.public, head.text(), head.signature):
            raise self._broken()
        self._seal = head

    def _hash(self, address: tuple[int, int]) -> bytes:
        row = self._connection.execute(schema.HASHES, (last_leaf(address),)).fetchone()
        found = bytes(row[0])[place_in_row(address)] if row else b""
        if len(found) != len(leaf_hash(b"")):
            raise self._broken()
        return found

    def _found(self) -> None:
        """Begin a log: its first entry is its key."""
        waiting = waiting_beside(self.key_path)
        if self.key_path.exists():
            key = read_key(self.key_path)
        else:
            waiting.unlink(missing_ok=True)
            key = new_key(self.around.chance)
            write_key(self.key_path, key)
        origin, nothing = self.around.chance(ORIGIN).hex(), Frontier().root()
        self._signer = key.signer()
        self._seal = Head(origin, 0, nothing, self.now(), key.id, 0)
        try:
            self._introduce(key, self._signer)
        except sqlite3.IntegrityError:  # another process began it in this moment
            self._load()

    def _introduce(self, key: SigningKey, by: Signer) -> None:
        """Write the entry of a new key, signed by the key before it; the seal is the new key's."""
        told = LogKey(self.seal.origin, key.id, key.public, by.id)
        told = replace(told, signature=by.sign(told.text()))
        signer = key.signer()
        self._append([(canonical(told.entry(self.now())), (), False)], is_head=True, by=signer)
        self._signer = signer

    def _broken(self) -> InternalFault:
        return InternalFault(
            f"{self.path}: the audit log is not what was sealed: it was changed by somebody else. "
            "Keep the file, and see `garrod audit verify`. To go on meanwhile, move it away.",
            code="AUD012",
        )


def put_rows(
    run: Callable[[str, Sequence[Any]], object], text: str, rows: Sequence[Sequence[Any]]
) -> None:
    """Put rows in by few statements; `text` puts in one, `run` executes."""
    at = 0
    for size in SIZES:
        while len(rows) - at >= size:
            values = [value for row in rows[at : at + size] for value in row]
            run(_widened(text, size), values)
            at += size


@lru_cache(maxsize=64)
def _widened(text: str, size: int) -> str:
    """Return a statement that puts in one row as one that puts in several."""
    head, _, places = text.partition(_VALUES)
    return head + _VALUES + ", ".join([places] * size)
