"""Which rules hold for a person, about what is proposed or about all that is taken.

Subject, rules -> every pair of a line with its rules -> Signal (it holds), Gap (it cannot be told)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from garrod.science.safety.language import Asked
from garrod.science.safety.rules import Rule, Rules
from garrod.science.safety.subject import Subject, Taken
from garrod.science.safety.truth import Answer, Fact, Missing


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that holds: of which line, with which other line, and the facts that make it hold."""

    rule: Rule
    line: Taken | None
    other: Taken | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule that may hold: what would have to be known first."""

    rule: Rule
    line: Taken | None
    other: Taken | None
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What holds, and what cannot be told.

    `open` are the advisers with a rule that neither holds nor is ruled out, worth saying or not.
    """

    signals: tuple[Signal, ...] = ()
    gaps: tuple[Gap, ...] = ()
    open: frozenset[str] = frozenset()


def judged(rules: Rules, subject: Subject, *, is_order: bool) -> Judged:
    """Return what holds; of an order only what speaks of a proposed line, on either side.

    Source: the project's design.
    """
    asked = _meant(rules, subject, is_order=is_order)
    signals: list[Signal] = []
    gaps: list[Gap] = []
    for group in _groups(asked):
        signal, open_ones = _first(group, subject)
        if signal is not None:
            signals.append(signal)
        gaps += open_ones
    worth_saying = tuple(gap for gap in gaps if gap.rule.is_asked)
    return Judged(_once(signals), worth_saying, frozenset(gap.rule.adviser for gap in gaps))


Asking = tuple[Rule, Taken | None, Taken | None]


def answers(
    rules: Rules, subject: Subject, *, is_order: bool
) -> tuple[tuple[Rule, Taken | None, Taken | None, Answer], ...]:
    """Return what each rule answers by itself, of which line and which other, in a fixed order.

    `judged` is made of nothing else: where these are the same, so is what it returns.
    Source: the project's design.
    """
    return tuple(
        (rule, line, other, rule.when(Asked(subject, line, other)))
        for rule, line, other in _meant(rules, subject, is_order=is_order)
    )


def _meant(rules: Rules, subject: Subject, *, is_order: bool) -> list[Asking]:
    scopes = ("order", "both") if is_order else ("review", "both")
    return [a for a in _asked(rules, subject, is_order=is_order) if _is_meant(*a, scopes)]


def _is_meant(rule: Rule, line: Taken | None, other: Taken | None, scopes: Sequence[str]) -> bool:
    """Return whether a rule is for this occasion, and for forms that act where they are put."""
    is_local = any(t is not None and t.is_local for t in (line, other))
    return rule.scope in scopes and (not is_local or rule.is_local_too)


def _asked(rules: Rules, subject: Subject, *, is_order: bool) -> Iterator[Asking]:
    about = [t for t in subject.taken if t.is_new or not is_order]
    for one in about:
        for rule in rules.by_drug.get(one.drug, ()):
            yield rule, one, None
    for one in about:
        for two in subject.taken:
            if two is one or two.line is one.line:
                continue
            for rule in rules.pairs.get((one.drug, two.drug), ()):
                yield rule, one, two
            if is_order and not two.is_new:  # in a review the other line has its own turn
                for rule in rules.pairs.get((two.drug, one.drug), ()):
                    yield rule, two, one
    if not is_order:
        for rule in rules.about_person:
            yield rule, None, None


def _groups(asked: Iterable[Asking]) -> list[Sequence[Asking]]:
    """Return what is asked by group and lines: of each at most one rule is said."""
    found: dict[tuple[str, int, int], list[Asking]] = {}
    for rule, line, other in asked:
        found.setdefault((rule.group, id(line), id(other)), []).append((rule, line, other))
    return [sorted(group, key=lambda a: a[0].rank) for group in found.values()]


def _first(group: Sequence[Asking], subject: Subject) -> tuple[Signal | None, list[Gap]]:
    """Return the first rule of a group that holds, and those before it that cannot be told."""
    gaps: list[Gap] = []
    for rule, line, other in group:
        answer = rule.when(Asked(subject, line, other))
        if answer.is_yes:
            return Signal(rule, line, other, answer.facts), gaps
        if not answer.is_no:
            gaps.append(Gap(rule, line, other, answer.missing))
    return None, gaps


def _once(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return each rule once for the same ingredients: two lines of one medicine double nothing.

    A pair within one class that is listed both ways is said once.
    """
    found: dict[tuple[str, frozenset[str]], Signal] = {}
    for signal in signals:
        drugs = frozenset(t.drug for t in (signal.line, signal.other) if t is not None)
        found.setdefault((signal.rule.id, drugs), signal)
    return tuple(found.values())
