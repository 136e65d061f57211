"""The course of a person's medicines through a year: lines that begin, change, stop, move.

conditions -> lines of long-term medicines -> what happens to each -> episodes -> admissions

A line is one treatment, whoever prescribes it. Its periods are what the one who holds the list has
it as; what a hospital decided stands beside it as events, since a list may not follow.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from garrod.adapters.world.chance import Chance
from garrod.adapters.world.health import Health, Problem, at_age
from garrod.adapters.world.identity import Identity
from garrod.adapters.world.model import Medicine, Profile, Slot

MOTHERHOOD, MOTHER_TAKES = "folic acid", 90  # assumed: until the twelfth week or so


@dataclass(slots=True)
class Period:
    """A time at one strength, from a day until before another; None: it goes on."""

    start: int
    end: int | None
    strength: int


@dataclass(frozen=True, slots=True)
class Event:
    """What a hospital decided of a line: started, changed or stopped."""

    act: str
    day: int
    strength: int
    admission: int


@dataclass(slots=True)
class Line:
    """One treatment with a medicine."""

    number: int
    medicine: Medicine
    problem: Problem | None
    holder: str  # practice, hospital or person: who has it on their list
    periods: list[Period]
    days: int = 0  # a short course, of so many days
    stop_reason: str = ""
    is_taken_well: bool = True
    is_collected: bool = True
    events: list[Event] = field(default_factory=list)

    @property
    def end(self) -> int | None:
        """The day on which the list ends it."""
        return self.periods[-1].end if self.periods else None


@dataclass(slots=True)
class Stay:
    """A stay in hospital."""

    number: int
    start: int
    end: int
    problem: Problem


@dataclass(slots=True)
class Course:
    """Lines and stays of a person, and their episodes."""

    lines: list[Line] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    episodes: list[Problem] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


class Planner:
    """Plans the course of one person."""

    __slots__ = ("_chance", "_course", "_health", "_length", "_profile", "_who")

    def __init__(
        self, profile: Profile, chance: Chance, who: Identity, health: Health, length: int
    ) -> None:
        self._profile, self._chance, self._who, self._health = profile, chance, who, health
        self._length = length  # days of the year
        self._course = Course()

    def plan(self) -> Course:
        """Return the course."""
        for problem in self._health.problems:
            for slot in problem.illness.slots:
                self._slot(slot, problem)
        self._together()
        self._mother()
        self._stated()
        self._episodes()
        self._stays()
        return self._course

    def _slot(self, slot: Slot, problem: Problem) -> None:
        """Begin a line of a condition, where its share says so and its group has none."""
        chance, course = self._chance, self._course
        is_given, name = chance.happens(slot.share), chance.pick(slot.choices)
        if not is_given or not slot.from_age <= self._who.age <= slot.to_age:
            return
        if name in course.names or (slot.group and slot.group in course.groups):
            return
        course.groups.add(slot.group)
        holder = "hospital" if problem.illness.is_hospitals else "practice"
        line = self._long(name, problem, holder)
        if slot.companion and slot.companion not in course.names:
            other = self._line(slot.companion, problem, holder)
            other.periods = [Period(line.periods[0].start, line.end, 0)]
            other.stop_reason = line.stop_reason

    def _together(self) -> None:
        """Begin what is taken because of another long-term medicine."""
        for rule in self._profile.together:
            cause = next((ln for ln in self._course.lines if ln.medicine.key in rule.given), None)
            if cause is not None and cause.problem is not None:
                self._slot(rule.slot, cause.problem)

    def _line(self, name: str, problem: Problem | None, holder: str) -> Line:
        course, rules = self._course, self._profile.course
        line = Line(len(course.lines), self._profile.medicines[name], problem, holder, [])
        line.is_taken_well = self._chance.happens(rules.taken_well)
        course.lines.append(line)
        course.names.add(name)
        return line

    def _long(self, name: str, problem: Problem, holder: str) -> Line:
        """Return a long-term line with what happens to it in the year."""
        chance, rules = self._chance, self._profile.course
        line = self._line(name, problem, holder)
        is_new = chance.happens(rules.started)
        low, high = rules.years_taken
        longest = max(min(high * 365, -problem.onset), 1)
        taken = chance.whole(low * 365 + 1, max(longest, low * 365 + 1))
        start = chance.whole(0, self._length - 1) if is_new else -taken
        top = len(line.medicine.strengths) - 1
        strength = chance.whole(0, max(top - 1, 0)) if is_new else chance.whole(0, top)
        line.periods = [Period(start, None, strength)]
        if is_new and chance.happens(rules.never_collected):
            line.is_collected = False
        first = max(start + 14, 0)
        if top and first < self._length and chance.happens(rules.changed):
            self._change(line, chance.whole(first, self._length - 1), self._next(line, strength))
        if chance.happens(rules.stopped):
            last = max(line.periods[-1].start + 7, 0)
            if last < self._length:
                line.periods[-1].end = chance.whole(last, self._length - 1)
                line.stop_reason = chance.pick(rules.stop_reasons)
        return line

    def _next(self, line: Line, strength: int) -> int:
        """Return the strength above, or that below where there is none."""
        return strength + 1 if strength + 1 < len(line.medicine.strengths) else strength - 1

    @staticmethod
    def _change(line: Line, day: int, strength: int) -> None:
        line.periods[-1].end = day
        line.periods.append(Period(day, None, strength))

    def _mother(self) -> None:
        start, name = self._health.pregnant_from, MOTHERHOOD
        if start is None or not self._health.takes_folic_acid or name in self._course.names:
            return
        if name in self._profile.medicines and start + 30 < self._length:
            line = self._line(name, None, "person")
            end = start + MOTHER_TAKES
            line.periods = [Period(start + 30, end if end < self._length else None, 0)]
            line.stop_reason = "no longer needed"

    def _stated(self) -> None:
        """Add a medicine that the person bought, and says so."""
        chance, rules = self._chance, self._profile.course
        says, name = chance.happens(rules.stated), chance.pick(rules.stated_medicines)
        if says and self._who.age >= 18 and name not in self._course.names:
            line = self._line(name, None, "person")
            line.periods = [Period(chance.whole(-700, self._length - 1), None, 0)]

    def _episodes(self) -> None:
        chance, sex = self._chance, self._who.sex
        for illness in self._profile.episodes:
            rate = at_age(self._profile.ages, illness.curves[sex], self._who.age)
            for _ in range(min(chance.count(rate), 3)):
                day = chance.whole(0, self._length - 1)
                number = len(self._health.problems) + len(self._course.episodes)
                problem = Problem(number, illness, day, day + chance.whole(7, 28))
                self._course.episodes.append(problem)
                for slot in illness.slots:
                    self._short(slot, problem)

    def _short(self, slot: Slot, problem: Problem) -> None:
        """Begin a short course, where the person does not take the same already."""
        chance = self._chance
        is_given, name = chance.happens(slot.share), chance.pick(slot.choices)
        running = {ln.medicine.key for ln in self._course.lines if not ln.days}
        is_there = slot.group in self._course.groups if slot.group else False
        is_of_age = slot.from_age <= self._who.age <= slot.to_age
        if is_given and is_of_age and name not in running and not is_there:
            line = self._line(name, problem, "practice")
            line.days = slot.days
            day = problem.onset
            line.periods = [Period(day, day + slot.days, len(line.medicine.strengths) - 1)]

    def _stays(self) -> None:
        chance, rules = self._chance, self._profile.admissions
        rate = at_age(rules.ages, rules.rates, self._who.age)
        free = 0
        starts = sorted(
            chance.whole(0, self._length - 1) for _ in range(min(chance.count(rate), rules.most))
        )
        for start in starts:
            nights = chance.whole(*rules.nights)
            if start < free or start + nights >= self._length:
                continue
            free = start + nights + 1
            number = len(self._health.problems) + len(self._course.episodes)
            problem = Problem(number, chance.pick(rules.reasons), start, start + nights)
            self._course.episodes.append(problem)
            stay = Stay(len(self._course.stays), start, start + nights, problem)
            self._course.stays.append(stay)
            self._review(stay)

    def _review(self, stay: Stay) -> None:
        """Let the hospital change the lines of the list, and begin one."""
        chance, rules = self._chance, self._profile.admissions
        for line in list(self._course.lines):
            last = line.periods[-1] if line.periods else None
            if last is None or line.days or line.holder != "practice" or last.end is not None:
                continue
            if last.start >= stay.start or any(e.act == "stop" for e in line.events):
                continue
            fate = chance.uniform()
            if fate < rules.stopped:
                self._decide(line, stay, "stop", last.strength)
            elif fate < rules.stopped + rules.changed and len(line.medicine.strengths) > 1:
                self._decide(line, stay, "change", self._next(line, last.strength))
        if chance.happens(rules.started) and self._who.age >= rules.started_from_age:
            name = chance.pick(rules.started_medicines)
            if name not in self._course.names:
                line = self._line(name, stay.problem, "practice")
                self._decide(line, stay, "start", 0)

    def _decide(self, line: Line, stay: Stay, act: str, strength: int) -> None:
        """Note what the hospital decided; the list follows after a delay, or does not."""
        chance, rules = self._chance, self._profile.admissions
        line.events.append(Event(act, stay.end, strength, stay.number))
        day = stay.end + chance.whole(*rules.delay)
        if not chance.happens(rules.updated) or day >= self._length:
            return
        if act == "stop":
            line.periods[-1].end = max(day, line.periods[-1].start)
            line.stop_reason = "stopped in hospital"
        elif act == "start":
            line.periods.append(Period(day, None, strength))
        elif day > line.periods[-1].start:
            self._change(line, day, strength)
