"""Who lives in the community of a year of accesses, and who of them works in its care.

Member k depends on the seed and on k, and on their household; workers come after all members.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from garrod.adapters.world.accesses_model import Rates
from garrod.adapters.world.chance import Aspect, Chance, Odds
from garrod.adapters.world.identity import draw_identity
from garrod.adapters.world.model import Profile
from garrod.adapters.world.parts import Calendar

HOSPITAL, LABORATORY = "Organization/hospital-0", "Organization/laboratory-0"
STAFF = 10_000_000  # where the stretches of chance of workers begin, after those of people
NOWHERE = -1
DAY_TEAMS = frozenset(("practice", "clinic", "pharmacy", "records"))


@dataclass(slots=True)
class Member:
    """Somebody whose record is kept."""

    number: int
    family: str
    address: str
    postcode: str
    practice: int  # NOWHERE: a visitor
    burden: float
    is_public: bool = False
    works_at: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """The logical id of the Patient."""
        return f"w{self.number}"


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works in care."""

    number: int
    role: str
    kind: str  # of team: practice, ward …
    organisation: str
    unit: str  # "": a practice has no smaller ones
    member: Member

    @property
    def who(self) -> str:
        """The reference of the practitioner."""
        return f"Practitioner/s{self.number}"

    @property
    def works_days(self) -> bool:
        """Whether they work by day, and not in shifts."""
        return self.kind in DAY_TEAMS


@dataclass(slots=True)
class Community:
    """Everybody, and where they live and work."""

    members: list[Member]
    workers: list[Worker] = field(default_factory=list)
    units: dict[str, list[Worker]] = field(default_factory=dict)  # by unit or organisation
    homes: dict[str, list[Member]] = field(default_factory=dict)
    relatives: dict[int, list[Member]] = field(default_factory=dict)  # by worker


def community_of(profile: Profile, rates: Rates, chance: Chance, calendar: Calendar) -> Community:
    """Return the community that a seed gives."""
    found = Community(_members(profile, rates, chance, calendar))
    for member in found.members:
        found.homes.setdefault(member.address, []).append(member)
    _hire(found, rates, chance)
    _relate(found, rates, chance)
    return found


def practice(number: int) -> str:
    """Return the reference of a practice."""
    return f"Organization/practice-{number}"


def unit(kind: str, number: int = 0) -> str:
    """Return the reference of a ward, a clinic or another unit of the hospital."""
    return f"Organization/{kind}-{number}"


def names_of(profile: Profile, rates: Rates) -> Odds[str]:
    """Return family names, the commonest first."""
    starts, ends = profile.people.family
    names = [s + m + e for m in rates.middles for e in ends for s in starts]
    weights = [1 / (k + rates.name_shift) ** rates.name_power for k in range(1, len(names) + 1)]
    return Odds(names, weights)


def _members(profile: Profile, rates: Rates, chance: Chance, calendar: Calendar) -> list[Member]:
    names, found, left, home = names_of(profile, rates), [], 0, 0
    head: Member | None = None
    for number in range(rates.people.count):
        chance.turn_to(number, Aspect.IDENTITY)
        who = draw_identity(profile, chance, number, calendar)
        chance.turn_to(number, Aspect.HEALTH)
        family, burden = chance.pick(names), chance.pick(rates.care.burden)
        if left == 0 or head is None:
            left, home, head = int(chance.one(rates.people.household_size)), home + 1, None
        left -= 1
        is_same = chance.happens(rates.people.household_same_name)
        postcode = f"ZZ{home // rates.people.postcode_homes}"
        member = Member(
            number,
            head.family if head is not None and is_same else family,
            head.address if head is not None else f"{who.address}, {postcode}",
            postcode,
            number % rates.staff.practices,
            burden,
            chance.happens(rates.people.public_figures),
        )
        if head is not None:
            member.practice = head.practice
        elif chance.happens(rates.people.visitors):
            member.practice = NOWHERE
        head = head or member
        found.append(member)
    return found


def _hire(found: Community, rates: Rates, chance: Chance) -> None:
    staff, teams = rates.staff, rates.staff.teams
    for number in range(staff.practices):
        _team(found, chance, teams["practice"], ("practice", practice(number), ""), rates)
    for kind, count in (("ward", staff.wards), ("emergency", 1), ("clinic", staff.clinics),
                        ("pharmacy", 1), ("records", 1)):  # fmt: skip
        for number in range(count):
            _team(found, chance, teams[kind], (kind, HOSPITAL, unit(kind, number)), rates)
    _team(found, chance, teams["laboratory"], ("laboratory", LABORATORY, ""), rates)
    _team(found, chance, {"prescriber": staff.practice_locums}, ("locum", "", ""), rates)
    _team(found, chance, {"nurse": staff.bank_nurses}, ("bank", HOSPITAL, ""), rates)


def _team(
    found: Community,
    chance: Chance,
    heads: Mapping[str, int],
    place: tuple[str, str, str],
    rates: Rates,
) -> None:
    kind, organisation, part = place
    for role, count in heads.items():
        for _ in range(count):
            number = len(found.workers)
            chance.turn_to(STAFF + number, Aspect.IDENTITY)
            is_own = chance.happens(rates.staff.own_practice)
            member = chance.one(found.members)
            while member.works_at or (
                kind == "practice"
                and not is_own
                and member.practice != NOWHERE
                and practice(member.practice) == organisation
            ):
                member = chance.one(found.members)
            member.works_at = frozenset((organisation or "locum",))
            worker = Worker(number, role, kind, organisation, part, member)
            found.workers.append(worker)
            found.units.setdefault(part or organisation or kind, []).append(worker)
            if part:
                found.units.setdefault(organisation, []).append(worker)


def _relate(found: Community, rates: Rates, chance: Chance) -> None:
    """Give each worker relatives of the same name in other houses."""
    for worker in found.workers:
        chance.turn_to(STAFF + worker.number, Aspect.HEALTH)
        for _ in range(chance.count(rates.staff.relatives_here)):
            other = chance.one(found.members)
            if not other.works_at and other.address != worker.member.address:
                other.family = worker.member.family
                found.relatives.setdefault(worker.number, []).append(other)
