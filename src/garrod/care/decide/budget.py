"""How often a prescriber may be interrupted: a window of orders, counted, hard stops outside it.

each order's loudest tier -> may it interrupt? -> what was moved to the pharmacist is counted
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from typing import Self

from garrod.care.decide.model import Decision
from garrod.core.advice import Advice, Tier
from garrod.knowledge.pack import Row

KEPT = 20_000  # Not clinical: orders whose verdict is remembered, so that none counts twice
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many interruptive cards in so many orders, one after the other."""

    interruptive: int = 50
    orders: int = 1000

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return the budget of a row of the table alert_budget."""
        return cls(int(row["interruptive"]), int(row["orders"]))


@dataclass(frozen=True, slots=True)
class Use:
    """What became of a site's orders since its server began.

    `moved` are interruptive cards that were given to the pharmacist because the budget was spent.
    """

    orders: int = 0
    hard_stops: int = 0
    interruptive: int = 0  # hard stops among them
    moved: int = 0

    @property
    def per_hundred(self) -> float:
        """Return interruptive cards in a hundred orders; 0 before the first."""
        return self.interruptive * HUNDRED / self.orders if self.orders else 0.0


class Ledger:
    """Counts orders as they are answered. One for a site; in memory, begun anew with its server."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self.use = Use()
        self._window: deque[bool] = deque(maxlen=self.budget.orders)
        self._verdicts: OrderedDict[str, tuple[Tier, bool]] = OrderedDict()

    def may_interrupt(self, order: str, tier: Tier) -> bool:
        """Return whether an order's card may interrupt, and count the order.

        `order` tells orders apart: asked again (selected, then signed) it is the same order, and
        gets the same answer unless it has become louder; "" is always another one.
        """
        had = self._verdicts.get(order) if order else None
        if had is not None and had[0] <= tier:
            return had[1]
        verdict = self._judged(tier, is_again=had is not None)
        if order:
            self._verdicts[order] = (tier, verdict)
            while len(self._verdicts) > KEPT:
                self._verdicts.popitem(last=False)
        return verdict

    def _judged(self, tier: Tier, *, is_again: bool) -> bool:
        is_hard, is_loud = tier is Tier.T1, tier in (Tier.T1, Tier.T2)
        is_spent = sum(self._window) >= self.budget.interruptive
        interrupts = is_hard or (is_loud and not is_spent)
        if interrupts or not is_again:
            self._window.append(interrupts)
        had = self.use
        self.use = Use(
            had.orders + (not is_again),
            had.hard_stops + is_hard,
            had.interruptive + interrupts,
            had.moved + (is_loud and not interrupts),
        )
        return interrupts or not is_loud


def moved_from(decision: Decision) -> tuple[Decision, tuple[Advice, ...]]:
    """Return a decision whose interruptive advice went to the pharmacist, and what went there."""
    moved = tuple(replace(a, tier=Tier.T4) for a in decision.advice if a.tier is Tier.T2)
    stays = tuple(a for a in decision.advice if a.tier is not Tier.T2)
    return replace(decision, advice=(*stays, *moved)), moved
