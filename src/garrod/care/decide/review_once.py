"""Each problem of a review once: what several advisers say of it is one group.

advice -> its topics and medicines -> groups, each with the loudest first
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from garrod.care.decide.review_facts import ReviewFacts
from garrod.core.advice import Action, Advice

PERSON = "person"  # the place of ingredients in the id of advice about the whole list
URGENT = (  # of equally loud advice that which changes most leads
    *(Action.AVOID, Action.STOP, Action.TAPER, Action.PREFER_ALTERNATIVE, Action.ADJUST),
    *(Action.START_LOWER, Action.START_HIGHER, Action.TEST_FIRST, Action.MONITOR),
)


@dataclass(frozen=True, slots=True)
class Group:
    """What speaks of one problem; `topic` is its name, "" where only one adviser knows it."""

    topic: str
    is_across: bool
    parts: tuple[Advice, ...]


def grouped(facts: ReviewFacts, advice: Iterable[Advice]) -> tuple[Group, ...]:
    """Return advice with each problem once, the loudest group first."""
    groups: list[tuple[frozenset[str], bool, set[str], list[Advice]]] = []
    for one in sorted(advice, key=_loudness):
        topics = facts.topics_of(one)
        ids = frozenset(t.id for t in topics)
        is_across = any(t.is_across for t in topics)
        drugs = drugs_of(one)
        for had, joins, mine, parts in groups:
            if ids & had and (joins or not drugs or not mine or drugs & mine):
                mine |= drugs
                parts.append(one)
                break
        else:
            groups.append((ids, is_across, set(drugs), [one]))
    names = {t.id: t.name for t in facts.topics}
    return tuple(
        Group(next((names[i] for i in sorted(ids)), ""), joins, tuple(parts))
        for ids, joins, _, parts in groups
    )


def drugs_of(advice: Advice) -> frozenset[str]:
    """Return the ingredients that advice speaks of; none of one about the whole list."""
    tail = advice.id.rsplit(":", 1)[-1] if advice.id.count(":") > 1 else advice.target.name
    found = frozenset(tail.casefold().replace(" ", "-").split("+"))
    return found - {PERSON}


def _loudness(advice: Advice) -> tuple[str, int, str]:
    act = URGENT.index(advice.action) if advice.action in URGENT else len(URGENT)
    return advice.tier.value, act, advice.id
