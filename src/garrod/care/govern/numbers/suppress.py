"""Small counts hidden, others rounded, and as much more hidden as keeps the small ones hidden.

Table -> Released: what leaves, cell by cell. A hidden count of 7 or fewer may, for all that leaves,
be any number from 0 to 5 at least: nobody can be shown to be there, and it is known no better than
a rounded count. This is made sure of for each by flow (max-flow, exact, not by a rule of thumb).
Source: NHS England, disclosure control of counts of 7 or fewer, rounding to 5 (unchecked);
Fischetti and Salazar 1999, doi 10.1287/mnsc.45.7.1018 (cell suppression, unchecked)
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from garrod.care.govern.numbers.table import TOTAL, Cell, Node, Table, arcs, cells

SMALL = 7  # Source: field/trust.md of the project; counts of so many and fewer are hidden
STEP = 5  # Source: the same; others are rounded to the nearest multiple
REST = STEP // 2  # how far a count may lie from what it was rounded to
NO_END = 2**62


@dataclass(frozen=True, slots=True)
class Released:
    """What leaves: a rounded count, or None where it is hidden; totals are cells too."""

    shown: Mapping[Cell, int | None]

    @property
    def hidden(self) -> frozenset[Cell]:
        """Return the cells that are hidden, small or not: nobody can tell which."""
        return frozenset(cell for cell, count in self.shown.items() if count is None)


def rounded(count: int) -> int:
    """Return a count to the nearest multiple of 5."""
    return STEP * ((count + REST) // STEP)


def suppressed(table: Table) -> Released:
    """Return a table as it may leave."""
    counts = cells(table)
    net = _Net(table, counts)
    for cell in sorted(net.hidden, key=lambda c: (counts[c], c)):
        net.protect(cell)
    done = {cell for cell in net.hidden if counts[cell] <= SMALL}
    while left := net.hidden - done:
        net.veil(cell := min(left))
        done.add(cell)
    return Released({c: None if c in net.hidden else rounded(n) for c, n in counts.items()})


@dataclass(slots=True)
class _Edge:
    """A cell as somebody outside sees it: between what and what its count may be."""

    cell: Cell
    tail: Node
    head: Node
    count: int
    low: int = 0
    high: int = NO_END

    def room(self, *, is_up: bool) -> int:
        """Return by how much it may be more, or less, than it is."""
        return self.high - self.count if is_up else self.count - self.low


@dataclass(slots=True)
class _Net:
    """What somebody outside knows: sums that hold, and bounds of each cell."""

    table: Table
    counts: Mapping[Cell, int]
    edges: dict[Cell, _Edge] = field(init=False)
    beside: dict[Node, list[_Edge]] = field(init=False)
    hidden: set[Cell] = field(init=False)

    def __post_init__(self) -> None:
        """Hide what is small."""
        self.edges, self.beside, self.hidden = {}, {}, set()
        for arc in arcs(self.table):
            count = self.counts[arc.cell]
            edge = _Edge(arc.cell, arc.tail, arc.head, count)
            self.edges[arc.cell] = edge
            for node in (arc.tail, arc.head):
                self.beside.setdefault(node, []).append(edge)
            if count <= SMALL:
                self.hidden.add(arc.cell)
            else:
                edge.low = max(SMALL + 1, rounded(count) - REST)
                edge.high = rounded(count) + REST

    def protect(self, cell: Cell) -> None:
        """Hide more until a small cell may be 0 and may be 5, for all that is shown."""
        count = self.counts[cell]
        self._free(cell, count, is_up=False)
        self._free(cell, max(0, STEP - count), is_up=True)

    def veil(self, cell: Cell) -> None:
        """Hide more until a cell hidden for another's sake is no better known than a shown one."""
        spread = self._flow(cell, 2 * REST, is_up=False)[0]
        self._free(cell, 2 * REST - spread, is_up=True)

    def _free(self, cell: Cell, amount: int, *, is_up: bool) -> None:
        """Hide more until a cell may differ by an amount. With all hidden, it may."""
        while (flow := self._flow(cell, amount, is_up=is_up))[0] < amount:
            for edge in self._cheapest(cell, flow[1], is_up=is_up):
                edge.low, edge.high = 0, NO_END
                self.hidden.add(edge.cell)

    def _flow(self, cell: Cell, wanted: int, *, is_up: bool) -> tuple[int, dict[Cell, int]]:
        """Return by how much a cell may differ, up to what is wanted, and how others then differ.

        It is what can flow around the cell, from where it ends to where it begins.
        """
        edge = self.edges[cell]
        start, goal = (edge.head, edge.tail) if is_up else (edge.tail, edge.head)
        moved: dict[Cell, int] = {}
        flowing = 0
        while flowing < wanted:
            steps = self._way(edge, start, goal, moved)
            if not steps:
                break
            amount = min(wanted - flowing, *(_left(e, up, moved) for e, up in steps))
            for along, up in steps:
                moved[along.cell] = moved.get(along.cell, 0) + (amount if up else -amount)
            flowing += amount
        return flowing, moved

    def _way(
        self, besides: _Edge, start: Node, goal: Node, moved: Mapping[Cell, int]
    ) -> list[tuple[_Edge, bool]]:
        """Return a shortest way with room on each step; none where there is none."""
        came: dict[Node, tuple[Node, _Edge, bool]] = {}
        waiting = deque((start,))
        while waiting and goal not in came:
            node = waiting.popleft()
            for edge, is_up, other in self._steps(node, besides):
                if other != start and other not in came and _left(edge, is_up, moved) > 0:
                    came[other] = (node, edge, is_up)
                    waiting.append(other)
        steps: list[tuple[_Edge, bool]] = []
        while goal in came:
            goal, edge, is_up = came[goal]
            steps.append((edge, is_up))
        return steps

    def _steps(self, node: Node, besides: _Edge) -> Iterable[tuple[_Edge, bool, Node]]:
        for edge in self.beside[node]:
            if edge is not besides:
                yield (edge, True, edge.head) if edge.tail == node else (edge, False, edge.tail)

    def _cheapest(self, cell: Cell, moved: Mapping[Cell, int], *, is_up: bool) -> list[_Edge]:
        """Return what to hide so that one more can flow around a cell, at the least loss."""
        besides = self.edges[cell]
        start, goal = (besides.head, besides.tail) if is_up else (besides.tail, besides.head)
        came: dict[Node, tuple[Node, _Edge, bool]] = {}
        best = {start: 0}
        waiting = [(0, start)]
        while waiting:
            spent, node = heapq.heappop(waiting)
            if node == goal or spent > best[node]:
                continue
            for edge, up, other in self._steps(node, besides):
                price = self._price(edge, moved, is_up=up)
                if price is not None and spent + price < best.get(other, NO_END):
                    best[other] = spent + price
                    came[other] = (node, edge, up)
                    heapq.heappush(waiting, (spent + price, other))
        found = []
        while goal != start:
            goal, edge, up = came[goal]
            if _left(edge, up, moved) < 1:
                found.append(edge)
        return found

    def _price(self, edge: _Edge, moved: Mapping[Cell, int], *, is_up: bool) -> int | None:
        """Return what is lost when one more flows along a cell; None: it cannot, hidden or not."""
        if _left(edge, is_up, moved) > 0:
            return 1
        if edge.cell in self.hidden or (not is_up and edge.count + moved.get(edge.cell, 0) < 1):
            return None
        loss = 1000 + edge.count  # Not clinical: few cells first, then small ones, totals last
        return 1000 * loss if TOTAL in edge.cell else loss


def _left(edge: _Edge, is_up: bool, moved: Mapping[Cell, int]) -> int:
    """Return how much more can flow along a cell."""
    done = moved.get(edge.cell, 0)
    return edge.room(is_up=is_up) + (-done if is_up else done)
