"""What medicines together do to an enzyme: those taken, those just stopped, added up by policy.

medicines taken, times -> modulations (pack cyp-modulators) -> Pull (one effect, one strength)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from garrod.core.finding import Modulation
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.fading import (
    NO_TIMES,
    HalfLives,
    Times,
    building,
    fading,
    load_half_lives,
    untold_of,
)
from garrod.science.pgx.modulators import (
    INDUCES,
    INHIBITS,
    Modulators,
    Rule,
    Rules,
    load_modulators,
    load_rules,
    modulations,
    rank_of,
)


@dataclass(frozen=True, slots=True)
class Phenoconversion:
    """What is known of inhibitors and inducers, and the policy on them."""

    modulators: Modulators
    rules: Rules
    lives: HalfLives


@dataclass(frozen=True, slots=True)
class Pull:
    """What the medicines together do to a gene's enzyme, as the policy adds them up."""

    gene: str
    effect: str
    strength: str
    rules: tuple[Rule, ...] = ()  # those of adding up
    is_added: bool = False  # several weaker ones count as one of this strength


def load_phenoconversion(shelf: Shelf, policy: str) -> Phenoconversion:
    """Return inhibitors, inducers and the policy on them.

    Raises: KnowledgeError KNO002, KNO004, KNO005, KNO006.
    Source: pack cyp-modulators; table phenoconversion of the policy pack.
    """
    return Phenoconversion(
        load_modulators(shelf), load_rules(shelf, policy), load_half_lives(shelf)
    )


def acting(
    facts: Phenoconversion,
    enzyme: str,
    taken: Mapping[str, str],
    *,
    about: str = "",
    times: Times = NO_TIMES,
) -> tuple[Modulation, ...]:
    """Return what medicines do to an enzyme: those taken (id -> name), and those just stopped.

    A medicine that is taken again is no stopped one; `about` is left out of both.
    Source: pack cyp-modulators; the policy.
    """
    others = {drug: name for drug, name in taken.items() if drug != about}
    now = modulations(facts.modulators, facts.rules, enzyme, others)
    if times is NO_TIMES:
        return now
    gone = _gone(times, taken, about)
    past = fading(facts.modulators, facts.rules, facts.lives, enzyme, gone)
    return (*building(facts.rules, now, times), *past)


def _gone(times: Times, taken: Mapping[str, str], about: str) -> Times:
    """Return the times of what is really stopped, and is not the medicine assessed."""
    kept = tuple(s for s in times.stopped if s.drug not in taken and s.drug != about)
    return replace(times, stopped=kept) if len(kept) < len(times.stopped) else times


def untold_ends(
    facts: Phenoconversion,
    enzyme: str,
    taken: Mapping[str, str],
    *,
    about: str = "",
    times: Times = NO_TIMES,
) -> tuple[str, ...]:
    """Return what is not known of the end of medicines that were stopped, in words.

    Source: pack cyp-modulators.
    """
    if not times.stopped:
        return ()
    gone = _gone(times, taken, about)
    return untold_of(facts.modulators, facts.rules, facts.lives, enzyme, gone)


def pull_of(rules: Rules, gene: str, by: Sequence[Modulation]) -> Pull | None:
    """Return what medicines together do to a gene's enzyme; None without any.

    Source: the policy (rules several and both).
    """
    down = _added(rules, gene, INHIBITS, by)
    up = _added(rules, gene, INDUCES, by)
    if down is None or up is None:
        return down or up
    if rank_of(down.strength) == 0:
        return up
    both = rules.once("both")
    if both.value == "inhibits":
        return replace(down, rules=(*down.rules, both))
    return Pull(gene, "", "", (both,))  # acted on by neither


def _added(rules: Rules, gene: str, effect: str, by: Sequence[Modulation]) -> Pull | None:
    strengths = [m.strength for m in by if m.effect == effect]
    if not strengths:
        return None
    most = max(strengths, key=rank_of)
    several = rules.find("several", gene, effect, most) if strengths.count(most) > 1 else None
    if several is None:
        return Pull(gene, effect, most)
    return Pull(gene, effect, several.value, (several,), is_added=True)
