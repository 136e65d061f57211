"""What rules ask about beside medicines: conditions, measured values, sets of medicines.

tables of every pack -> Clinical: codes and words -> condition or measure; a set -> ingredients
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from garrod.core.errors import KnowledgeError
from garrod.core.medicine import Coding
from garrod.knowledge.medicines import words_of
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

CONDITIONS, MEASURES, UNITS = "term_conditions", "term_measures", "term_units"
SETS, MEMBERS = "drug_sets", "drug_set_members"
SNOMED, LOINC, ICD10 = "http://snomed.info/sct", "http://loinc.org", "icd-10"
MOST = 20_000  # Not clinical: a bound on memory, of what codings and words were found to stand for
# Words that say that a condition named is not one that the person has or had.
NOT_THEIRS = re.compile(
    r"\b(?:family history|fh|no (?:evidence|history|past history|known)|suspected|at risk|"
    r"risk of|screening for|heat stroke|heatstroke|father|mother|query|exclude[ds]?|possible)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that rules ask about: its id, its British name, and how it is recognised.

    `snomed` are codes, `icd10` the beginnings of codes; `is_lasting` says that once is for ever.
    """

    id: str
    name: str
    words: tuple[tuple[str, ...], ...]
    snomed: frozenset[str]
    icd10: tuple[str, ...]
    is_lasting: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured value that rules ask about: its unit, its plausible range, how long it holds.

    `unit` is UCUM; `lasts_days` how old a result may be to count as today's. `factors` are units
    that no dimension connects to `unit` (mmol/mol to %), and what to multiply by.
    """

    id: str
    name: str
    codes: frozenset[tuple[str, str]]
    words: tuple[tuple[str, ...], ...]
    unit: str
    low: Decimal
    high: Decimal
    lasts_days: int
    factors: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class DrugSet:
    """A set of ingredients that rules treat alike: its id, its British name, its members."""

    id: str
    name: str
    drugs: frozenset[str]


class Clinical:
    """The conditions, measures and sets in force, each found by its id, its codes or words."""

    def __init__(
        self,
        conditions: Iterable[Condition],
        measures: Iterable[Measure],
        sets: Iterable[DrugSet],
        references: tuple[str, ...],
        origins: Mapping[str, frozenset[str]],
    ) -> None:
        self.conditions = {c.id: c for c in conditions}
        self.measures = {m.id: m for m in measures}
        self.sets = {s.id: s for s in sets}
        self.references = references
        self._origins = origins
        self._sets_of: dict[str, set[str]] = {}
        for group in self.sets.values():
            for drug in group.drugs:
                self._sets_of.setdefault(drug, set()).add(group.id)
        self._by_snomed: dict[str, list[Condition]] = {}
        self._words: dict[tuple[str, ...], list[Condition]] = {}
        self._icd: dict[str, list[Condition]] = {}
        for condition in self.conditions.values():
            for code in condition.snomed:
                self._by_snomed.setdefault(code, []).append(condition)
            for words in condition.words:
                self._words.setdefault(words, []).append(condition)
            for start in condition.icd10:
                self._icd.setdefault(start, []).append(condition)
        self._longest = max(map(len, self._words), default=0)
        self._measure_codes = {pair: m for m in self.measures.values() for pair in m.codes}
        self._measure_words = {w: m for m in self.measures.values() for w in m.words}
        self._seen: dict[tuple[Coding, ...], tuple[Condition, ...]] = {}
        self._measured: dict[tuple[tuple[Coding, ...], str], Measure | None] = {}

    def sets_of(self, drug: str) -> frozenset[str]:
        """Return the ids of the sets that an ingredient belongs to."""
        return frozenset(self._sets_of.get(drug, ()))

    def conditions_of(self, codings: tuple[Coding, ...]) -> tuple[Condition, ...]:
        """Return the conditions that codings, or else their words, stand for.

        Words that say that it is not the person's own, or not certain, name nothing.
        """
        found = self._seen.get(codings)
        if found is None:
            if len(self._seen) > MOST:
                self._seen.clear()
            found = tuple(dict.fromkeys(c for coding in codings for c in self._named(coding)))
            self._seen[codings] = found
        return found

    def _named(self, coding: Coding) -> list[Condition]:
        system = coding.system.casefold()
        if NOT_THEIRS.search(coding.display):
            return []
        if system == SNOMED and coding.code in self._by_snomed:
            return self._by_snomed[coding.code]
        if ICD10 in system:
            code = coding.code.replace(".", "").upper()
            found = [c for n in range(3, len(code) + 1) for c in self._icd.get(code[:n], ())]
            if found:
                return found
        return self._worded(coding.display)

    def _worded(self, text: str) -> list[Condition]:
        """Return the conditions whose words stand in a text, the longest at each place."""
        words, found, place = words_of(text), [], 0
        while place < len(words):
            length = min(self._longest, len(words) - place)
            while length and words[place : place + length] not in self._words:
                length -= 1
            found += self._words.get(words[place : place + length], []) if length else []
            place += max(length, 1)
        return found

    def measure_of(self, codings: Iterable[Coding], text: str = "") -> Measure | None:
        """Return the measure that codings stand for, or else the whole of their words, or None."""
        given = tuple(codings)
        if (given, text) not in self._measured:
            if len(self._measured) > MOST:
                self._measured.clear()
            self._measured[given, text] = self._measure(given, text)
        return self._measured[given, text]

    def _measure(self, given: tuple[Coding, ...], text: str) -> Measure | None:
        for coding in given:
            found = self._measure_codes.get((coding.system, coding.code))
            if found is not None:
                return found
        for words in (text, *(c.display for c in given)):
            found = self._measure_words.get(words_of(words))
            if found is not None:
                return found
        return None

    def packs_of(self, names: Iterable[str]) -> frozenset[str]:
        """Return the packs that say what "@sets", conditions and measures are."""
        return frozenset(p for name in names for p in self._origins.get(name, ()))

    def members(self, wanted: str) -> frozenset[str]:
        """Return the ingredients of "@set", or the one that is named.  Raises: KeyError."""
        if wanted.startswith("@"):
            return self.sets[wanted[1:]].drugs
        return frozenset((wanted,))


def load_clinical(shelf: Shelf) -> Clinical:
    """Return the terms and sets in force, those of every pack that has such tables joined.

    A condition, measure or set that stands in several packs has the words, codes and members of
    all. Raises: KnowledgeError KNO004, KNO010 (two packs that contradict each other).
    """
    origins: dict[str, set[str]] = {}
    conditions: dict[str, Condition] = {}
    measures: dict[str, Measure] = {}
    sets: dict[str, DrugSet] = {}
    for name in _holding(shelf, CONDITIONS):
        for row in shelf.rows(name, CONDITIONS):
            one = _condition(row)
            origins.setdefault(one.id, set()).add(shelf.reference(name))
            conditions[one.id] = _both_conditions(conditions.get(one.id), one)
    for name in _holding(shelf, MEASURES):
        for row in shelf.rows(name, MEASURES):
            found = _measure(row, shelf.rows(name, UNITS))
            if found.id in measures:
                raise KnowledgeError(f"{name}: measure {found.id!r} stands twice", code="KNO010")
            measures[found.id] = found
            origins.setdefault(found.id, set()).add(shelf.reference(name))
    for name in _holding(shelf, SETS):
        for row in shelf.rows(name, SETS):
            drugs = frozenset(
                m["drug"] for m in shelf.rows(name, MEMBERS) if m["set"] == row["set"]
            )
            had = sets.get(row["set"])
            joined = drugs | (had.drugs if had else frozenset())
            sets[row["set"]] = DrugSet(row["set"], had.name if had else row["name"], joined)
            origins.setdefault(f"@{row['set']}", set()).add(shelf.reference(name))
    tables = (CONDITIONS, MEASURES, SETS)
    packs = dict.fromkeys(shelf.reference(n) for t in tables for n in _holding(shelf, t))
    where = {name: frozenset(found) for name, found in origins.items()}
    return Clinical(conditions.values(), measures.values(), sets.values(), tuple(packs), where)


def _holding(shelf: Shelf, table: str) -> list[str]:
    return [name for name in shelf.names() if table in shelf.pack(name).tables]


def _both_conditions(had: Condition | None, more: Condition) -> Condition:
    if had is None:
        return more
    if had.is_lasting != more.is_lasting:
        raise KnowledgeError(f"condition {more.id!r}: two packs differ in “lasting”", code="KNO010")
    return replace(
        had,
        words=tuple(dict.fromkeys((*had.words, *more.words))),
        snomed=had.snomed | more.snomed,
        icd10=tuple(dict.fromkeys((*had.icd10, *more.icd10))),
    )


def _condition(row: Row) -> Condition:
    return Condition(
        row["condition"],
        row["name"],
        tuple(words_of(w) for w in values_in(row["words"])),
        frozenset(values_in(row["snomed"])),
        tuple(code.replace(".", "") for code in values_in(row["icd10"])),
        row["lasting"] == "yes",
    )


def _measure(row: Row, units: Iterable[Row]) -> Measure:
    coded = [(LOINC, c) for c in values_in(row["loinc"])]
    coded += [(SNOMED, c) for c in values_in(row["snomed"])]
    return Measure(
        row["measure"],
        row["name"],
        frozenset(coded),
        tuple(words_of(w) for w in values_in(row["words"])),
        row["unit"],
        Decimal(row["low"]),
        Decimal(row["high"]),
        int(row["lasts_days"]),
        {u["unit"]: Decimal(u["factor"]) for u in units if u["measure"] == row["measure"]},
    )
