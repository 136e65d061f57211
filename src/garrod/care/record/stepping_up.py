"""Which writes of one resource ask for a sign-in of just now: what the policy's table says of them.

what stood there, what is to stand there -> acts -> SignInAgain, or nothing
"""

from __future__ import annotations

from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.audit import current
from garrod.care.govern.labels import LEVELS
from garrod.care.govern.stepping import Act, SignInAgain, demand_fresh
from garrod.care.record.gate import Gate
from garrod.core.resource import Version

# Above normal. Source: HL7 v3-Confidentiality,
# https://terminology.hl7.org/CodeSystem-v3-Confidentiality.html
RANKS = {"R": 1, "V": 2}


def demand_act(gate: Gate | None, actor: Actor, act: str) -> None:
    """Raise SignInAgain ACC006 where somebody must sign in again before an act."""
    if gate is None or gate.is_open(actor):
        return
    try:
        demand_fresh(act, actor, gate.clock(), gate.policing.terms.stepping)
    except SignInAgain as error:
        current().denied(error.message)
        raise


def demand_write(
    gate: Gate, actor: Actor, deed: Deed, kind: str, change: tuple[Version | None, Version | None]
) -> None:
    """Raise SignInAgain ACC006 where a write asks for a sign-in of just now.

    `change`: what stands there, and what is to stand there; None: nothing.
    """
    terms = gate.policing.terms
    for act in terms.stepping.acts(deed, terms.kind(kind)):
        demand_act(gate, actor, act)
    before, after = change
    if before is None or after is None or before.is_deleted:
        return
    borne = gate.meaning.features(before).labels
    is_guarded = bool(borne - LEVELS) or _rank(borne) > 0
    if is_guarded and lowers(borne, gate.meaning.features(after).labels):
        demand_act(gate, actor, Act.LOWER_LABEL)


def lowers(before: frozenset[str], after: frozenset[str]) -> bool:
    """Return whether labels say less than they did: a lower level, or one sensitivity fewer."""
    return bool(before - after - LEVELS) or _rank(after) < _rank(before)


def _rank(labels: frozenset[str]) -> int:
    return max((RANKS.get(label, 0) for label in labels), default=0)
