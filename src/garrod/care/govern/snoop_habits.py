"""What is usual, learned from the looks themselves: for a role in a team, and for a person.

looks with their nearness -> Habits: how rare is this nearness, this hour, this many, this often?
Each answer is in points: what happens once in 10 to the points is worth so many. Nobody's own looks
say what is usual for them, but for their hours of work and for busy hours on other days. Where few
looks are known, those of the whole organisation count, and after them what is assumed beforehand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log10
from typing import NamedTuple

from garrod.care.govern.snoop_model import Look, Nearness

Post = tuple[str, str, frozenset[str]]  # a role, an organisation, teams
House = tuple[str, str]  # a role and an organisation
CAP = 3.5  # Not clinical: points of one sign at most; no share is known better than 1 in 3,000
# Assumed beforehand: shares of looks no nearer than each step. Source: the project's design
FARTHER = {
    Nearness.NAMED: 1.0, Nearness.TEAM: 0.35, Nearness.SEEN: 0.2,
    Nearness.AROUND: 0.1, Nearness.KNOWN: 0.05, Nearness.NONE: 0.01,
}  # fmt: skip
LOOKS, HOURS, PAIRS, OWN = 200, 50, 50, 20  # Not clinical: as many does what is assumed weigh
SPARSE = 24  # Not clinical: looks of a person's role that weigh as much as their own
HOUR_CAP, DAY = 1.0, 24
SOME_DAYS = 3  # Not clinical: fewer are a follow-up
# Not clinical: fewer people within an hour are a busy moment; strangers are counted by themselves
SOME_PEOPLE = {Nearness.SEEN: 6, Nearness.NONE: 4}
AGAIN = 0.2  # assumed beforehand: the share of those who look from afar and do so once more
BUSY = 3  # assumed beforehand: people of a usual hour; of n times as many, one hour in n cubed
WEAK = frozenset((Nearness.KNOWN, Nearness.NONE))


class Placed(NamedTuple):
    """A look, how near it stands, and the teams of who looked."""

    look: Look
    near: Nearness
    teams: frozenset[str] = frozenset()

    @property
    def house(self) -> House:
        """The role and organisation of who looked."""
        return self.look.role, self.look.organisation

    @property
    def post(self) -> Post:
        """The role, organisation and teams of who looked."""
        return self.look.role, self.look.organisation, self.teams

    @property
    def hour(self) -> tuple[str, int]:
        """Who looked, and the hour since the beginning of time."""
        return self.look.who, int(self.look.at.timestamp()) // 3600

    @property
    def pair(self) -> tuple[str, str]:
        """Who looked at whom."""
        return self.look.who, self.look.patient


def points(share: float) -> float:
    """Return how much a share is worth: 2 for 1 in 100; no more than the cap."""
    return min(CAP, max(0.0, -log10(max(share, 1e-9))))


class Habits:
    """What is usual in some looks."""

    def __init__(self, placed: Sequence[Placed]) -> None:
        self._near: dict[object, Counter[Nearness]] = defaultdict(Counter)
        self._by_who: dict[str, Counter[int]] = defaultdict(Counter)
        self._by_house: dict[House, Counter[int]] = defaultdict(Counter)
        for one in placed:
            for key in _levels(one):
                self._near[key][one.near] += 1
            slot = slot_of(one.look)
            self._by_who[one.look.who][slot] += 1
            self._by_house[one.house][slot] += 1
        self._returns = {
            from_: _Returns(placed, from_) for from_ in (Nearness.AROUND, Nearness.NONE)
        }
        self._groups = {one.look.who: (one.house, one.post) for one in placed}
        self._crowds = {from_: _Crowds(placed, from_, self._groups) for from_ in SOME_PEOPLE}
        self._far: dict[tuple[str, Post, Nearness], float] = {}

    def far(self, one: Placed) -> float:
        """Return how rare it is for others in such a post to look from so far."""
        key = one.look.who, one.post, one.near
        found = self._far.get(key)
        if found is None:
            share = FARTHER[one.near]
            house, mine, post, mine_in_post = (self._near[level] for level in _levels(one))
            for every, own in ((house, mine), (post, mine_in_post)):
                farther = _from(every, one.near) - _from(own, one.near)
                share = (farther + LOOKS * share) / (every.total() - own.total() + LOOKS)
            found = self._far[key] = points(share)
        return found

    def hour(self, one: Placed) -> float:
        """Return how rare the hour is for who looked, against looks spread over the day evenly."""
        slot, mine = slot_of(one.look), self._by_who[one.look.who]
        role = self._by_house[one.house]
        expected = SPARSE * _about(role, slot) / max(role.total(), 1)
        share = (_about(mine, slot) + expected) / (mine.total() + SPARSE)
        even = 3 / (2 * DAY)  # three of the slots of two kinds of day
        return min(HOUR_CAP, max(0.0, -log10(max(share / even, 1e-9))))

    def crowd(self, who: str, hour: int, from_: Nearness) -> float:
        """Return how rare it is to look at so many within an hour, without being near to them.

        Rare among others of the post, and among the other hours of who looked.
        """
        counts = self._crowds[from_]
        count = counts.each.get((who, hour), 0)
        if count < SOME_PEOPLE[from_]:
            return 0.0
        mine = counts.of[who]
        if from_ is Nearness.NONE:
            every = counts.of[self._groups[who][0]]
            return points(_once_more(every, HOURS) ** (count - 1))
        share = min(1.0, (BUSY / count) ** 3)
        for group in self._groups[who]:
            every = counts.of[group]
            others = _least(every, count) - _least(mine, count), every.total() - mine.total()
            share = (others[0] + HOURS * share) / (others[1] + HOURS)
        own = _least(mine, count) - 1, mine.total() - 1
        return points((own[0] + OWN * share) / (own[1] + OWN))

    def again(self, one: Placed) -> tuple[float, int]:
        """Return how rare it is to come back to a person so often without being near; the days.

        Looks at strangers are counted by themselves too: to meet one again is chance alone, which
        halves and halves again with each day.
        """
        far = min(1.0, self.far(one))  # a post's daily work stays so when it is done again
        found = [
            (far * returns.rare(one), returns.days[one.pair])
            for from_, returns in self._returns.items()
            if one.near >= from_
        ]
        return max(found, default=(0.0, 0))


def slot_of(look: Look) -> int:
    """Return the hour of a day of work, or of a weekend's day, in UTC."""
    return look.at.hour + (DAY if look.at.weekday() >= 5 else 0)


