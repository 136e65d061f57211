"""How long a stopped medicine still acts on an enzyme, and how long a new inducer takes.

pack cyp-modulators (half_lives, recovery) + days since the last dose -> what is left -> strength
An effect is halved with each half-life; the policy says from which share on it counts as less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import floor, log2

from garrod.core.finding import Fading, Modulation
from garrod.knowledge.pack import values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.modulators import (
    INDUCES,
    PACK,
    Fade,
    Modulators,
    Rules,
    effects_of,
    rank_of,
)

DAY = 24  # hours. Source: definitional
EFFECT = "effect"  # a half-life that was measured on the enzyme itself
FORGOTTEN = timedelta(days=28)  # Not clinical: how long an effect of unknown length is spoken of


@dataclass(frozen=True, slots=True)
class HalfLife:
    """How long half of a drug (or of its effect) lasts, and which enzymes it destroys."""

    hours: float
    of: str
    is_effect: bool
    inactivates: tuple[str, ...]
    is_read: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class HalfLives:
    """Half-lives by drug and enzyme ("" for any), and of enzymes that have to be made anew."""

    by: Mapping[tuple[str, str], HalfLife]
    recovery: Mapping[tuple[str, str], HalfLife]  # (enzyme, effect)
    sources: Mapping[str, str]

    def of(self, drug: str, enzyme: str, effect: str) -> HalfLife | None:
        """Return the half-life that governs the end of an effect; None where it is not known.

        A measured course of the effect counts as it is. What was destroyed or induced lasts as
        long as the drug or as the enzyme's own turnover, whichever is longer.
        Source: pack cyp-modulators, tables half_lives and recovery.
        """
        own = self.by.get((drug, enzyme)) or self.by.get((drug, ""))
        if own is None or own.is_effect:
            return own
        if effect != INDUCES and enzyme not in own.inactivates:
            return own
        enzymes = self.recovery.get((enzyme, effect))
        return max(own, enzymes, key=lambda h: h.hours) if enzymes is not None else None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A medicine that is no longer taken, and the last day on which it was; None: not known."""

    drug: str
    name: str
    ended: date | None


