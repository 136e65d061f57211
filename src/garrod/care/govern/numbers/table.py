"""A table of counts with every total that is published with it, as a network of sums.

counts by row and column, rows under groups -> Table -> cells (row or group, column or total)
-> arcs between sums: what is possible for one cell when others are known is a matter of flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from garrod.core.errors import InputError

Cell = tuple[str, str]  # a row, a group or TOTAL; a column or TOTAL
Node = tuple[str, str]
TOTAL = "*"
MOST_CELLS = 20_000  # Not clinical: cells of one table with its totals
_WORLD: Node = ("", "world")
_ROW = "row"


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of people by row and column; no person is in two cells.

    `parents` puts rows, and groups, under groups; what has none stands under the grand total.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[Cell, int]  # of row and column; what is not there is 0
    parents: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check it.  Raises: InputError INP200."""
        names = (*self.rows, *self.groups())
        if not self.rows or not self.columns:
            raise _odd("it has no row, or no column")
        if len({*names}) != len(names) or len({*self.columns}) != len(self.columns):
            raise _odd("two rows, groups or columns have one name")
        if TOTAL in (*names, *self.columns):
            raise _odd(f"{TOTAL!r} is the name of totals")
        if (len(names) + 1) * (len(self.columns) + 1) > MOST_CELLS:
            raise _odd(f"it has more than {MOST_CELLS:,} cells; ask for fewer rows or columns")
        known = {(row, column) for row in self.rows for column in self.columns}
        if any(cell not in known or count < 0 for cell, count in self.counts.items()):
            raise _odd("a count is below 0, or of a cell that it does not have")
        for name in names:
            self.above(name)

    def groups(self) -> tuple[str, ...]:
        """Return the groups, each once, in the order in which they are first named."""
        return tuple(dict.fromkeys(self.parents.values()))

    def above(self, name: str) -> tuple[str, ...]:
        """Return what a row or group lies under, the nearest first, the grand total last.

        Raises: InputError INP200 where groups lie under each other in a ring.
        """
        found: list[str] = []
        while name in self.parents:
            name = self.parents[name]
            if name in found:
                raise _odd("its groups lie under each other in a ring")
            found.append(name)
        return (*found, TOTAL)

    def has_column_totals(self) -> bool:
        """Return whether rows have totals: with one column they would say the same twice."""
        return len(self.columns) > 1


@dataclass(frozen=True, slots=True)
class Arc:
    """A cell as a flow between two sums."""

    cell: Cell
    tail: Node
    head: Node


def cells(table: Table) -> dict[Cell, int]:
    """Return every cell that is published, totals among them, with its count."""
    wide = (*table.columns, TOTAL) if table.has_column_totals() else table.columns
    heads = (*table.rows, *table.groups(), TOTAL)
    found = {(head, column): 0 for head in heads for column in wide}
    for (row, column), count in table.counts.items():
        for head in (row, *table.above(row)):
            found[head, column] += count
            if table.has_column_totals():
                found[head, TOTAL] += count
    return found


def within(table: Table, cell: Cell) -> list[Cell]:
    """Return the cells of row and column that a cell is the sum of."""
    head, column = cell
    return [
        (row, own)
        for row in table.rows
        if head in (row, *table.above(row))
        for own in table.columns
        if column in (own, TOTAL)
    ]


def arcs(table: Table) -> list[Arc]:
    """Return the cells as flows: at each node what flows in flows out, and that is all sums.

    For each row a node where its cells come from its total; for each group and column a node where
    the rows of the group add up. Each cell is in two sums at most, which makes it a flow exactly.
    """
    is_wide, rows = table.has_column_totals(), frozenset(table.rows)
    found = []
    for head, column in cells(table):
        parent = _WORLD if head == TOTAL else (table.above(head)[0], column)
        own = (head, column)
        if head in rows:
            own = (_ROW, head) if is_wide else _WORLD
        tail, end = (parent, own) if column == TOTAL else (own, parent)
        found.append(Arc((head, column), tail, end))
    return found


def of_one_way(counts: Mapping[str, int], parents: Mapping[str, str] | None = None) -> Table:
    """Return a table of one column.  Raises: InputError INP200."""
    column = "people"
    told = {(name, column): count for name, count in counts.items()}
    return Table(tuple(counts), (column,), told, parents or {})


def _odd(why: str) -> InputError:
    return InputError(f"no numbers can be given of this table: {why}.", code="INP200")
