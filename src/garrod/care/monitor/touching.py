"""Whether a change of the knowledge can touch one person. Never says no to one whom it touches.

Reach + a person, or the medicines that they have or had -> may their advice differ?
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.naming import is_at_odds, named_in
from garrod.care.monitor.named import offered_by
from garrod.care.monitor.reach import Reach
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Person

MOST = 200_000  # Not clinical: entries of medicines whose meaning is kept


class Touching:
    """Asks of people whether a change can touch them; what a medicine's words mean is kept."""

    def __init__(self, before: Knowledge, after: Knowledge, reach: Reach) -> None:
        self.reach = reach
        self._both = (before, after)
        self._offered, self._to_anyone = offered_by(self._both)
        self._paired = frozenset(d for pair in reach.pairs for d in pair)
        self._named: dict[tuple[str, tuple[Coding, ...]], tuple[frozenset[str], bool]] = {}

    @property
    def reaches_anyone(self) -> bool:
        """Return whether what is offered to everybody is touched, so that anybody may be."""
        return not self._to_anyone.isdisjoint(self.reach.drugs) or self.has_pair(self._to_anyone)

    def is_touched(self, person: Person) -> bool:
        """Return whether a person's advice may differ."""
        reach = self.reach
        if reach.everybody or (reach.allergic and person.allergies):
            return True
        lines = (*person.medicines, *person.past)
        return self.is_touched_by(lines) or (reach.retermed and self._is_retermed(person))

    def is_touched_by(self, lines: Iterable[MedicineLine]) -> bool:
        """Return whether what a person takes or took makes their advice differ, perhaps."""
        drugs: set[str] = set(self._to_anyone)
        for line in lines:
            mine, is_renamed = self._meaning(line)
            if is_renamed and self.reach.renamed:
                return True
            drugs |= mine
        if not drugs.isdisjoint(self.reach.drugs):
            return True
        return self.has_pair(drugs & self._paired)

    def has_pair(self, drugs: Iterable[str]) -> bool:
        """Return whether a touched pair is among some ingredients."""
        pairs = self.reach.pairs
        return bool(pairs) and any(frozenset(p) in pairs for p in combinations(sorted(drugs), 2))

    def paired(self, line: MedicineLine) -> frozenset[str]:
        """Return what of a line is one side of a touched pair, what is offered to all with it."""
        mine = self._meaning(line)[0] & self._paired
        return mine | (self._to_anyone & self._paired) if mine else mine

    def _meaning(self, line: MedicineLine) -> tuple[frozenset[str], bool]:
        key = (line.text, line.codings)
        found = self._named.get(key)
        if found is None:
            if len(self._named) >= MOST:
                self._named.clear()
            found = self._named[key] = self._read(line)
        return found

    def _read(self, line: MedicineLine) -> tuple[frozenset[str], bool]:
        old, new = (_facts(k, line) for k in self._both)
        taken = {d for drugs, _ in (old, new) for d in drugs}
        return frozenset(taken.union(*(self._offered.get(d, ()) for d in taken))), old != new

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
        self._some: dict[str, frozenset[str]] = {}  # sides of touched pairs, by person

    def lets(self, patient: str, line: MedicineLine | None) -> bool:
        """Return whether a person must be looked at, with one medicine more (None: unknown)."""
        if line is None or self._touching.is_touched_by((line,)):
            return True
        mine = self._touching.paired(line)
        if not mine:
            return False
        mine |= self._some.get(patient, frozenset())
        self._some[patient] = mine
        return self._touching.has_pair(mine)


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
