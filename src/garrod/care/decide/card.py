"""One calm card an order: everything that is said of it merged, the loudest first.

Decision of an order, what was acknowledged before -> Card, or none when there is nothing to say
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from garrod.care.decide.model import Decision
from garrod.core.advice import Action, Advice, NotAssessed, Option, Target, Tier

# How loudly a tier is told in the words of CDS Hooks 2.0. Source: https://cds-hooks.hl7.org/2.0/
INDICATORS = {Tier.T1: "critical", Tier.T2: "warning"}
INTERRUPTS = frozenset((Tier.T1, Tier.T2))
SHOWN = frozenset((Tier.T1, Tier.T2, Tier.T3))  # T4 goes to the pharmacist, T5 is only kept
MOST_WORDS = 139  # characters of a headline; CDS Hooks allows fewer than 140
REASONED = "reason"  # a hard stop wants a reason, and a second person or a named indication
SECOND = "second-person"


@dataclass(frozen=True, slots=True)
class OverrideReason:
    """Why advice is not followed, as one tap; `follow_up` is the task that it makes, or ""."""

    code: str
    words: str
    follow_up: str = ""


# Source: shared evidence on why alerts are overridden (PMC10484150); awaiting clinical sign-off
REASONS = (
    OverrideReason("tolerated-before", "Tolerated before"),
    OverrideReason("benefit-outweighs", "Benefit outweighs the risk"),
    OverrideReason("will-monitor", "Will monitor", "monitor"),
    OverrideReason("result-looks-wrong", "A result looks wrong", "check-result"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """What one order is answered with. `advice` has the loudest first; `quiet` is for others.

    `id` is the same for the same medicine, advice and knowledge, and tells nothing of the person:
    acknowledged once, it is not shown again until one of them changes.
    """

    id: str
    target: Target
    tier: Tier
    headline: str
    advice: tuple[Advice, ...]
    quiet: tuple[Advice, ...]
    options: tuple[Option, ...]
    not_assessed: tuple[NotAssessed, ...]
    reasons: tuple[OverrideReason, ...] = REASONS

    @property
    def indicator(self) -> str:
        """Return "critical", "warning" or "info"."""
        return INDICATORS.get(self.tier, "info")

    @property
    def is_interruptive(self) -> bool:
        """Return whether it stands in the prescriber's way."""
        return self.tier in INTERRUPTS

    @property
    def needs(self) -> tuple[str, ...]:
        """Return what overruling it takes beside a tap."""
        return (REASONED, SECOND) if self.tier is Tier.T1 else ()


def card_of(decision: Decision, target: Target, acknowledged: Iterable[str] = ()) -> Card | None:
    """Return the one card of an order; None where nothing is left to show.

    A hard stop is shown however often it was acknowledged.
    """
    ranked = sorted(decision.advice, key=lambda a: (a.tier, _is_test(a), a.target.name, a.id))
    shown = tuple(a for a in ranked if a.tier in SHOWN)
    if not shown:
        return None
    card = Card(
        id=card_id(target, shown),
        target=target,
        tier=shown[0].tier,
        headline=shortened(shown[0].title),
        advice=shown,
        quiet=tuple(a for a in ranked if a.tier is Tier.T4),
        options=_options(shown),
        not_assessed=decision.not_assessed,
    )
    return None if card.id in set(acknowledged) and card.tier is not Tier.T1 else card


def quiet_card(decision: Decision, target: Target) -> Card | None:
    """Return what of an order is for the pharmacist's work-list; None where nothing is."""
    quiet = tuple(a for a in decision.advice if a.tier is Tier.T4)
    if not quiet:
        return None
    return Card(
        id=card_id(Target(f"{target.name}|work-list"), quiet),
        target=target,
        tier=Tier.T4,
        headline=shortened(quiet[0].title),
        advice=(),
        quiet=quiet,
        options=_options(quiet),
        not_assessed=(),
    )


def card_id(target: Target, advice: Iterable[Advice]) -> str:
    """Return the id of what is said of a medicine by this knowledge: hexadecimal, 16 signs."""
    parts = [target.name.casefold(), *(f"{a.id}|{a.tier}|{','.join(a.packs)}" for a in advice)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def shortened(title: str) -> str:
    """Return a headline that fits, cut at a word."""
    if len(title) <= MOST_WORDS:
        return title
    return title[: MOST_WORDS - 1].rsplit(" ", 1)[0] + "…"


def _is_test(advice: Advice) -> bool:
    return advice.action in (Action.CONSIDER_TEST, Action.TEST_FIRST)


def _options(shown: Iterable[Advice]) -> tuple[Option, ...]:
    """Return what may be given instead, each once; never what some advice speaks against."""
    against = {
        a.target.name.casefold()
        for a in shown
        if a.action in (Action.AVOID, Action.PREFER_ALTERNATIVE, Action.STOP)
    }
    found: dict[str, Option] = {}
    for option in (o for a in shown for o in a.options):
        if option.name.casefold() not in against:
            found.setdefault(option.name, option)
    return tuple(found.values())