class _Crowds:
    """At how many people each looked in each hour, no nearer than something."""

    def __init__(
        self, placed: Iterable[Placed], from_: Nearness, groups: Mapping[str, Sequence[object]]
    ) -> None:
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for one in placed:
            if one.near >= from_:
                found[one.hour].add(one.look.patient)
        self.each = {key: len(people) for key, people in found.items()}
        self.of: dict[object, Counter[int]] = defaultdict(Counter)
        for (who, _), count in self.each.items():
            for group in (who, *groups[who]):
                self.of[group][count] += 1


class _Returns:
    """On how many days more each looked at each person from afar than others of the role.

    Where others of the house look at a person as often, it is the house's business.
    """

    def __init__(self, placed: Iterable[Placed], from_: Nearness) -> None:
        self._is_chance = from_ is Nearness.NONE
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._houses: dict[str, House] = {}
        for one in placed:
            if one.near >= from_:
                found[one.pair].add(one.look.at.toordinal())
                self._houses[one.look.who] = one.house
        every = Counter[tuple[House, str]]()
        for (who, patient), days in found.items():
            every[self._houses[who], patient] += len(days)
        self.days = {
            (who, patient): 2 * len(days) - every[self._houses[who], patient]
            for (who, patient), days in found.items()
        }
        self._of: dict[House, Counter[int]] = defaultdict(Counter)
        for (who, _), count in self.days.items():
            self._of[self._houses[who]][count] += 1

    def rare(self, one: Placed) -> float:
        """Return the points of coming back so often, as somebody of one's role."""
        count = self.days[one.pair]
        if count < SOME_DAYS:
            return 0.0
        seen = self._of[one.house]
        if self._is_chance:
            return points(_once_more(seen, PAIRS) ** (count - 1))
        share = _least(seen, count) - 1 + PAIRS * AGAIN ** (count - 1)
        return points(share / (seen.total() - 1 + PAIRS))


def _levels(one: Placed) -> tuple[object, object, object, object]:
    """Return the keys of an organisation's looks and one's own there, a post's and one's own."""
    who, house, post = one.look.who, one.house, one.post
    return house, (who, house), post, (who, post)


def _from(seen: Counter[Nearness], near: Nearness) -> int:
    return sum(n for other, n in seen.items() if other >= near)


def _least(seen: Counter[int], count: int) -> int:
    return sum(n for value, n in seen.items() if value >= count)


def _once_more(seen: Counter[int], weight: int) -> float:
    """Return the share of counts above one, the one that asks left out.

    What chance alone brings about comes so often once more, and once more again. A few who looked
    at very many do not make that usual.
    """
    return (_least(seen, 2) - 1 + weight * AGAIN) / (seen.total() - 1 + weight)


def _about(hours: Counter[int], slot: int) -> int:
    """Return the looks of an hour and its two neighbours, on the same kind of day."""
    kind, hour = slot - slot % DAY, slot % DAY
    return sum(hours[kind + (hour + step) % DAY] for step in (-1, 0, 1))
