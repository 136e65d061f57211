"""A review as cards: one for each medicine that something is to be done about, the loudest first.

Decision of a review, what was acknowledged before -> Cards, few
"""

from __future__ import annotations

from collections.abc import Iterable

from garrod.care.decide.card import SHOWN, Card, card_of
from garrod.care.decide.model import Decision
from garrod.core.advice import Advice

MOST = 5  # cards shown when a record is opened; the rest stand in the review itself. Own choice


def review_cards(
    decision: Decision, acknowledged: Iterable[str] = (), *, most: int = MOST
) -> tuple[Card, ...]:
    """Return at most some cards of a review, each of one medicine."""
    known = frozenset(acknowledged)
    by_name: dict[str, list[Advice]] = {}
    for advice in decision.advice:
        if advice.tier in SHOWN:
            by_name.setdefault(advice.target.name.casefold(), []).append(advice)
    found = []
    for said in by_name.values():
        target = said[0].target
        gaps = tuple(n for n in decision.not_assessed if n.target.name == target.name)
        card = card_of(Decision(tuple(said), (), gaps), target, known)
        if card is not None:
            found.append(card)
    return tuple(sorted(found, key=lambda c: (c.tier, c.target.name)))[:most]
