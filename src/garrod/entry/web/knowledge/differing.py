"""Words what differs between two packs, table by table. Pure.

Difference -> TableView: what is added, changed, removed, and a hard stop among it
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from garrod.entry.web.knowledge.reading import Chosen
from garrod.entry.web.knowledge.view import ChangedRow, TableView
from garrod.entry.web.knowledge.words import (
    Known,
    column_words,
    says_of,
    table_words,
    title_of,
    value_words,
)
from garrod.knowledge.difference import TableDifference
from garrod.knowledge.pack import Row

SHOWN, PAGE = 20, 50  # Not clinical: rows of a table among others, and of one that stands alone
ADDED, REMOVED, CHANGED = "New", "Removed", "Changed"
FIRST = ("safety_rules", "hard_stops", "recommendations", "contraindications")


def tables_of(chosen: Chosen, known: Known, page: tuple[str, int]) -> tuple[TableView, ...]:
    """Return what differs, the tables that matter most first; or one table alone, part by part."""
    if chosen.difference is None:
        return ()
    order = {name: n for n, name in enumerate(FIRST)}
    tables = sorted(chosen.difference.tables, key=lambda t: (order.get(t.table, 99), t.table))
    name, number = page
    wanted = [t for t in tables if not name or t.table == name]
    return tuple(_table(t, chosen, known, number if name else 0) for t in wanted)


def _table(table: TableDifference, chosen: Chosen, known: Known, number: int) -> TableView:
    rows = list(_rows(table, chosen, known))
    start = (number - 1) * PAGE if number else 0
    shown = rows[start : start + (PAGE if number else SHOWN)]
    left = len(rows) - start - len(shown)
    at = f"?table={quote(table.table)}&page={number + 1}"
    notes = [f"New columns: {', '.join(table.columns_added)}"] * bool(table.columns_added)
    notes += [f"Lost columns: {', '.join(table.columns_removed)}"] * bool(table.columns_removed)
    return TableView(
        table.table,
        table_words(table.table),
        _counts(table),
        tuple(shown),
        tuple(notes),
        f"{left:,} more of it" if left > 0 else "",
        at if left > 0 else "",
    )


def _counts(table: TableDifference) -> str:
    told = (
        (len(table.added), "new"),
        (len(table.changed), "changed"),
        (len(table.removed), "removed"),
    )
    said = ", ".join(f"{count:,} {words}" for count, words in told if count)
    return f"{said or 'other columns'}; {table.rows[0]:,} rows before, {table.rows[1]:,} after"


def _rows(table: TableDifference, chosen: Chosen, known: Known) -> Iterator[ChangedRow]:
    by_key = {_at(row, table.key): row for row in chosen.pack.tables.get(table.table, ())}
    for row in table.added:
        yield ChangedRow(
            ADDED, title_of(table.table, row, known), says=says_of(table.table, row, known)
        )
    for one in table.changed:
        whole = by_key.get(tuple(one.key.values()), one.key)
        changes = tuple(
            (column_words(c), value_words(c, was, known), value_words(c, now, known))
            for c, (was, now) in one.columns.items()
        )
        yield ChangedRow(CHANGED, title_of(table.table, whole, known), changes)
    for row in table.removed:
        yield ChangedRow(
            REMOVED, title_of(table.table, row, known), says=says_of(table.table, row, known)
        )


def _at(row: Row, key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row.get(c, "") for c in key)
