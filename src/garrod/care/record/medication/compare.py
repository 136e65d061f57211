"""Source lists side by side: which lines are of one therapy, and in what they differ.

lists + formulary -> rows (a line of each source, or none) -> typed discrepancies
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from garrod.care.record.medication.dose import Regimen, Step
from garrod.care.record.medication.likeness import Formulary, Likeness, likeness_of
from garrod.care.record.medication.line import CLOSED, Line, Setting


@dataclass(frozen=True, slots=True)
class SourceList:
    """What one source says is taken, as of when. Its name is unique in a comparison."""

    name: str
    setting: Setting
    as_of: datetime
    lines: tuple[Line, ...]


class Match(StrEnum):
    """Why lines stand in one row; the weakest that was needed."""

    ALONE = "alone"
    TREATMENT = "same treatment"
    PRODUCT = "same ingredient, form and strength"
    INGREDIENT = "same ingredient"
    CLASS = "same class"


class Difference(StrEnum):
    """In what the sources differ about a row."""

    MISSING = "missing"
    DUPLICATE = "duplicate"
    MEDICINE = "another medicine of the class"
    DOSE = "dose"
    FREQUENCY = "frequency"
    ROUTE = "route"
    FORM = "form"
    STRENGTH = "strength"
    BRAND = "brand or generic"
    STATE = "state"
    DIRECTIONS = "directions that could not be compared"
    STATED_ONLY = "stated only"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference: what kind, which sources, and in words."""

    kind: Difference
    sources: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and the source that has it."""

    source: str
    line: Line


@dataclass(frozen=True, slots=True)
class Row:
    """Lines of one therapy, at most one of each source, and in what they differ."""

    id: str
    entries: tuple[Entry, ...]
    match: Match
    discrepancies: tuple[Discrepancy, ...] = ()

    def of(self, source: str) -> Line | None:
        """Return the line that a source has here, or None."""
        return next((e.line for e in self.entries if e.source == source), None)


_Test = Callable[[Line, Line], bool]


def side_by_side(sources: Sequence[SourceList], formulary: Formulary) -> tuple[Row, ...]:
    """Return every open line of every source in rows, the first source's in its own order.

    A row has the id of its first line. What looks like a line of a row that has one of that source
    already gets a row of its own, and is told as a duplicate.
    """
    groups: list[list[Entry]] = []
    reasons: list[Match] = []
    for source in sources:
        left = [x for x in source.lines if x.is_current and x.state not in CLOSED]
        for match, test in _tests(formulary):
            left = _placed(source.name, left, groups, reasons, (match, test))
        groups += [[Entry(source.name, line)] for line in left]
        reasons += [Match.ALONE] * len(left)
    rows = [
        Row(f"{g[0].source}:{g[0].line.id}", tuple(g), match)
        for g, match in zip(groups, reasons, strict=True)
    ]
    names = tuple(s.name for s in sources)
    return tuple(
        Row(r.id, r.entries, r.match, tuple(_discrepancies(r, rows, names, formulary)))
        for r in rows
    )


def _tests(formulary: Formulary) -> Iterator[tuple[Match, _Test]]:
    def alike(least: Likeness) -> _Test:
        def test(one: Line, other: Line) -> bool:
            likened = likeness_of(one.content.medicine, other.content.medicine, formulary)
            return likened.likeness >= least

        return test

    yield Match.TREATMENT, lambda one, other: one.treatment_id == other.treatment_id
    yield Match.PRODUCT, alike(Likeness.PRODUCT)
    yield Match.INGREDIENT, alike(Likeness.INGREDIENT)
    yield Match.CLASS, alike(Likeness.CLASS)


def _placed(
    source: str,
    lines: list[Line],
    groups: list[list[Entry]],
    reasons: list[Match],
    how: tuple[Match, _Test],
) -> list[Line]:
    """Put lines into rows that they match and that lack their source; return those left."""
    left = []
    order = list(Match)
    for line in lines:
        for place, group in enumerate(groups):
            is_free = all(e.source != source for e in group)
            if is_free and any(how[1](e.line, line) for e in group):
                group.append(Entry(source, line))
                reasons[place] = max(reasons[place], how[0], key=order.index)
                break
        else:
            left.append(line)
    return left


def _discrepancies(
    row: Row, rows: Sequence[Row], names: tuple[str, ...], formulary: Formulary
) -> Iterator[Discrepancy]:
    having = {e.source for e in row.entries}
    lacking = tuple(n for n in names if n not in having)
    if lacking:
        yield Discrepancy(Difference.MISSING, lacking, f"not in {', '.join(lacking)}")
    yield from _duplicates(row, rows, formulary)
    for one, other in combinations(row.entries, 2):
        for kind, said in _between(one.line, other.line, formulary):
            yield Discrepancy(kind, (one.source, other.source), said)
    stated = tuple(e.source for e in row.entries if e.line.is_shown_as_unverified)
    if stated:
        yield Discrepancy(
            Difference.STATED_ONLY, stated, f"only stated, not verified, in {', '.join(stated)}"
        )


def _duplicates(row: Row, rows: Sequence[Row], formulary: Formulary) -> Iterator[Discrepancy]:
    for entry in row.entries:
        for other in rows:
            twin = other.of(entry.source) if other.id != row.id else None
            if twin is None:
                continue
            likened = likeness_of(entry.line.content.medicine, twin.content.medicine, formulary)
            if likened.likeness >= Likeness.SHARED_INGREDIENT:
                said = f"{entry.source} also has {twin.content.medicine.text}"
                yield Discrepancy(Difference.DUPLICATE, (entry.source,), said)


def _between(one: Line, other: Line, formulary: Formulary) -> Iterator[tuple[Difference, str]]:
    first, second = one.content.medicine, other.content.medicine
    if likeness_of(first, second, formulary).likeness < Likeness.INGREDIENT:
        yield Difference.MEDICINE, f"{first.text}, and {second.text}"
    for kind, a, b in (
        (Difference.FORM, first.form, second.form),
        (Difference.STRENGTH, first.strength, second.strength),
        (Difference.BRAND, first.brand, second.brand),
        (Difference.STATE, one.state.value, other.state.value),
    ):
        if "".join(a.casefold().split()) != "".join(b.casefold().split()):
            yield kind, f"{a or 'not stated'}, and {b or 'not stated'}"
    yield from _of_doses(one, other)


def _of_doses(one: Line, other: Line) -> Iterator[tuple[Difference, str]]:
    """Yield in what two doses differ; words that were not read are equal only to themselves."""
    first, second = one.content, other.content
    said = f"{first.directions or 'not stated'}, and {second.directions or 'not stated'}"
    if first.dose is None or second.dose is None:
        same = first.directions.casefold().split() == second.directions.casefold().split()
        if first.dose is not second.dose or not same:
            yield Difference.DIRECTIONS, said
        return
    if first.dose == second.dose:
        return
    a, b = _single(first.dose), _single(second.dose)
    if a is None or b is None:
        yield Difference.DOSE, said
        return
    if a.amount != b.amount or (a.limit, a.duration) != (b.limit, b.duration):
        yield Difference.DOSE, said
    if _how_often(a) != _how_often(b):
        yield Difference.FREQUENCY, said
    if a.route != b.route:
        yield Difference.ROUTE, said
    if (a.method, a.site, a.notes) != (b.method, b.site, b.notes):
        yield Difference.DIRECTIONS, said


def _how_often(step: Step) -> object:
    return step.timing, step.is_as_needed, step.needed_for, step.doses_in_all


def _single(dose: object) -> Step | None:
    """Return the one step of a dose that has no more."""
    if isinstance(dose, Regimen) and len(dose.stages) == 1 and len(dose.stages[0]) == 1:
        return dose.stages[0][0]
    return None
