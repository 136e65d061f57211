"""How an actor stands to a person: themselves, their proxy, in their care, or not at all.

what the record says of a person (ties, consents) -> Standing; actor, standing, time -> relation
Source: the project's design; legitimate relationships as the NHS uses the words, see
https://digital.nhs.uk/services/registration-authorities-and-smartcards (unchecked)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from garrod.care.govern.access import Actor
from garrod.care.govern.consent.model import Consent
from garrod.care.govern.emergency import Glass
from garrod.care.govern.policy import CARE, EMERGENCY, NONE, PROXY, SELF

EMERGENCIES = frozenset(("ETREAT", "BTG", "ERTREAT"))  # purposes under which the glass is broken


class Tie(NamedTuple):
    """What ties somebody to a person, and for how long; None: open."""

    relation: str  # CARE or PROXY
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Return whether it holds at a time."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the record says of who may come near a person.

    `ties`: by reference ("Practitioner/1", "Organization/2"), and by the code of an organisation.
    `glasses`: those that were broken to see the record, over or not.
    """

    patient: str
    ties: Mapping[str, Sequence[Tie]] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    glasses: tuple[Glass, ...] = ()

    def glass_of(self, actor: Actor, at: datetime) -> Glass | None:
        """Return the glass that is open to an actor at a time, or None."""
        mine = (g for g in self.glasses if g.is_of(actor) and g.patient == self.patient)
        return next((glass for glass in mine if glass.holds(at)), None)

    @property
    def has_proxies(self) -> bool:
        """Return whether anybody acts for the person."""
        return any(tie.relation == PROXY for ties in self.ties.values() for tie in ties)


def relation_of(
    actor: Actor, standing: Standing, at: datetime, *, groups: Collection[str] = ()
) -> str:
    """Return how an actor stands to a person; a broken glass stands above care, which it widens.

    `groups` are what the actor is known to be a member of.
    """
    own = f"Patient/{standing.patient}"
    if actor.role == "patient" and own in (actor.id, f"Patient/{actor.patient}"):
        return SELF
    if actor.id == own:
        return SELF
    is_personal = actor.role in ("patient", "proxy")
    if actor.emergency and actor.purpose in EMERGENCIES and not is_personal:
        return EMERGENCY
    found = {
        tie.relation
        for name in (actor.id, actor.organisation, *groups)
        if name
        for tie in standing.ties.get(name, ())
        if tie.holds(at)
    }
    for relation in (CARE, PROXY):
        if relation in found and (relation == CARE) is not is_personal:
            return relation
    return NONE