@dataclass(frozen=True, slots=True)
class Times:
    """When medicines were stopped and started, as of a day; what is left is worked out once."""

    today: date = date.min
    stopped: tuple[Stopped, ...] = ()
    started: Mapping[str, date] = field(default_factory=dict)  # drug -> first day
    memory: dict[tuple[str, str], tuple[Modulation, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def without(self, drug: str) -> Times:
        """Return the times of all medicines but one."""
        if not any(s.drug == drug for s in self.stopped):
            return self
        return replace(self, stopped=tuple(s for s in self.stopped if s.drug != drug))


NO_TIMES = Times()


def load_half_lives(shelf: Shelf) -> HalfLives:
    """Return how long medicines and enzymes last.  Raises: KnowledgeError KNO002, KNO004, KNO005.

    Source: pack cyp-modulators, tables half_lives and recovery.
    """
    by: dict[tuple[str, str], HalfLife] = {}
    for row in shelf.rows(PACK, "half_lives"):
        by[(row["drug"], row["enzyme"])] = HalfLife(
            float(row["half_life_hours"]),
            row["of"],
            row["kind"] == EFFECT,
            values_in(row["inactivates"]),
            row["certainty"] == "read",
            row["evidence"],
        )
    recovery = {
        (row["enzyme"], row["effect"]): HalfLife(
            float(row["half_life_hours"]),
            f"{row['enzyme']} itself",
            True,
            (),
            row["certainty"] == "read",
            row["evidence"],
        )
        for row in shelf.rows(PACK, "recovery")
    }
    used = {h.evidence for h in (*by.values(), *recovery.values())}
    return HalfLives(by, recovery, {key: _source(shelf, key) for key in sorted(used)})


def _source(shelf: Shelf, key: str) -> str:
    return shelf.evidence(PACK, key).source


def left_after(hours: float, days: int) -> float:
    """Return the share of an effect that is left so many days after the last dose, 0 to 1.

    `hours` is the half-life.  Source: definitional (first-order decay).
    """
    return float(0.5 ** (max(days, 0) * DAY / hours))


def days_until(hours: float, share: float) -> int:
    """Return the first day after the last dose on which less than a share is left.

    Source: definitional (first-order decay).
    """
    return floor(hours * log2(1 / share) / DAY) + 1


def strength_of(fades: Sequence[Fade], effect: str, was: str, left: float) -> Fade | None:
    """Return the policy's row for what is left of an effect; None where it no longer counts.

    Source: the policy, rows fades.
    """
    rows = [f for f in fades if f.effect == effect and f.was == was and left >= f.least]
    return max(rows, key=lambda f: f.least, default=None)


def fading(
    known: Modulators, rules: Rules, lives: HalfLives, enzyme: str, times: Times
) -> tuple[Modulation, ...]:
    """Return what stopped medicines still do to an enzyme, the strongest first.

    Source: pack cyp-modulators; the policy (rows fades) says what counts as how strong.
    """
    found: list[Modulation] = []
    for stopped in times.stopped:
        mark = (stopped.drug, enzyme)
        left = times.memory.get(mark)
        if left is None:
            left = times.memory[mark] = _left(known, rules, lives, mark, (stopped, times.today))
        found += left
    return tuple(sorted(found, key=lambda m: -rank_of(m.strength)))


def _left(
    known: Modulators,
    rules: Rules,
    lives: HalfLives,
    mark: tuple[str, str],
    when: tuple[Stopped, date],
) -> tuple[Modulation, ...]:
    """Return what one stopped drug still does to an enzyme; `mark` names both."""
    drug, enzyme = mark
    if drug not in known.by_drug:
        return ()
    effects = (_faded(rules, lives, was, *when) for was in effects_of(known, rules, drug, enzyme))
    return tuple(m for m in effects if m is not None)


def _faded(
    rules: Rules, lives: HalfLives, was: Modulation, stopped: Stopped, today: date
) -> Modulation | None:
    life, ended = lives.of(stopped.drug, was.enzyme, was.effect), stopped.ended
    if life is None or ended is None:
        return None
    left = left_after(life.hours, (today - ended).days)
    row = strength_of(rules.fades, was.effect, was.strength, left)
    if row is None:
        return None
    last = min(f.least for f in rules.fades if (f.effect, f.was) == (was.effect, was.strength))
    until = ended + timedelta(days=days_until(life.hours, last))
    told = Fading(
        stopped=ended,
        was=was.strength,
        left=left,
        half_life_hours=life.hours,
        of=life.of,
        source=lives.sources[life.evidence],
        is_read=life.is_read,
        next_on=ended + timedelta(days=days_until(life.hours, row.least)),
        until=until,
        days=(until - today).days,
        rule=row.why,
        evidence=row.evidence,
    )
    evidence = tuple(dict.fromkeys((*was.evidence, life.evidence)))
    return replace(was, name=stopped.name, strength=row.strength, fading=told, evidence=evidence)


def untold_of(
    known: Modulators, rules: Rules, lives: HalfLives, enzyme: str, times: Times
) -> tuple[str, ...]:
    """Return what is not known of the end of strong and moderate effects, in words.

    Source: pack cyp-modulators, table half_lives.
    """
    effects = (
        (stopped, was)
        for stopped in times.stopped
        if stopped.drug in known.by_drug
        for was in effects_of(known, rules, stopped.drug, enzyme)
        if rank_of(was.strength) > 0
    )
    return tuple(
        f"{stopped.name} was stopped, and acts on {enzyme} ({was.strength}): {why}"
        for stopped, was in effects
        if (why := _unknown(lives, was, stopped, times.today))
    )


def _unknown(lives: HalfLives, was: Modulation, stopped: Stopped, today: date) -> str:
    if stopped.ended is None:
        return "the day is not recorded, so that what is left of its effect was not counted"
    is_told = lives.of(stopped.drug, was.enzyme, was.effect) is not None
    if is_told or today - stopped.ended > FORGOTTEN:
        return ""
    return "how long its effect lasts is not on the shelf, so it was not counted"


def building(rules: Rules, by: Sequence[Modulation], times: Times) -> tuple[Modulation, ...]:
    """Return effects with the day from which they act in full, of medicines just started.

    Source: the policy (row builds); they are counted from the first day.
    """
    return tuple(_building(rules, m, times) for m in by)


def _building(rules: Rules, modulation: Modulation, times: Times) -> Modulation:
    started = times.started.get(modulation.drug)
    if started is None:
        return modulation
    rule = rules.find("builds", effect=modulation.effect, strength=modulation.strength)
    if rule is None:
        return modulation
    full = started + timedelta(days=int(rule.value))
    return replace(modulation, full_on=full) if full > times.today else modulation
