"""Reads a release from its file. A question is one or two look-ups by key; nothing is kept."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from garrod.adapters.terminology.schema import FORMAT
from garrod.core.errors import KnowledgeError

DOWN = """
with recursive kin(id) as (
    values (?) union select parent.child from parent, kin where parent.parent = kin.id
)"""
UP = """
with recursive kin(id) as (
    values (?) union select parent.parent from parent, kin where parent.child = kin.id
)"""
COLUMNS = "c.id, c.active, c.kind, c.term"
Found = tuple[int, int, int, str]


def number_of(code: str) -> int | None:
    """Return a code as the number that it is; None where it is none."""
    if not code.isascii() or not code.isdecimal() or code[:1] == "0" or len(code) > 18:
        return None
    return int(code)


class Release:
    """The file of one release, open for reading; each thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        """Raises: KnowledgeError KNO041 where it is no such file."""
        self.path = path
        self._own = threading.local()
        try:
            self.meta = dict[str, str](self.rows("select key, value from meta"))
        except sqlite3.Error as error:
            raise KnowledgeError(
                f"{path}: is no file of a terminology ({error}); import the release again",
                code="KNO041",
            ) from error
        if self.meta.get("format") != FORMAT:
            raise KnowledgeError(
                f"{path}: is of another layout than this software reads; import the release again",
                code="KNO041",
            )
        self.kinds = dict[int, str](self.rows("select id, name from kind"))
        self.namespaces = frozenset(n for (n,) in self.rows("select id from namespace"))

    def _db(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._own, "db", None)
        if found is None:
            uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            found = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            self._own.db = found
        return found

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query."""
        yield from self._db().execute(query, values)

    def has(self, query: str, *values: object) -> bool:
        """Return whether a query finds anything."""
        return self._db().execute(query, values).fetchone() is not None

    def concept(self, number: int) -> Found | None:
        """Return the row of a concept, or None."""
        found = (
            self._db()
            .execute(f"select {COLUMNS} from concept c where c.id = ?", (number,))
            .fetchone()
        )
        return found or None

    def is_below(self, number: int, other: int) -> bool:
        """Return whether one is another or a kind of it."""
        return number == other or self.has(f"{UP} select 1 from kin where id = ? limit 1",
                                           number, other)  # fmt: skip
