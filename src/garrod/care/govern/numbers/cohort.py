"""Which people are counted, and how they are grouped: by what is known of each, in few words.

"age<65", "has=http://snomed.info/sct|73211009" -> Condition; people, by sex and age-band -> Counted
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from garrod.care.govern.numbers.differencing import People, Shown
from garrod.care.govern.numbers.suppress import Released
from garrod.care.govern.numbers.table import TOTAL, Cell, Table, cells, within
from garrod.core.errors import UsageError

UNKNOWN = "not stated"
_OLDEST = 90  # Not clinical: from this age on people are one group
_BAND = 10  # years of an age group
_BANDS = (*(f"{a}-{a + _BAND - 1}" for a in range(0, _OLDEST, _BAND)), f"{_OLDEST}+")
_QUINTILES = {str(d): f"quintile {(d + 1) // 2}" for d in range(1, 11)}
VALUES: dict[str, tuple[str, ...]] = {
    "sex": ("female", "male", "other", UNKNOWN),
    "age-band": (*_BANDS, UNKNOWN),
    "deprivation": (*map(str, range(1, 11)), UNKNOWN),
    # Source: NHS Data Model and Dictionary, ethnic category, 2001 (unchecked)
    "ethnicity": (*"ABCDEFGHJKLMNPRSZ", UNKNOWN),
}
_PARENTS: dict[str, dict[str, str]] = {"deprivation": _QUINTILES}
_NUMBERS = ("age", "deprivation")
_SAYS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_TERM = re.compile(r"\s*([a-z]+)\s*(<=|>=|<|>|=)\s*(\S+)\s*")
_ONE = "people"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of one person. `deprivation`: the decile, 1 the most deprived; 0 unknown."""

    id: str
    sex: str = ""
    born: date | None = None
    ethnicity: str = ""
    deprivation: int = 0
    codes: frozenset[str] = frozenset()  # "system|code", and the code alone

    def age(self, on: date) -> int | None:
        """Return the age in whole years; None where it is not known or the person is not born."""
        if self.born is None or self.born > on:
            return None
        had = (on.month, on.day) >= (self.born.month, self.born.day)
        return on.year - self.born.year - (0 if had else 1)

    def value(self, name: str, on: date) -> str:
        """Return the group that a person is in; UNKNOWN where nobody can tell."""
        if name == "age-band":
            age = self.age(on)
            return UNKNOWN if age is None else _BANDS[min(age, _OLDEST) // _BAND]
        said = {"sex": self.sex, "ethnicity": self.ethnicity, "deprivation": str(self.deprivation)}
        return said[name] if said[name] in VALUES[name] else UNKNOWN


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must hold of a person who is counted."""

    name: str
    says: str
    value: str

    def holds(self, subject: Subject, on: date) -> bool:
        """Return whether it holds; of what is not known nothing holds."""
        if self.name == "has":
            return self.value in subject.codes
        if self.name in _NUMBERS:
            known = subject.age(on) if self.name == "age" else subject.deprivation or None
            return known is not None and _SAYS[self.says](known, int(self.value))
        return subject.value(self.name, on) == self.value

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.name}{self.says}{self.value}"


def term_of(text: str) -> Term:
    """Return what a condition says.  Raises: UsageError USE063."""
    found = _TERM.fullmatch(text)
    if found:
        term = Term(*found.groups())
        is_whole = term.name in _NUMBERS and term.value.isascii() and term.value.isdecimal()
        is_word = term.says == "=" and term.name in ("sex", "ethnicity", "has")
        if (is_whole and len(term.value) <= len("999")) or is_word:
            return term
    raise UsageError(
        "--where is age<65 (or <=, >, >=, =), deprivation<=3, sex=female, ethnicity=A, or "
        "has=CODE or has=SYSTEM|CODE",
        code="USE063",
    )


def names_of(text: str) -> tuple[str, ...]:
    """Return what people are grouped by.  Raises: UsageError USE063."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if len(names) not in (1, 2) or len({*names}) != len(names) or not {*names} <= VALUES.keys():
        raise UsageError(f"--by is one or two of {', '.join(VALUES)}", code="USE063")
    return names


@dataclass(frozen=True, slots=True)
class Counted:
    """A table of people, and who is in each of its cells; `everybody` in the data set."""

    table: Table
    groups: Mapping[Cell, People]
    everybody: People

    def shown(self, released: Released) -> Shown:
        """Return the groups of people of whom a count is shown."""
        told = {cell for cell, count in released.shown.items() if count is not None}
        inner = {(row, column) for row in self.table.rows for column in self.table.columns}
        grand = (TOTAL, TOTAL if self.table.has_column_totals() else self.table.columns[0])
        return Shown(
            self._people(grand) if grand in told else 0,
            tuple(self.groups.get(cell, 0) for cell in sorted(told & inner)),
            tuple(self._people(cell) for cell in sorted(told - inner - {grand})),
        )

    def _people(self, cell: Cell) -> People:
        found = 0
        for inner in within(self.table, cell):
            found |= self.groups.get(inner, 0)
        return found


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to count, grouped how, on which day."""

    by: tuple[str, ...]
    terms: tuple[Term, ...]
    on: date

    def words(self) -> str:
        """Return the question in words, for the register."""
        where = f" where {' and '.join(map(str, self.terms))}" if self.terms else ""
        return f"people by {' and '.join(self.by)}{where}, on {self.on.isoformat()}"


def counted(subjects: Sequence[Subject], numbers: Mapping[str, int], question: Question) -> Counted:
    """Return the counts of a question; every group is there, whether or not anybody is in it."""
    everybody, groups = 0, dict[Cell, People]()
    for subject in subjects:
        bit = 1 << numbers[subject.id]
        everybody |= bit
        if all(term.holds(subject, question.on) for term in question.terms):
            values = [subject.value(name, question.on) for name in question.by]
            cell = (values[0], values[1] if len(values) > 1 else _ONE)
            groups[cell] = groups.get(cell, 0) | bit
    first = question.by[0]
    columns = VALUES[question.by[1]] if len(question.by) > 1 else (_ONE,)
    counts = {cell: people.bit_count() for cell, people in groups.items()}
    table = Table(VALUES[first], columns, counts, _PARENTS.get(first, {}))
    return Counted(table, groups, everybody)


def heads(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the heads of lines and columns in the order in which they are shown."""
    found = cells(table)
    return tuple(dict.fromkeys(c[0] for c in found)), tuple(dict.fromkeys(c[1] for c in found))
