"""A year of care in the community, and the looks that it needs: visits, stays, tests, letters.

Each step leaves a contact on record, or none, and looks at about the same time. Minutes are those
since the year began.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from garrod.adapters.world.accesses_model import Rates
from garrod.adapters.world.accesses_people import (
    HOSPITAL,
    LABORATORY,
    NOWHERE,
    Community,
    Member,
    Worker,
    practice,
    unit,
)
from garrod.adapters.world.chance import Aspect, Chance

HOUR, DAY, WEEK = 60, 1440, 10_080  # minutes
SHIFTS = 3
LISTED, SOON = 60, 7  # days: letters and meetings are about those seen since, or due by then
MONDAY = 2  # the first of January 2025 is a Wednesday


class Drawn(NamedTuple):
    """A look that was drawn; `act` names the planted snoop that it is of, -1: none."""

    at: int
    worker: Worker
    organisation: str
    member: Member
    is_glass: bool = False
    act: int = -1


class Meeting(NamedTuple):
    """A contact that is on record."""

    names: frozenset[str]
    since: int | None = None
    until: int | None = None


@dataclass(slots=True)
class Year:
    """What happens, as it is drawn."""

    rates: Rates
    community: Community
    chance: Chance
    length: int  # days
    looks: list[Drawn] = field(default_factory=list)
    contacts: dict[str, list[Meeting]] = field(default_factory=dict)
    attended: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # by unit: when, who

    def meet(self, member: Member, names: Iterable[str], since: int | None, until: int) -> None:
        """Put a contact on record."""
        found = Meeting(frozenset(names) - {""}, since, None if since is None else until)
        self.contacts.setdefault(member.id, []).append(found)

    def attend(self, member: Member, at: int, *units: str) -> None:
        """Say that units of the hospital have a person on their lists."""
        for name in units:
            self.attended.setdefault(name, []).append((at, member.number))

    def listed(self, unit: str, day: int) -> Member:
        """Return somebody whom a unit saw in the weeks before a day, or is about to see."""
        known = self.attended[unit]
        first = bisect_left(known, ((day - LISTED) * DAY, 0))
        last = bisect_left(known, ((day + SOON) * DAY, 0))
        number = self.chance.one(known[first:last] or known)[1]
        return self.community.members[number]

    def look(
        self,
        at: int,
        worker: Worker,
        member: Member,
        organisation: str = "",
        *,
        is_glass: bool = False,
    ) -> None:
        """Let somebody look, and now and then at the wrong person just before.

        Who works by day looks on the next working day. What falls outside the year is left out.
        """
        house = organisation or worker.organisation
        if worker.works_days and self.is_weekend(at):
            at += (7 - weekday(at // DAY)) * DAY
        if not 0 < at < self.length * DAY:
            return
        self.looks.append(Drawn(at, worker, house, member, is_glass))
        if self.chance.happens(self.rates.looks.wrong_person):
            wrong = self.chance.one(self.community.members)
            self.looks.append(Drawn(at - 1, worker, house, wrong))

    def is_weekend(self, at: int) -> bool:
        """Return whether a minute is one of a weekend that few clinics use."""
        return weekday(at // DAY) >= 5 and not self.chance.happens(self.rates.hours.weekend_clinics)

    def on_shift(self, unit: str, at: int) -> Worker:
        """Return one of a unit's staff who works at a time."""
        staff = self.community.units[unit]
        shift, day = at % DAY // (8 * HOUR), at // DAY
        awake = [w for w in staff if w.works_days or (w.number + day) % SHIFTS == shift]
        return self.chance.one(awake or staff)

    def by_day(self) -> int:
        """Return a minute of a working day."""
        first, last = self.rates.hours.day
        day = self.chance.whole(0, self.length - 1)
        if weekday(day) >= 5 and not self.chance.happens(self.rates.hours.weekend_clinics):
            day = max(day - 2, 0)
        return day * DAY + self.chance.whole(first * HOUR, last * HOUR - 1)

    def at_any(self, night: float) -> int:
        """Return a minute of the year, at night by a share."""
        day = self.chance.whole(0, self.length - 1)
        is_night = self.chance.happens(night)
        hours = (0, 7) if is_night else (7, 23)
        return day * DAY + self.chance.whole(hours[0] * HOUR, hours[1] * HOUR - 1)


