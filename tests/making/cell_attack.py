"""Somebody outside who has a released table, and a ruler: what must each hidden count be?

The sums are written down here anew, cell by cell, and solved exactly (simplex over fractions, the
least index first so that it ends); nothing of the way in which tables are suppressed is used.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

Cell = tuple[str, str]
Row = list[Fraction]


def sums_of(
    rows: Sequence[str], columns: Sequence[str], parents: Mapping[str, str]
) -> list[tuple[Cell, list[Cell]]]:
    """Return each total with the cells right below it, along rows and along columns."""
    groups = list(dict.fromkeys(parents.values()))
    wide = [*columns, "*"] if len(columns) > 1 else list(columns)
    heads = [*rows, *groups]
    below: dict[str, list[str]] = {"*": []}
    for head in heads:
        below.setdefault(parents.get(head, "*"), []).append(head)
    found = [((t, c), [(h, c) for h in under]) for t, under in below.items() for c in wide]
    if len(columns) > 1:
        found += [((head, "*"), [(head, c) for c in columns]) for head in [*heads, "*"]]
    return found


def known_bounds(shown: Mapping[Cell, int | None]) -> dict[Cell, tuple[int, int | None]]:
    """Return what rounding and hiding say of each cell alone: the least, and the most if any."""
    return {
        cell: (0, None) if count is None else (max(8, count - 2), count + 2)
        for cell, count in shown.items()
    }


def interval(
    shown: Mapping[Cell, int | None], sums: Iterable[tuple[Cell, list[Cell]]], cell: Cell
) -> tuple[Fraction, Fraction | None]:
    """Return between what and what a cell must lie; None: there is no most."""
    bounds = known_bounds(shown)
    names = list(bounds)
    place = {name: i for i, name in enumerate(names)}
    width = len(names)
    equations: list[Row] = []
    for total, parts in sums:
        row = [Fraction(0)] * (width + 1)
        row[place[total]] -= 1
        for part in parts:
            row[place[part]] += 1
        # cell = least + x, x >= 0
        row[width] = -sum((row[place[n]] * bounds[n][0] for n in {total, *parts}), Fraction(0))
        equations.append(row)
    uppers = [(place[n], Fraction(high - low)) for n, (low, high) in bounds.items() if high]
    least = bounds[cell][0]
    low = _best(equations, uppers, width, place[cell], sign=-1)
    high = _best(equations, uppers, width, place[cell], sign=1)
    assert low is not None
    return least - low, None if high is None else least + high


def _best(
    equations: list[Row],
    uppers: list[tuple[int, Fraction]],
    width: int,
    wanted: int,
    *,
    sign: int,
) -> Fraction | None:
    """Return the most of sign * x[wanted]; None: there is no end.  Two phases."""
    slack, count = len(uppers), len(equations) + len(uppers)
    size = width + slack + count
    lines = [row[:width] + [Fraction(0)] * slack + [row[width]] for row in equations]
    for i, (at, most) in enumerate(uppers):
        line = [Fraction(0)] * (width + slack + 1)
        line[at], line[width + i], line[-1] = Fraction(1), Fraction(1), most
        lines.append(line)
    table: list[Row] = []
    for i, line in enumerate(lines):
        own = [Fraction(int(i == j)) for j in range(count)]
        flipped = [-v for v in line] if line[-1] < 0 else line
        table.append(flipped[:-1] + own + flipped[-1:])
    base = list(range(width + slack, size))
    first = [Fraction(0)] * (width + slack) + [Fraction(-1)] * count
    assert _climb(table, base, first, size) == 0, "no table at all has these numbers"
    _drive_out(table, base, width + slack)
    goal = [Fraction(0)] * size
    goal[wanted] = Fraction(sign)
    return _climb(table, base, goal, width + slack)


def _drive_out(table: list[Row], base: list[int], real: int) -> None:
    for i in range(len(table)):
        if base[i] >= real:
            at = next((j for j in range(real) if table[i][j]), None)
            if at is not None:
                _pivot(table, base, i, at)


def _climb(table: list[Row], base: list[int], goal: Row, usable: int) -> Fraction | None:
    while True:
        prices = [goal[b] for b in base]
        busy = [(p, r) for p, r in zip(prices, table, strict=True) if p]
        gains = (goal[j] - sum((p * r[j] for p, r in busy), Fraction(0)) for j in range(usable))
        entering = next((j for j, gain in enumerate(gains) if gain > 0), None)
        if entering is None:
            return sum((p * r[-1] for p, r in busy), Fraction(0))
        steps = [(r[-1] / r[entering], base[i], i) for i, r in enumerate(table) if r[entering] > 0]
        if not steps:
            return None
        _pivot(table, base, min(steps)[2], entering)


def _pivot(table: list[Row], base: list[int], at: int, entering: int) -> None:
    by = table[at][entering]
    table[at] = [v / by if v else v for v in table[at]]
    own = table[at]
    for i, row in enumerate(table):
        if i != at and (factor := row[entering]):
            table[i] = [v - factor * o if o else v for v, o in zip(row, own, strict=True)]
    base[at] = entering
