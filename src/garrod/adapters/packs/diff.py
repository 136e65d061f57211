"""The difference of two packs, and whose advice it changes, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from garrod.care.monitor.affected import Change, Said
from garrod.knowledge.difference import Difference, TableDifference
from garrod.knowledge.pack import Row

SHOWN = 20  # Not clinical: rows of each kind that are listed


def difference_text(found: Difference) -> str:
    """Return the difference of facts as text."""
    lines = [f"facts: {found.before} -> {found.after}"]
    if found.is_empty:
        lines.append("no fact differs")
    for table in found.tables:
        lines += _table_lines(table)
    for what, keys in (
        ("added", found.citations_added),
        ("removed", found.citations_removed),
        ("changed", found.citations_changed),
    ):
        lines += [f"citations {what}: {', '.join(keys)}"] if keys else []
    return "\n".join(lines) + "\n"


def _table_lines(table: TableDifference) -> Iterator[str]:
    yield (
        f"table {table.table}: {table.rows[0]} -> {table.rows[1]} rows; {len(table.added)} added, "
        f"{len(table.removed)} removed, {len(table.changed)} changed"
    )
    for what, columns in (("new", table.columns_added), ("lost", table.columns_removed)):
        if columns:
            yield f"  {what} columns: {', '.join(columns)}"
    yield from _rows("-", table.removed)
    yield from _rows("+", table.added)
    for row in table.changed[:SHOWN]:
        told = "; ".join(f"{c}: {a or '-'} -> {b or '-'}" for c, (a, b) in row.columns.items())
        yield f"  ~ {' | '.join(row.key.values())}: {told}"
    yield from _more(table.changed)


def _rows(sign: str, rows: Sequence[Row]) -> Iterator[str]:
    for row in rows[:SHOWN]:
        yield f"  {sign} {' | '.join(v for k, v in row.items() if v and k != 'evidence')}"
    yield from _more(rows)


def _more(rows: Sequence[object]) -> Iterator[str]:
    if len(rows) > SHOWN:
        yield f"  … and {len(rows) - SHOWN} more (--format json has all)"


def people_text(changes: Sequence[Change], compared: int) -> str:
    """Return whose advice changes as text: logical references, no names."""
    people = {change.person for change in changes}
    lost = [change for change in changes if change.loses_hard_stop]
    lines = [
        f"people: {compared} compared, {len(people)} with other advice, "
        f"{len({c.person for c in lost})} lose a hard stop"
    ]
    for change in changes:
        mark = "! " if change.loses_hard_stop else "  "
        ahead = " (not taken)" if change.is_ahead else ""
        lines.append(
            f"{mark}{change.person}: {change.medicine}{ahead}: "
            f"{_said(change.before)} -> {_said(change.after)}"
        )
    return "\n".join(lines) + "\n"


def _said(said: Sequence[Said]) -> str:
    return " + ".join(s.words for s in said) or "nothing"
