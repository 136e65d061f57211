"""Which position, if it were read, would decide most: the largest expected gain of information."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import log2

from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.posterior import Pair

MOST_OUTCOMES = 400
LEAST_GAIN = 0.01  # bits. Source: the project's design

Outcome = tuple[Pair, float, str]  # a pair of alleles, its probability, what it would mean


def next_position(
    definition: GeneDefinition, outcomes: Sequence[Outcome], missing: Sequence[str]
) -> str:
    """Return the id of the missing position that best tells meanings apart; "" when none helps.

    Source: expected information gain (Shannon).
    """
    top = sorted(outcomes, key=lambda o: -o[1])[:MOST_OUTCOMES]
    wanted = set(missing)
    best, best_gain = "", LEAST_GAIN
    for index, position in enumerate(definition.positions):
        if position.id not in wanted or position.id in definition.ignored:
            continue
        gain = _gain(definition, top, index)
        if gain > best_gain:
            best, best_gain = position.id, gain
    return best


def _gain(definition: GeneDefinition, outcomes: Sequence[Outcome], index: int) -> float:
    groups: dict[tuple[str, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    whole: dict[str, float] = defaultdict(float)
    for pair, probability, meaning in outcomes:
        seen = tuple(sorted(_base(definition, index, allele) for allele in pair))
        groups[seen][meaning] += probability
        whole[meaning] += probability
    total = sum(whole.values())
    after = sum(sum(g.values()) / total * _entropy(g) for g in groups.values())
    return _entropy(whole) - after


def _base(definition: GeneDefinition, index: int, allele: int) -> str:
    """Return the base that an allele shows at a position; its choice where it has one."""
    shown = [b for b, shares in definition.carries[index].items() if shares[allele] > 0]
    return "/".join(shown)


def _entropy(shares: dict[str, float]) -> float:
    total = sum(shares.values())
    return -sum(p / total * log2(p / total) for p in shares.values() if p > 0)
