"""Rows that wait to be written: many at once cost one round trip, each alone costs its own."""

from __future__ import annotations

from garrod.adapters.store.compiled import Ask, Row, Statement
from garrod.adapters.store.postgres.connect import Connection

Rows = dict[Statement, list[Row]]


class Pending:
    """Holds rows back until something is read that they touch, or the group ends.

    A work that fails takes only its own rows with it: those of earlier works that were written
    under its savepoint are held again.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._held: Rows = {}
        self._earlier: Rows = {}  # what earlier works left when this one began
        self._is_saved = False

    def begin(self) -> None:
        """Mark where a work begins."""
        self._earlier = {statement: list(rows) for statement, rows in self._held.items()}
        self._is_saved = False

    async def undo(self) -> None:
        """Forget what the work wrote."""
        self._held = self._earlier
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
        if asked.statement.is_writing:
            if asked.rows:
                self._held.setdefault(asked.statement, []).extend(asked.rows)
            return []
        if not self._is_saved:
            await self.connection.execute("SAVEPOINT work")
            self._is_saved = True
        if not asked.statement.is_apart:
            await self.flush()
        rows = await self.connection.fetch(asked.statement.text, *asked.rows[0])
        return [tuple(row) for row in rows]

    async def flush(self) -> None:
        """Write what is held: what takes away came first, and goes first."""
        held, self._held = self._held, {}
        for statement, rows in held.items():
            await self.connection.executemany(statement.text, rows)
