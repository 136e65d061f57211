"""A synthetic year of accesses, as the snooping detector asks for it: one of its two `Sources`.

profile, rates, seed -> community -> care, house work, planted snoops -> looks, what is known
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from garrod.adapters.world.accesses_care import Drawn, Meeting, Year, care_of, house_work
from garrod.adapters.world.accesses_model import Rates
from garrod.adapters.world.accesses_people import STAFF, Community, Worker, community_of
from garrod.adapters.world.accesses_snoops import Act, plant
from garrod.adapters.world.chance import Aspect, Chance
from garrod.adapters.world.model import Profile
from garrod.adapters.world.parts import Calendar
from garrod.adapters.world.people import YEAR
from garrod.care.govern.snoop_model import Contact, Known, Look, Staff, Subject


@dataclass(frozen=True, slots=True)
class Accesses:
    """A year that was drawn: a `Sources`, with what is true of it."""

    community: Community
    drawn: Sequence[Drawn]  # in the order of the log
    acts: Sequence[Act]
    contacts: dict[str, list[Meeting]]
    start: datetime

    def looks(self) -> Iterable[Look]:
        """Yield the looks, in the order of the log."""
        for entry, one in enumerate(self.drawn):
            worker = one.worker
            at = self._moment(one.at)
            yield Look(
                entry, at, worker.who, worker.role, one.organisation, one.member.id, one.is_glass
            )

    def known(self) -> Known:
        """Return what the record knows of staff, people and contacts."""
        return Known(
            {worker.who: _staff(worker) for worker in self.community.workers},
            {
                m.id: Subject(m.family.casefold(), m.address.casefold(), m.works_at, m.is_public)
                for m in self.community.members
            },
            {id: [self._contact(m) for m in found] for id, found in self.contacts.items()},
        )

    def act_of(self, entry: int) -> int:
        """Return the act that an entry is of; -1: none."""
        return self.drawn[entry].act

    def _contact(self, one: Meeting) -> Contact:
        if one.since is None or one.until is None:
            return Contact(one.names)
        return Contact(one.names, self._moment(one.since), self._moment(one.until))

    def _moment(self, minutes: int) -> datetime:
        return self.start + timedelta(minutes=minutes)


def accesses(
    profile: Profile, rates: Rates, seed: np.random.Generator, *, year: int = YEAR
) -> Accesses:
    """Return a year of accesses. `seed`: Generator(Philox(key=SEED)), made in `entry`.

    Raises: UsageError for a generator of another kind.
    """
    chance, calendar = Chance(seed), Calendar(year)
    community = community_of(profile, rates, chance, calendar)
    drawing = Year(rates, community, chance, calendar.length)
    for member in community.members:
        care_of(drawing, member)
    house_work(drawing)
    _help_relatives(drawing)
    acts = plant(drawing)
    drawn = sorted(drawing.looks, key=lambda one: one.at)
    return Accesses(community, drawn, acts, drawing.contacts, datetime(year, 1, 1, tzinfo=UTC))


def _help_relatives(drawing: Year) -> None:
    """Let some staff treat people of their own family: as the record says, or nearly."""
    rates = drawing.rates.looks
    for worker in drawing.community.workers:
        drawing.chance.turn_to(STAFF + worker.number, Aspect.CARE)
        own = worker.member
        mates = [m for m in drawing.community.homes[own.address] if m is not own]
        people = (*drawing.community.relatives.get(worker.number, ()), *mates)
        if not people or not worker.organisation:
            continue
        if drawing.chance.happens(rates.relatives_treated):
            member, at = drawing.chance.one(people), drawing.by_day()
            drawing.meet(member, (worker.who, worker.organisation), at, at + 20)
            drawing.look(at, worker, member)
        if drawing.chance.happens(rates.relatives_unrecorded):
            member, at = drawing.chance.one(people), drawing.by_day()
            drawing.meet(member, (worker.organisation,), at, at + 20)
            drawing.look(at, worker, member)


def _staff(worker: Worker) -> Staff:
    own = worker.member
    return Staff(
        own.family.casefold(),
        own.address.casefold(),
        own.id,
        frozenset((worker.organisation,)) - {""},
        frozenset((worker.unit,)) - {""},
    )
