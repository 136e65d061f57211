"""Whether a change of the knowledge can touch one person. Never says no to one whom it touches.

Reach + a person, or the medicines that they have or had -> may their advice differ?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.naming import is_at_odds, named_in
from garrod.care.monitor.asking import Asking, bare
from garrod.care.monitor.named import offered_by
from garrod.care.monitor.reach import Reach
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Person

MOST = 200_000  # Not clinical: entries of medicines whose meaning is kept


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a line names in either state, what may be offered to its taker, and whether it differs.

    What is offered includes nothing that is offered whatever one takes.
    """

    taken: frozenset[str]
    offered: frozenset[str]
    is_renamed: bool


class Touching:
    """Asks of people whether a change can touch them; what a medicine's words mean is kept."""

    def __init__(self, before: Knowledge, after: Knowledge, reach: Reach, *, today: date) -> None:
        self.reach = reach
        self._both = (before, after)
        self._asking = Asking(self._both, reach, today)
        self._offered = offered_by(self._both)
        self._drugs = reach.drugs | reach.by_rules.drugs
        self._pairs = reach.pairs | reach.by_rules.pairs
        self._paired = frozenset(d for pair in self._pairs for d in pair)
        self._today = today
        self._by_age: dict[int | None, bool] = {}
        self._named: dict[tuple[str, tuple[Coding, ...]], Meaning] = {}

    @property
    def is_for_all(self) -> bool:
        """Return whether everybody must be looked at: neither medicines nor age tell who not."""
        return self.reach.everybody or self.reach.retermed

    @property
    def anyone(self) -> frozenset[str]:
        """Return what may be offered to people whatever they take, and is touched."""
        return self._asking.offered & (self._drugs | self._paired)

    @property
    def calls_for_some(self) -> bool:
        """Return whether some must be looked at whatever they take."""
        return bool(self.anyone) or self.reach.by_rules.everybody

    def calls_for(self, birth_date: date | None) -> bool:
        """Return whether somebody must be looked at whatever they take, told by their age alone."""
        if not self.calls_for_some:
            return False
        who = bare(birth_date)
        age = who.age_on(self._today)
        if age not in self._by_age:
            is_asked = self.reach.by_rules.everybody and self._asking.may_say_something(who)
            self._by_age[age] = is_asked or bool(self._asking.offers(who) & self.anyone)
        return self._by_age[age]

    def is_touched(self, person: Person) -> bool:
        """Return whether a person's advice may differ."""
        reach = self.reach
        if reach.everybody or (reach.allergic and person.allergies):
            return True
        now = [self._meaning(line) for line in person.medicines]
        means = [*now, *(self._meaning(line) for line in person.past)]
        if reach.renamed and any(m.is_renamed for m in means):
            return True
        taken = frozenset(d for m in means for d in m.taken)
        offered = frozenset(d for m in now for d in m.offered)  # in place of what is taken
        offered |= self._asking.offers(person) if self.anyone else frozenset()
        drugs = taken | offered
        if not drugs.isdisjoint(reach.drugs) or _has_pair(reach.pairs, drugs):
            return True
        if reach.retermed and self._is_retermed(person):
            return True
        return self._is_ruled(person, taken, offered)

    def _is_ruled(self, person: Person, taken: frozenset[str], offered: frozenset[str]) -> bool:
        """Return whether rules that differ say something else of what a person takes.

        What might be offered is asked about as an order is, which these rules are not asked here.
        """
        by = self.reach.by_rules
        if not offered.isdisjoint(by.drugs):
            return True
        pairs = [pair for pair in by.pairs if pair <= taken | offered]
        if any(not pair.isdisjoint(offered) for pair in pairs):
            return True
        is_near = by.everybody or bool(pairs) or not taken.isdisjoint(by.drugs)
        return is_near and self._asking.says_otherwise(person)

    def is_touched_by(self, line: MedicineLine) -> bool:
        """Return whether one medicine alone makes it needful to look at its taker."""
        mine = self._meaning(line)
        if mine.is_renamed and self.reach.renamed:
            return True
        drugs = mine.taken | mine.offered
        return not drugs.isdisjoint(self._drugs) or self.has_pair(drugs & self._paired)

    def has_pair(self, drugs: frozenset[str]) -> bool:
        """Return whether a touched pair is among some ingredients."""
        return _has_pair(self._pairs, drugs)

    def paired(self, line: MedicineLine) -> frozenset[str]:
        """Return what of a line is one side of a touched pair."""
        mine = self._meaning(line)
        return (mine.taken | mine.offered) & self._paired

    def _meaning(self, line: MedicineLine) -> Meaning:
        key = (line.text, line.codings)
        found = self._named.get(key)
        if found is None:
            if len(self._named) >= MOST:
                self._named.clear()
            found = self._named[key] = self._read(line)
        return found

    def _read(self, line: MedicineLine) -> Meaning:
        old, new = (_facts(k, line) for k in self._both)
        taken = frozenset((*old[0], *new[0]))
        offered = frozenset(d for t in taken for d in self._offered.get(t, ()))
        return Meaning(taken, offered, old != new)

    def _is_retermed(self, person: Person) -> bool:
        old, new = (k.clinical for k in self._both)
        reasons = [line.reasons for line in (*person.medicines, *person.past)]
        had: Sequence[tuple[Coding, ...]] = [*(c.codings for c in person.conditions), *reasons]
        if any(old.conditions_of(codings) != new.conditions_of(codings) for codings in had):
            return True
        return any(
            old.measure_of(r.codings, r.text) != new.measure_of(r.codings, r.text)
            for r in person.results
        )


class Sieve:
    """Lets through who must be looked at, told one medicine after the other, in any order."""

    def __init__(self, touching: Touching) -> None:
        self._touching = touching
        self.sides: dict[str, frozenset[str]] = {}  # of touched pairs, by person

    def lets(self, patient: str, line: MedicineLine | None) -> bool:
        """Return whether a person must be looked at, with one medicine more (None: unknown)."""
        if line is None or self._touching.is_touched_by(line):
            return True
        mine = self._touching.paired(line)
        if not mine:
            return False
        mine |= self.sides.get(patient, frozenset())
        self.sides[patient] = mine
        return self._touching.has_pair(mine)


def _has_pair(pairs: frozenset[frozenset[str]], drugs: frozenset[str]) -> bool:
    return bool(pairs) and any(frozenset(p) in pairs for p in combinations(drugs, 2))


def _facts(knowledge: Knowledge, line: MedicineLine) -> tuple[tuple[str, ...], tuple[object, ...]]:
    """Return what a line names, and what else the knowledge of medicines makes of its words."""
    medicines = knowledge.medicines
    named = named_in(medicines, line)
    return tuple(m.drug for m in named), (
        named,
        is_at_odds(medicines, line),
        medicines.is_local(line.text),
        medicines.remark_in(line.text),
        tuple(medicines.is_combined(m.drug, line.text) for m in named),
    )
