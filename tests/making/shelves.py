"""The shipped shelf with a table changed, in memory."""

from collections.abc import Callable
from dataclasses import replace

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf

SHELF = load_shelf()
Rows = tuple[Row, ...]


def changed(pack: str, table: str, change: Callable[[Row], Row | None], *added: Row) -> Shelf:
    """Return the shelf with each row of a table changed, or left out (None); rows added first."""
    old = SHELF.pack(pack)
    found = [new for row in old.tables[table] if (new := change(row)) is not None]
    tables = {**old.tables, table: (*added, *found)}
    assert tables[table] != old.tables[table], "the change changes nothing"
    packs = [SHELF.pack(name) for name in SHELF.names() if name != pack]
    return Shelf([*packs, replace(old, tables=tables)])


def same(row: Row) -> Row:
    """Return the row as it is."""
    return row
