"""Rows that wait to be written: many at once cost one round trip, each alone costs its own."""

from __future__ import annotations

from garrod.adapters.store.compiled import Ask, Row, Statement
from garrod.adapters.store.postgres.connect import Connection
from garrod.adapters.store.postgres.heads import PLACED, Heads
from garrod.adapters.store.statements import Book

Held = dict[Statement, list[Row]]


class Pending:
    """Holds rows back until something is read that they touch, or the group ends.

    A work that fails takes only its own rows with it: those of earlier works that were written
    under its savepoint are held again. A work has a savepoint only once something of it is written.
    No resource is held twice: so what takes its rows away may go first, and what puts them after.
    """

    def __init__(self, connection: Connection, book: Book, keys: list[int]) -> None:
        self.connection = connection
        self.book = book
        self.heads = Heads(connection, book, keys)
        self._first = frozenset(book.forget)
        self._held: Held = {}
        self._touched: set[tuple[str, str]] = set()  # kind and id of what is held
        self._marks: dict[Statement, int] = {}  # how many rows are of earlier works
        self._earlier: Held = {}  # rows of theirs, written under the savepoint of this work
        self._before: set[tuple[str, str]] = set()  # what they touched
        self._is_saved = False

    def begin(self) -> None:
        """Mark where a work begins."""
        self.heads.begin()
        self._marks = {statement: len(rows) for statement, rows in self._held.items()}
        self._earlier, self._before = {}, set(self._touched)
        self._is_saved = False

    async def undo(self) -> None:
        """Forget what the work wrote."""
        self.heads.undo()
        kept = self._earlier
        for statement, count in self._marks.items():
            kept.setdefault(statement, []).extend(self._held[statement][:count])
        self._held, self._touched = kept, self._before
        if self._is_saved:
            await self.connection.execute("ROLLBACK TO work; RELEASE work")
        self._is_saved = False

    async def end(self) -> None:
        """Keep what the work wrote."""
        if self._is_saved:
            await self.connection.execute("RELEASE work")
        self._is_saved = False

    async def performed(self, asked: Ask) -> list[Row]:
        """Return the rows of a statement; hold what only writes."""
        statement, row = asked.statement, asked.rows[0] if asked.rows else ()
        if statement.is_writing:
            if asked.rows:
                self._held.setdefault(statement, []).extend(asked.rows)
            return []
        if statement is self.book.stand:
            found = await self.heads.stand((row[0], row[1]))
            return [found] if found else []
        if statement is self.book.bump:
            return [await self._bumped(row)]
        if self._held and self._is_touched(statement, row):
            await self._save()
            await self.flush()
        elif not statement.text.startswith("SELECT"):
            await self._save()
        rows = await self.connection.fetch(statement.text, *row)
        return [tuple(found) for found in rows]

    async def _bumped(self, row: Row) -> Row:
        """Return key and number of the next version; its place is held like any row."""
        kind, id, is_deleted, at, sequence = row
        name = (kind, id)
        if name in self._touched:
            await self._save()
            await self.flush()
        key, number, _ = await self.heads.next(name, is_deleted)
        placed = PLACED.bound((key, kind, id, number, is_deleted, at, sequence))
        self._held.setdefault(PLACED, []).append(placed)
        self._touched.add(name)
        return key, number

    def _is_touched(self, statement: Statement, row: Row) -> bool:
        """Return whether a statement may read what is held."""
        if statement in (self.book.read, self.book.read_version):
            return (row[0], row[1]) in self._touched
        # of patients: asked of what has just been bumped, whose earlier rows are written therefore
        return not (statement.is_apart or statement is self.book.patients)

    async def _save(self) -> None:
        if not self._is_saved:
            await self.connection.execute("SAVEPOINT work")
            self._is_saved = True

    async def flush(self) -> None:
        """Write what is held: what takes away goes first."""
        for statement, count in self._marks.items():
            self._earlier.setdefault(statement, []).extend(self._held[statement][:count])
        held, self._held, self._marks, self._touched = self._held, {}, {}, set()
        for statement in sorted(held, key=lambda one: one not in self._first):
            await self.connection.executemany(statement.text, held[statement])
