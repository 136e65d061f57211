"""Where resources stand within a group of works: each is asked for once, then it is known.

Whoever writes holds the lock, so that nothing changes beneath the group but by the group itself;
the next number is then the known one and one more, and needs no round trip of its own. Should a
writer ever come in without the lock, the number of a version stands once and the group fails.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam

from garrod.adapters.store.compiled import POSTGRES, Statement, compiled
from garrod.adapters.store.postgres.connect import Connection
from garrod.adapters.store.schema import HEAD
from garrod.adapters.store.statements import Book

KEYS = 32  # taken from the server at once; it sets down as many of a sequence in one go
NEW_KEYS = "SELECT nextval(pg_get_serial_sequence('head', 'key')) FROM generate_series(1, $1)"
Name = tuple[str, str]  # kind and id
Stand = tuple[int, int, bool]  # key, number, is_deleted


def _placed() -> Statement:
    """Return the statement that sets down where a resource stands."""
    names = tuple(column.name for column in HEAD.columns)
    made: Any = POSTGRES.insert(HEAD).values({name: bindparam(name) for name in names})
    new = {name: made.excluded[name] for name in ("number", "is_deleted", "at", "sequence")}
    made = made.on_conflict_do_update(index_elements=[HEAD.c.kind, HEAD.c.id], set_=new)
    return compiled(POSTGRES, made, names, is_writing=True)


PLACED = _placed()


class Heads:
    """What is known of resources; a work that fails takes what it made of them with it.

    `keys` are keys that nobody has yet, in order; what is left of them serves the next group.
    """

    def __init__(self, connection: Connection, book: Book, keys: list[int]) -> None:
        self.connection = connection
        self.book = book
        self.keys = keys
        self._known: dict[Name, Stand | None] = {}
        self._own: dict[Name, Stand | None] = {}  # of the work that runs

    def begin(self) -> None:
        """Mark where a work begins: what the one before it made is kept."""
        self._known.update(self._own)
        self._own = {}

    def undo(self) -> None:
        """Forget what the work made."""
        self._own = {}

    async def stand(self, name: Name) -> Stand | None:
        """Return where a resource stands; None where there never was one."""
        for known in (self._own, self._known):
            if name in known:
                return known[name]
        rows = await self.connection.fetch(self.book.stand.text, *name)
        found: Stand | None = tuple(rows[0]) if rows else None
        self._own[name] = found
        return found

    async def next(self, name: Name, is_deleted: bool) -> Stand:
        """Return where a resource stands after one more version."""
        before = await self.stand(name)
        made = (before[0], before[1] + 1) if before else (await self._key(), 1)
        self._own[name] = (*made, is_deleted)
        return self._own[name]  # type: ignore[return-value]

    async def _key(self) -> int:
        if not self.keys:
            rows = await self.connection.fetch(NEW_KEYS, KEYS)
            self.keys += sorted(row[0] for row in rows)
        return self.keys.pop(0)
