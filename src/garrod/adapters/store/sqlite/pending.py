"""Rows that wait to be written: those of many works go in a few statements, each of many rows.

Python's thread gives way at every statement and waits for its turn behind it; so a group that
writes a thousand rows one by one waits a thousand times. Written at once, SQLite works beside the
other thread meanwhile.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from garrod.adapters.store.compiled import Ask, Row
from garrod.adapters.store.statements import Book

SIZES = (64, 16, 4, 1)  # rows of one statement: few texts, so that each stays prepared
_VALUES = " VALUES "
Held = dict[str, list[Row]]  # by the text of a statement for one row


class FlushError(Exception):
    """Rows that were held could not be written; whose they were is not known."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Pending:
    """Holds rows back until something is read that they touch, or the group ends.

    A work that fails takes only its own rows with it: those of earlier works that were written
    under its savepoint are held again.
    """

    def __init__(self, connection: sqlite3.Connection, book: Book) -> None:
        self.connection = connection
        self._version = book.put["version"].text
        self._of_versions = (book.read, book.read_version)  # read nothing else that is held
        self._held: Held = {}
        self._marks: dict[str, int] = {}  # how many rows earlier works left, not written yet
        self._earlier: Held = {}  # rows of theirs that were written under this work's savepoint

    def begin(self) -> None:
        """Mark where a work begins."""
        self._marks = {text: len(rows) for text, rows in self._held.items()}
        self._earlier = {}

    def undo(self) -> None:
        """Forget what the work wrote; its savepoint is rolled back by whoever set it."""
        kept = self._earlier
        for text, count in self._marks.items():
            if count:
                kept.setdefault(text, []).extend(self._held[text][:count])
        self._held = kept

    def clear(self) -> None:
        """Forget everything: the transaction is rolled back."""
        self._held, self._marks, self._earlier = {}, {}, {}

    def performed(self, asked: Ask) -> list[Row]:
        """Return the rows of a statement; hold what only writes.

        Raises: sqlite3.Error of the statement, FlushError of what was held.
        """
        statement = asked.statement
        if statement.is_writing:
            if asked.rows:
                self._held.setdefault(statement.text, []).extend(asked.rows)
            return []
        if not statement.is_apart and self._held:
            self.flush((self._version,) if statement in self._of_versions else None)
        return self.connection.execute(statement.text, asked.rows[0]).fetchall()

    def flush(self, texts: tuple[str, ...] | None = None) -> None:
        """Write what is held, or what is held of some statements.  Raises: FlushError.

        What takes rows away came before what puts them there, for the patients of a resource are
        read (and all is written) before its rows are taken away; so it goes first.
        """
        for text in tuple(self._held) if texts is None else texts:
            rows = self._held.pop(text, None)
            if rows is None:
                continue
            earlier = self._marks.pop(text, 0)
            if earlier:
                self._earlier.setdefault(text, []).extend(rows[:earlier])
            try:
                self._write(text, rows)
            except Exception as error:  # values too: these rows may be anybody's of the group
                raise FlushError(error) from error

    def _write(self, text: str, rows: list[Row]) -> None:
        if _VALUES not in text:
            for row in rows:
                self.connection.execute(text, row)
            return
        at = 0
        for size in SIZES:
            while len(rows) - at >= size:
                values = [value for row in rows[at : at + size] for value in row]
                self.connection.execute(_widened(text, size), values)
                at += size


@lru_cache(maxsize=256)
def _widened(text: str, size: int) -> str:
    """Return a statement that puts in one row as one that puts in several."""
    head, _, places = text.partition(_VALUES)
    return head + _VALUES + ", ".join([places] * size)
