"""Which looks at people's records should somebody ask about? Weighed in the open, judged by people.

looks, what is known -> how near each stands -> how rare that is, and what points at the person
(name, address, colleague, public interest, again, many, hour, glass) -> cases with reasons

Points add up as the logarithms of shares do: 3 is what chance alone brings once in 1,000 looks.
Who is named in a person's care, or whose team is, is not asked about for looking at one person.
Source: the project's design; the signs are those that privacy monitoring in hospitals goes by
(unchecked). Thresholds: fixed on synthetic years, and measured on others that nothing was fixed on
(`python -m validation snooping`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from garrod.care.govern.snoop_habits import CAP, SOME_PEOPLE, WEAK, Habits, Placed, points
from garrod.care.govern.snoop_model import (
    Case,
    Evidence,
    Known,
    Look,
    Nearness,
    Sign,
    Sources,
    Staff,
    Subject,
)
from garrod.care.govern.snoop_near import Distances

NEW_STAFF, NEW_SUBJECT = Staff(), Subject()
UNSEEN = 1000  # Not clinical: people whom a small record is taken to have beside its own
SECOND = 0.5  # Not clinical: what a second sign at the same person is worth: the two go together
SPAN = timedelta(days=30)  # Not clinical: looks further apart are cases of their own


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many points on somebody is asked."""

    one: float = 3.15  # looks at one person
    many: float = 3.9  # an hour of looks at many
    glass: float = 1.0  # points of a broken glass that no contact explains


USUAL = Thresholds()


class Detector:
    """Weighs some looks against what is known and what is usual among them."""

    def __init__(self, known: Known, looks: Iterable[Look], at: Thresholds = USUAL) -> None:
        self.known, self.at = known, at
        distances = Distances(known)
        self.placed = [
            Placed(look, distances.of(look), known.staff.get(look.who, NEW_STAFF).teams)
            for look in looks
        ]
        self.habits = Habits(self.placed)
        self._size = len(known.people) + UNSEEN
        self._families = Counter(one.family for one in known.people.values())
        self._public = sum(one.is_public for one in known.people.values())
        self._at_work = Counter(o for one in known.people.values() for o in one.works_at)

    def cases(self) -> list[Case]:
        """Return what somebody should be asked about, the strongest first."""
        found = [*self._hours(), *self._people()]
        return sorted(found, key=lambda case: (-case.points, case.entries))

    def weighed(self, one: Placed) -> tuple[Evidence, ...]:
        """Return what speaks for a look at one person being no care, the strongest first."""
        if one.near <= Nearness.TEAM:
            return ()
        found = [
            Evidence(Sign.FAR, self.habits.far(one), one.near),
            Evidence(Sign.HOUR, self.habits.hour(one)),
            *self._pointing(one.look),
        ]
        again, days = self.habits.again(one)
        if again > 0:
            found.append(Evidence(Sign.AGAIN, again, one.near, days))
        if one.look.is_glass and one.near in WEAK:
            found.append(Evidence(Sign.GLASS, self.at.glass))
        return tuple(sorted(found, key=lambda e: -e.points))

    def _pointing(self, look: Look) -> Iterator[Evidence]:
        """Yield what ties who looks to the person outside care; the second counts for less."""
        staff = self.known.staff.get(look.who, NEW_STAFF)
        subject = self.known.people.get(look.patient, NEW_SUBJECT)
        found = []
        if staff.patient == look.patient:
            found.append((CAP, Sign.OWN))
        else:
            if staff.family and staff.family == subject.family:
                found.append((self._rare(self._families[staff.family]), Sign.FAMILY))
            if staff.address and staff.address == subject.address:
                found.append((CAP, Sign.ADDRESS))
            if shared := subject.works_at & (staff.organisations | {look.organisation}):
                most = max(self._at_work[o] for o in shared)
                found.append((self._rare(most), Sign.COLLEAGUE))
        if subject.is_public:
            found.append((self._rare(self._public), Sign.PUBLIC))
        for place, (worth, sign) in enumerate(sorted(found, reverse=True)):
            yield Evidence(sign, worth * (1 if place == 0 else SECOND))

    def _rare(self, count: int) -> float:
        return points(max(count, 1) / self._size)

    def _people(self) -> Iterator[Case]:
        """Yield cases of one who looked at one person."""
        pairs: dict[tuple[str, str], list[tuple[Placed, tuple[Evidence, ...]]]] = defaultdict(list)
        for one in self.placed:
            evidence = self.weighed(one)
            if sum(e.points for e in evidence) >= self.at.one:
                pairs[one.pair].append((one, evidence))
        for found in pairs.values():
            for part in _spans(found):
                evidence = max((e for _, e in part), key=lambda e: sum(x.points for x in e))
                yield case_of([one for one, _ in part], evidence)

    def _hours(self) -> Iterator[Case]:
        """Yield cases of one who looked at many people within an hour."""
        hours: dict[tuple[str, int], list[Placed]] = defaultdict(list)
        for one in self.placed:
            if one.near >= Nearness.SEEN:
                hours[one.hour].append(one)
        for (who, hour), every in hours.items():
            weighed = [self._crowd(who, hour, every, from_) for from_ in SOME_PEOPLE]
            found, evidence = max(weighed, key=lambda w: sum(e.points for e in w[1]))
            if evidence and sum(e.points for e in evidence) >= self.at.many:
                yield case_of(found, evidence)

    def _crowd(
        self, who: str, hour: int, every: Sequence[Placed], from_: Nearness
    ) -> tuple[list[Placed], tuple[Evidence, ...]]:
        """Return the looks of an hour at people no nearer than something, and what speaks."""
        found = [one for one in every if one.near >= from_]
        rare = self.habits.crowd(who, hour, from_)
        if rare <= 0:
            return found, ()
        far = sum(self.habits.far(one) for one in found) / len(found)
        near = max(one.near for one in found)
        count = len({one.look.patient for one in found})
        many = Evidence(Sign.MANY, rare, near, count)
        at = Evidence(Sign.HOUR, self.habits.hour(found[0]))
        return found, (many, Evidence(Sign.FAR, far, near), at)


def suspicions(sources: Sources, at: Thresholds = USUAL) -> list[Case]:
    """Return the cases that somebody should be asked about, the strongest first."""
    return Detector(sources.known(), sources.looks(), at).cases()


def case_of(found: Sequence[Placed], evidence: Sequence[Evidence]) -> Case:
    """Return the case of some looks of one member of staff, and the evidence of the strongest."""
    looks = [one.look for one in found]
    first = looks[0]
    return Case(
        first.who,
        first.role,
        first.organisation,
        tuple(dict.fromkeys(look.patient for look in looks)),
        tuple(sorted({look.entry for look in looks})),
        min(look.at for look in looks),
        max(look.at for look in looks),
        sum(e.points for e in evidence),
        tuple(e for e in evidence if e.points > 0),
        sum(look.is_refused for look in looks),
    )


def _spans(
    found: Sequence[tuple[Placed, tuple[Evidence, ...]]],
) -> Iterator[list[tuple[Placed, tuple[Evidence, ...]]]]:
    part: list[tuple[Placed, tuple[Evidence, ...]]] = []
    for one in sorted(found, key=lambda f: f[0].look.at):
        if part and one[0].look.at - part[-1][0].look.at > SPAN:
            yield part
            part = []
        part.append(one)
    yield part
