"""What is shown where an order cannot be judged: a card of its own, so that silence never passes
for "clear".

what could not be assessed, and why -> Card without advice
"""

from __future__ import annotations

from collections.abc import Sequence

from garrod.care.decide.card import Card, card_id, shortened
from garrod.core.advice import NotAssessed, Target, Tier

NAMELESS = "this order"
CANCEL = "Do not prescribe {name}"
# What a source that did not answer leaves unknown, by kind of fact (core.person.KINDS).
KINDS = {
    "medicines": "other medicines",
    "conditions": "conditions",
    "allergies": "allergies",
    "results": "test results",
    "requests": "tests under way",
    "genetics": "genetic results",
}


def unread_order(target: Target, why: str) -> NotAssessed:
    """Return that an order was not assessed, and why."""
    return NotAssessed(Target(target.name or NAMELESS, target.codes), "order", why, "unread")


def unseen_facts(target: Target, unseen: Sequence[str]) -> NotAssessed:
    """Return that an order was judged without some kinds of facts."""
    said = ", ".join(KINDS.get(kind, kind) for kind in sorted(unseen))
    why = f"these could not be read, so nothing is said of them: {said}"
    return NotAssessed(Target(target.name or NAMELESS, target.codes), "sources", why, "unread")


def notice_of(target: Target, gaps: Sequence[NotAssessed], *, because: NotAssessed) -> Card:
    """Return a card that says what could not be assessed; `because` is what its headline tells."""
    name = target.name or NAMELESS
    why = because.reason[:1].upper() + because.reason[1:]
    every = tuple(dict.fromkeys((because, *gaps)))
    return Card(
        id=card_id(Target(f"{name}|{because.code}|{because.reason}"), ()),
        target=Target(name, target.codes),
        tier=Tier.T3,
        headline=shortened(f"Not fully checked: {name}. {why}"),
        advice=(),
        quiet=(),
        options=(),
        not_assessed=every,
        reasons=(),
    )


def cancel_words(target: Target) -> str:
    """Return what taking an order back is called."""
    return CANCEL.format(name=target.name or NAMELESS)
