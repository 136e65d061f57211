"""Planted snoops: staff who look at records of people whom they do not care for.

kinds and numbers of the rates -> acts, each with its looks, within or outside hours of work
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from garrod.adapters.world.accesses_care import DAY, HOUR, SHIFTS, Drawn, Meeting, Year, weekday
from garrod.adapters.world.accesses_model import SnoopKind
from garrod.adapters.world.accesses_people import Member, Worker
from garrod.adapters.world.chance import Aspect

ACTS = 30_000_000  # where the stretches of chance of acts begin
AFTER = 15 * DAY  # how long after a contact news of it leads to a look
Choosing = Callable[[Year, Worker], Member | None]


class Act(NamedTuple):
    """One planted snoop."""

    number: int
    kind: SnoopKind
    worker: Worker
    members: tuple[Member, ...]


def plant(year: Year) -> list[Act]:
    """Draw all acts of the year, and their looks; return the acts."""
    found: list[Act] = []
    for kind in year.rates.kinds:
        for _ in range(year.rates.snoops.each):
            number = len(found)
            year.chance.turn_to(ACTS + number, Aspect.CARE)
            found.append(_browse(year, number, kind) if kind.kind == "browsing"
                         else _after_one(year, number, kind))  # fmt: skip
    return found


def _after_one(year: Year, number: int, kind: SnoopKind) -> Act:
    chance, rates = year.chance, year.rates.snoops
    worker, member = _pair(year, CHOOSING[kind.kind])
    day = _first_day(year, worker, member)
    is_glass = chance.happens(rates.glass)
    for _ in range(chance.whole(*kind.days)):
        at = _moment(year, worker, day)
        for _ in range(chance.whole(*kind.looks)):
            at += chance.whole(0, 5)
            house = worker.organisation or _house(year)
            year.looks.append(Drawn(at, worker, house, member, is_glass, number))
        day = min(day + chance.whole(1, 14), year.length - 1)
    return Act(number, kind, worker, (member,))


def _browse(year: Year, number: int, kind: SnoopKind) -> Act:
    chance = year.chance
    worker = chance.one(year.community.workers)
    at = _moment(year, worker, chance.whole(0, year.length - 1))
    members = [chance.one(year.community.members) for _ in range(chance.whole(*kind.looks))]
    house = worker.organisation or _house(year)
    for place, member in enumerate(members):
        when = at - at % HOUR + place * HOUR // (len(members) + 1)
        year.looks.append(Drawn(when, worker, house, member, False, number))
    return Act(number, kind, worker, tuple(members))


def _pair(year: Year, choose: Choosing) -> tuple[Worker, Member]:
    """Return who snoops and after whom: never somebody in whose care the snoop is named."""
    while True:
        worker = year.chance.one(year.community.workers)
        member = choose(year, worker)
        if member is not None and not _is_named(year, worker, member):
            return worker, member


def _is_named(year: Year, worker: Worker, member: Member) -> bool:
    return any(worker.who in m.names for m in year.contacts.get(member.id, ()))


def _first_day(year: Year, worker: Worker, member: Member) -> int:
    """Return the first day: at a share while the person is seen by the snoop's organisation."""
    chance = year.chance
    seen = [m for m in year.contacts.get(member.id, ())
            if m.since is not None and worker.organisation in m.names]  # fmt: skip
    if seen and chance.happens(year.rates.snoops.when_in_care):
        return _day_of(year, chance.one(seen))
    return chance.whole(0, year.length - 1)


def _day_of(year: Year, meeting: Meeting) -> int:
    until = (meeting.until or 0) + AFTER
    at = year.chance.whole(meeting.since or 0, until)
    return min(at // DAY, year.length - 1)


def _moment(year: Year, worker: Worker, day: int) -> int:
    """Return a minute of a day: within somebody's hours of work, or not."""
    chance = year.chance
    is_work = chance.happens(year.rates.snoops.during_work)
    first, last = year.rates.hours.day
    if worker.works_days or worker.kind == "locum":
        if is_work and weekday(day) >= 5:
            day = max(day - 2, 0)
        hour = chance.whole(first, last - 1) if is_work else chance.whole(last + 1, 23)
    else:
        mine = next(s for s in range(SHIFTS) if (worker.number + day) % SHIFTS == s)
        shift = mine if is_work else (mine + 1) % SHIFTS
        hour = shift * 8 + chance.whole(0, 7)
    return day * DAY + hour * HOUR + chance.whole(0, 54)


def _house(year: Year) -> str:
    return f"Organization/practice-{year.chance.whole(0, year.rates.staff.practices - 1)}"


def _relative(year: Year, worker: Worker) -> Member | None:
    own = worker.member
    found = [m for m in year.community.relatives.get(worker.number, ()) if m.family == own.family]
    return year.chance.one(found) if found else None


def _housemate(year: Year, worker: Worker) -> Member | None:
    own = worker.member
    found = [m for m in year.community.homes[own.address] if m.family != own.family]
    return year.chance.one(found) if found else None


def _colleague(year: Year, worker: Worker) -> Member | None:
    if not worker.organisation:
        return None
    staff = year.community.units[worker.organisation]
    found = [w.member for w in staff if w is not worker]
    return year.chance.one(found) if found else None


def _public(year: Year, _: Worker) -> Member | None:
    found = [m for m in year.community.members if m.is_public]
    return year.chance.one(found) if found else None


def _anybody(year: Year, worker: Worker) -> Member | None:
    found, own = year.chance.one(year.community.members), worker.member
    is_tied = found.family == own.family or found.address == own.address
    return None if is_tied or found.works_at or found.is_public else found


CHOOSING: Mapping[str, Choosing] = {
    "family": _relative,
    "household": _housemate,
    "colleague": _colleague,
    "public": _public,
    "acquaintance": _anybody,
    "stranger": _anybody,
}
