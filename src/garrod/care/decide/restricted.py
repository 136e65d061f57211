"""Safety beats silence: where only a hidden fact would stop an order, that much is said, no more.

decision by what may be seen, decision by everything -> one line of advice, or nothing
The words and their tier are the same whatever is hidden, so that they tell nothing of it.
Source: the project's design (hazard: hidden data hides a fatal interaction)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from garrod.care.decide.model import Decision
from garrod.core.advice import Action, Advice, Because, Target, Tier
from garrod.core.person import Person

ID = "restricted-information"
TITLE = "Restricted information is relevant to {name}: ask before it is given"
SUMMARY = (
    "Something in this person's record that may not be shown here would stop this order. "
    "Contact {contact}."
)
STOPPING = frozenset((Action.AVOID, Action.STOP))
WHY = "the order was checked against the whole record, and what may not be shown changes the answer"


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a site says of hidden facts; `hidden` gives the whole person, None where all is seen.

    `policy` is the access policy that says so, by name and version.
    """

    hidden: Callable[[object, str], Awaitable[Person | None]]
    contact: str
    policy: str


def warned(seen: Decision, whole: Decision, target: Target, by: Restriction) -> Decision:
    """Return a decision with one line of advice more, where only hidden facts give a hard stop."""
    if _stops(whole) <= _stops(seen):
        return seen
    return replace(seen, advice=(_advice(target, by), *seen.advice))


def _stops(decision: Decision) -> frozenset[str]:
    """Return what of a decision stops an order: hard stops, and what interrupts it to avoid it."""
    return frozenset(
        a.id
        for a in decision.advice
        if a.tier is Tier.T1 or (a.tier is Tier.T2 and a.action in STOPPING)
    )


def _advice(target: Target, by: Restriction) -> Advice:
    return Advice(
        id=ID,
        action=Action.ASK,
        target=target,
        tier=Tier.T1,
        strength="strong",
        title=TITLE.format(name=target.name or "this order"),
        summary=SUMMARY.format(contact=by.contact),
        because=(Because("policy", WHY, by.policy),),
        evidence=(),
        packs=(by.policy,),
    )
