"""What the moment of prescribing needs from outside: the person as known now, and what was said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from garrod.care.record.ports import Tx
from garrod.core.advice import Target, Tier
from garrod.core.errors import InputError
from garrod.core.person import Person

Also = Callable[[Tx], Awaitable[object]]  # what else is written in the same transaction


class CardDeed(StrEnum):
    """What became of a card."""

    SHOWN = "shown"
    READ = "read"
    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"
    IGNORED = "ignored"  # shown, and the order went on without an answer
    MOVED = "moved"  # given to the pharmacist in place of the prescriber


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A task that an answer to a card makes.

    None can be made without an owner and a day.  Raises: InputError INP001.
    """

    code: str
    words: str
    owner: str  # "monitoring", "pharmacist", "laboratory", or an organisation's reference
    due_days: int

    def __post_init__(self) -> None:
        """Refuse a task that is nobody's, or due before it was made.  Raises: InputError."""
        if not self.owner.strip():
            raise InputError(f"the task {self.code!r} has no owner: nobody would do it.")
        if self.due_days < 0:
            raise InputError(f"the task {self.code!r} is due before it is made.")


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One thing that happened to a card: which one, about whom, by whom, when and why.

    `seconds` is the time from shown to decided, None where it is not known; `order` the reference
    of what was written in the end.
    """

    card: str
    patient: str
    target: Target
    tier: Tier
    headline: str
    advice: tuple[str, ...]
    packs: tuple[str, ...]
    deed: CardDeed
    by: str
    at: datetime
    reason: str = ""
    words: str = ""
    option: str = ""
    order: str = ""
    seconds: float | None = None
    follow_ups: tuple[FollowUp, ...] = ()


class People(Protocol):
    """Tells of a person as the record knows them now."""

    async def person(self, actor: object, patient: str) -> Person:
        """Return the person of a logical id.  Raises: AccessDenied, NotFound REC001."""
        ...


class CardMemory(Protocol):
    """Remembers what was said of orders and what became of it."""

    async def acknowledged(self, actor: object, patient: str) -> Mapping[str, CardDeed]:
        """Return the cards of a person that were accepted or overridden, by card id."""
        ...

    async def keep(
        self, actor: object, events: tuple[CardEvent, ...], *, also: Sequence[Also] = ()
    ) -> None:
        """Keep what happened, its tasks with it, behind what `also` writes: all or nothing."""
        ...