def weekday(day: int) -> int:
    """Return the day of the week, Monday 0."""
    return (day + MONDAY) % 7


def care_of(year: Year, member: Member) -> None:
    """Draw a person's year of care."""
    year.chance.turn_to(member.number, Aspect.CARE)
    rates, burden = year.rates.care, member.burden
    if member.practice != NOWHERE:
        year.meet(member, (practice(member.practice),), None, 0)
        for _ in range(year.chance.count(rates.visits * burden)):
            _visit(year, member)
        for _ in range(year.chance.count(rates.telephone * burden)):
            house = practice(member.practice)
            year.look(year.by_day(), _of_role(year, house, "prescriber"), member)
    for rate, step in (
        (rates.stays, _stay),
        (rates.attendances, _attendance),
        (rates.outpatients, _outpatient),
    ):
        for _ in range(year.chance.count(rate * burden)):
            step(year, member)


def _visit(year: Year, member: Member) -> None:
    chance, rates = year.chance, year.rates.looks
    house, at = practice(member.practice), year.by_day()
    named = _of_role(year, house, "prescriber", "nurse")
    year.meet(member, (named.who, house), at, at + 10)
    seen_by = named
    if chance.happens(rates.visit_cover):
        locums = year.community.units["locum"]
        seen_by = chance.one((*year.community.units[house][:4], *locums))
    for _ in range(chance.whole(*rates.visit_clinician)):
        year.look(at + chance.whole(-10, 20), seen_by, member, house)
    if chance.happens(rates.visit_clerk):
        before = chance.whole(0, 7) * DAY if chance.happens(0.6) else 10
        year.look(at - before, _of_role(year, house, "clerk"), member)
    if chance.happens(rates.visit_results):
        other = chance.one(year.community.units[house])
        year.look(at + chance.whole(1, 7) * DAY, other, member)
    if chance.happens(year.rates.care.tests / year.rates.care.visits):
        _test(year, member, named, at)


def _test(year: Year, member: Member, named: Worker, at: int) -> None:
    chance = year.chance
    year.meet(member, (named.who, named.organisation, LABORATORY), at, at + 2 * DAY)
    for _ in range(2):
        later = at + chance.whole(3 * HOUR, 2 * DAY)
        year.look(later, year.on_shift(LABORATORY, later), member)
    if chance.happens(year.rates.looks.results_late):
        year.look(at + chance.whole(35, 80) * DAY, named, member)


