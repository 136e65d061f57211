"""The difference of the facts of two packs: tables, rows by their key, citations.

pack before, pack after -> Difference; a row that is only cited otherwise counts as changed
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from garrod.knowledge.extend import IDENTITY
from garrod.knowledge.pack import Pack, Row

# What a row speaks of, in tables of any pack whose first columns do not tell.
OWN_KEYS = {
    "sources": ("source",),
    "hard_stops": ("drugs", "gene"),
    "contraindications": ("drug", "why"),
    "tests": ("drugs", "genes"),
    "indications": ("indication",),
}


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that both packs have, and what it said before and says after, by column."""

    key: Mapping[str, str]
    columns: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TableDifference:
    """What differs in one table. `key` names the columns by which rows are the same row."""

    table: str
    key: tuple[str, ...]
    rows: tuple[int, int]  # before, after
    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[ChangedRow, ...] = ()
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether both tables say the same."""
        lists: Iterable[Sequence[object]] = (
            *(self.added, self.removed, self.changed),
            *(self.columns_added, self.columns_removed),
        )
        return not any(lists)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two packs; `tables` are those that differ, sorted."""

    before: str  # name@version
    after: str
    tables: tuple[TableDifference, ...]
    citations_added: tuple[str, ...] = ()
    citations_removed: tuple[str, ...] = ()
    citations_changed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether both packs state the same facts with the same citations."""
        cited = (self.citations_added, self.citations_removed, self.citations_changed)
        return not self.tables and not any(cited)

    def as_json(self) -> dict[str, Any]:
        """Return the difference as plain values."""
        return {
            "before": self.before,
            "after": self.after,
            "tables": [_plain(table) for table in self.tables],
            "citations": {
                "added": list(self.citations_added),
                "removed": list(self.citations_removed),
                "changed": list(self.citations_changed),
            },
        }


def difference_of(before: Pack, after: Pack) -> Difference:
    """Return what differs between the facts of two packs."""
    family = after.manifest.extends or after.manifest.name
    tables = (
        _table(family, name, before.tables.get(name, ()), after.tables.get(name, ()))
        for name in sorted({*before.tables, *after.tables})
    )
    old, new = before.evidence, after.evidence
    return Difference(
        before.manifest.reference,
        after.manifest.reference,
        tuple(table for table in tables if not table.is_empty),
        tuple(sorted(set(new) - set(old))),
        tuple(sorted(set(old) - set(new))),
        tuple(sorted(k for k in set(old) & set(new) if old[k] != new[k])),
    )


def _table(family: str, table: str, before: Sequence[Row], after: Sequence[Row]) -> TableDifference:
    columns = (_columns(before), _columns(after))
    known = IDENTITY.get((family, table), OWN_KEYS.get(table, ()))
    key = _key_of(known, before, after)
    lost = [c for c in columns[0] if c not in columns[1]] if after else []
    gained = [c for c in columns[1] if c not in columns[0]] if before else []
    shared = [c for c in columns[0] if c in columns[1]]
    found = TableDifference(
        table,
        key,
        (len(before), len(after)),
        columns_added=tuple(gained),
        columns_removed=tuple(lost),
    )
    return _with_rows(found, before, after, shared)


def _with_rows(
    found: TableDifference, before: Sequence[Row], after: Sequence[Row], shared: Sequence[str]
) -> TableDifference:
    """Return the difference with its rows; without a key, rows are the same only word for word."""
    key = found.key or tuple(shared)
    old, new = Counter(_at(r, key) for r in before), Counter(_at(r, key) for r in after)
    added = _surplus(after, new - old, key)
    removed = _surplus(before, old - new, key)
    changed = []
    if found.key:
        by_key = {_at(row, key): row for row in before}
        for row in after:
            was = by_key.get(_at(row, key))
            columns = {c: (was[c], row[c]) for c in shared if was[c] != row[c]} if was else {}
            if columns:
                changed.append(ChangedRow({c: row[c] for c in key}, columns))
    return TableDifference(
        found.table,
        found.key,
        found.rows,
        added,
        removed,
        tuple(changed),
        found.columns_added,
        found.columns_removed,
    )


def _surplus(
    rows: Sequence[Row], counts: Counter[tuple[str, ...]], key: Sequence[str]
) -> tuple[Row, ...]:
    """Return as many rows of each key as are counted, the last of them."""
    left, found = counts.copy(), []
    for row in reversed(rows):
        if left[_at(row, key)] > 0:
            left[_at(row, key)] -= 1
            found.append(row)
    return tuple(reversed(found))


def _columns(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(rows[0]) if rows else ()


def _at(row: Row, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(c, "") for c in columns)


def _key_of(known: tuple[str, ...], before: Sequence[Row], after: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns that tell rows apart in both tables; none where only whole rows do."""
    columns = _columns(before) or _columns(after)
    others = _columns(after) or columns
    usable = [c for c in columns if c in others and c != "evidence"]
    prefixes = [tuple(usable[: n + 1]) for n in range(len(usable))]
    for key in (known, ("id",), *prefixes[:-1]):
        if key and set(key) <= set(usable) and _is_unique(before, key) and _is_unique(after, key):
            return key
    return ()


def _is_unique(rows: Sequence[Row], key: Sequence[str]) -> bool:
    return len({_at(row, key) for row in rows}) == len(rows)


def _plain(table: TableDifference) -> dict[str, Any]:
    return {
        "table": table.table,
        "key": list(table.key),
        "rows_before": table.rows[0],
        "rows_after": table.rows[1],
        "columns_added": list(table.columns_added),
        "columns_removed": list(table.columns_removed),
        "added": [dict(row) for row in table.added],
        "removed": [dict(row) for row in table.removed],
        "changed": [
            {"key": dict(row.key), "columns": {c: list(v) for c, v in row.columns.items()}}
            for row in table.changed
        ],
    }
