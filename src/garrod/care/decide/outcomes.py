"""What a prescriber answers to a card, as an event: taken, overruled with a reason, or left.

card, answer -> CardEvent with the tasks that the answer makes, each with an owner and a day
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from garrod.care.decide.card import Card, OverrideReason
from garrod.care.decide.ports import CardDeed, CardEvent, FollowUp
from garrod.core.advice import Advice, Tier
from garrod.core.errors import InputError
from garrod.knowledge.pack import Row

REVIEW = "pharmacist-review"  # the follow-up of advice that is for the pharmacist
FollowUps = Mapping[str, FollowUp]


@dataclass(frozen=True, slots=True)
class Telling:
    """About whom a card was, who answered, and when; `seconds` from shown to answered."""

    patient: str
    by: str
    at: datetime
    seconds: float | None = None


def follow_up_of(row: Row) -> FollowUp:
    """Return the follow-up of a row of the table follow_ups.  Raises: InputError INP001."""
    return FollowUp(row["follow_up"], row["words"], row["owner"], int(row["due_days"]))


def accepted(card: Card, telling: Telling, *, option: str = "", order: str = "") -> CardEvent:
    """Return that a card was followed: by which option, and the reference of the order written.

    Raises: InputError INP001 for an option that the card has not.
    """
    if option and option not in {o.name for o in card.options}:
        raise InputError(f"the card has no option {option!r}: choose one that it shows.")
    return _event(card, telling, CardDeed.ACCEPTED, option=option, order=order)


def overridden(
    card: Card,
    telling: Telling,
    reason: str,
    *,
    words: str = "",
    second: str = "",
    indication: str = "",
    order: str = "",
    follow_ups: FollowUps,
) -> CardEvent:
    """Return that a card was overruled, with the task that the reason makes.

    A hard stop takes a reason and a second person (another than the first) or an indication named.
    Raises: InputError INP001 where the card knows no such reason or more is needed.
    """
    known = {r.code: r for r in card.reasons}
    if reason not in known:
        raise InputError(f"the card has no reason {reason!r}; its reasons: {', '.join(known)}.")
    if card.tier is Tier.T1 and not (indication.strip() or _is_second(second, telling.by)):
        raise InputError("a hard stop takes a second person, or the indication named, to overrule.")
    said = [words, f"second person: {second}" if second else ""]
    said.append(f"indication: {indication}" if indication else "")
    return _event(
        card,
        telling,
        CardDeed.OVERRIDDEN,
        reason=reason,
        words="; ".join(s for s in said if s),
        order=order,
        follow_ups=_made_by(known[reason], follow_ups),
    )


def seen(card: Card, telling: Telling, deed: CardDeed) -> CardEvent:
    """Return that a card was shown, read or left without an answer.

    Raises: InputError INP001 for a deed that says more than that.
    """
    if deed in (CardDeed.ACCEPTED, CardDeed.OVERRIDDEN):
        raise InputError(f"{deed.value!r} is an answer: use accepted or overridden.")
    return _event(card, telling, deed)


def for_pharmacist(
    card: Card, advice: Iterable[Advice], telling: Telling, follow_ups: FollowUps
) -> CardEvent:
    """Return that advice went to the pharmacist's work-list, with the task it is there."""
    words = "; ".join(a.title for a in advice)
    return _event(card, telling, CardDeed.MOVED, words=words, follow_ups=(follow_ups[REVIEW],))


def _is_second(second: str, first: str) -> bool:
    return bool(second.strip()) and second.strip() != first.strip()


def _made_by(reason: OverrideReason, follow_ups: FollowUps) -> tuple[FollowUp, ...]:
    return (follow_ups[reason.follow_up],) if reason.follow_up else ()


def _event(
    card: Card,
    telling: Telling,
    deed: CardDeed,
    *,
    reason: str = "",
    words: str = "",
    option: str = "",
    order: str = "",
    follow_ups: tuple[FollowUp, ...] = (),
) -> CardEvent:
    said = card.advice or card.quiet
    return CardEvent(
        card=card.id,
        patient=telling.patient,
        target=card.target,
        tier=card.tier,
        headline=card.headline,
        advice=tuple(a.id for a in said),
        packs=tuple(sorted({p for a in said for p in a.packs})),
        deed=deed,
        by=telling.by,
        at=telling.at,
        reason=reason,
        words=words,
        option=option,
        order=order,
        seconds=telling.seconds,
        follow_ups=follow_ups,
    )