def _stay(year: Year, member: Member) -> None:
    chance, rates = year.chance, year.rates
    ward = unit("ward", chance.whole(0, rates.staff.wards - 1))
    staff, at = year.community.units[ward], year.by_day()
    days = chance.whole(*rates.care.stay_days)
    doctor = chance.one([w for w in staff if w.role == "prescriber"])
    nurses = [chance.one([w for w in staff if w.role == "nurse"]).who
              for _ in range(rates.looks.named_nurses)]  # fmt: skip
    year.meet(member, (HOSPITAL, ward, doctor.who, *nurses), at, at + days * DAY)
    year.attend(member, at, HOSPITAL)
    for day in range(days + 1):
        for _ in range(chance.whole(*rates.looks.ward_day)):
            is_night = chance.happens(rates.hours.night_share)
            hour = chance.whole(0, 6) if is_night else chance.whole(7, 22)
            when = (at // DAY + day) * DAY + hour * HOUR + chance.whole(0, 59)
            where = ward
            if chance.happens(rates.looks.ward_cover):
                where = "bank" if chance.happens(0.5) else unit("ward", chance.whole(0, 5))
            year.look(max(when, at - HOUR), _awake(year, where, when), member)
    if chance.happens(rates.care.dispensed):
        pharmacist = year.on_shift(unit("pharmacy"), at)
        year.meet(member, (pharmacist.who, HOSPITAL), at, at + DAY)
        year.look(at + chance.whole(30, 300), pharmacist, member)


def _awake(year: Year, where: str, at: int) -> Worker:
    if where == "bank":
        staff = [w for w in year.community.workers if w.kind == "bank"]
        return year.chance.one(staff)
    return year.on_shift(where, at)


def _attendance(year: Year, member: Member) -> None:
    chance, rates = year.chance, year.rates
    at, ward = year.at_any(rates.hours.emergency_night), unit("emergency")
    doctors = [w for w in year.community.units[ward] if w.role == "prescriber"]
    written = at + (chance.whole(HOUR, DAY) if chance.happens(rates.care.late_entry) else 0)
    year.meet(member, (HOSPITAL, ward, chance.one(doctors).who), written, written + 4 * HOUR)
    year.attend(member, at, HOSPITAL)
    is_glass = chance.happens(rates.looks.glass)
    for _ in range(chance.whole(2, 4)):
        when = at + chance.whole(0, 4 * HOUR)
        year.look(when, year.on_shift(ward, when), member, is_glass=is_glass)


def _outpatient(year: Year, member: Member) -> None:
    chance, rates = year.chance, year.rates
    clinic, at = unit("clinic", chance.whole(0, rates.staff.clinics - 1)), year.by_day()
    staff = year.community.units[clinic]
    named = chance.one([w for w in staff if w.role == "prescriber"])
    year.meet(member, (HOSPITAL, clinic, named.who), at, at + 20)
    year.attend(member, at, clinic, HOSPITAL)
    for _ in range(chance.whole(*rates.looks.outpatient_team)):
        year.look(at + chance.whole(-1, 5) * DAY // 2, chance.one(staff), member)


def _of_role(year: Year, house: str, *roles: str) -> Worker:
    return year.chance.one([w for w in year.community.units[house] if w.role in roles])


def house_work(year: Year) -> None:
    """Draw what is done by the day, and not by the person: letters, meetings, calls."""
    for known in year.attended.values():
        known.sort()
    for day in range(year.length):
        year.chance.turn_to(20_000_000 + day, Aspect.CARE)
        if weekday(day) < 5:
            _letters(year, day)
        if day % year.rates.looks.meeting_each == 1:
            _meetings(year, day)
        for _ in range(year.chance.count(year.rates.looks.advice_day)):
            at = day * DAY + year.chance.whole(0, DAY - 1)
            doctors = [w for w in year.community.units[HOSPITAL] if w.role == "prescriber"]
            on = [w for w in doctors if (w.number + day) % SHIFTS == at % DAY // (8 * HOUR)]
            worker = year.chance.one(on or doctors)
            year.look(at, worker, year.chance.one(year.community.members))


def _letters(year: Year, day: int) -> None:
    chance, rates = year.chance, year.rates.looks
    for clerk in year.community.units[unit("records")]:
        for _ in range(chance.whole(*rates.clerks_day)):
            is_unknown = chance.happens(rates.clerks_unknown)
            member = (
                chance.one(year.community.members) if is_unknown else year.listed(HOSPITAL, day)
            )
            year.look(day * DAY + chance.whole(8 * HOUR, 17 * HOUR), clerk, member)


def _meetings(year: Year, day: int) -> None:
    chance, rates = year.chance, year.rates
    for number in range(rates.staff.clinics):
        clinic = unit("clinic", number)
        doctor = _of_role(year, clinic, "prescriber")
        for _ in range(chance.whole(*rates.looks.meeting_people)):
            where = clinic if chance.happens(0.7) else HOSPITAL
            member = year.listed(where, day)
            year.look(day * DAY + 13 * HOUR + chance.whole(0, 59), doctor, member)
