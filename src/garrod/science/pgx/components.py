"""DPYD and RYR1: many variants may lie on one strand; the lowest function of each strand decides.

Phased strands are read as they stand; between phase sets, the arrangement with the least function
is taken; without phase, the two variants with the least function are taken as lying in trans.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from garrod.core.genotype import MISSING
from garrod.science.pgx.definitions import Floats, GeneDefinition
from garrod.science.pgx.naming import in_order
from garrod.science.pgx.posterior import Reading, phase_blocks
from garrod.science.pgx.readings import Readings

Rank = Callable[[str], float]
MOST_BLOCKS = 10
# HapB3: the intronic variant is causal, the exonic one its tag. Source: PMID 37639651 (unchecked).
HAPB3_GENE = "DPYD"
HAPB3_INTRON, HAPB3_TAG = 97579893, 97573863


@dataclass(frozen=True, slots=True)
class Components:
    """The variants found, the pair that decides, and what to say about it."""

    pair: tuple[str, str]
    found: tuple[str, ...]
    probability: float
    reasons: tuple[str, ...]


def find_components(
    definition: GeneDefinition, readings: Readings, prior: Floats, rank: Rank
) -> Components:
    """Return the deciding pair of a gene whose strands may carry several variants.

    Source: PMID 29152729 (DPYD, two lowest activities), PMID 30499100 (RYR1).
    """
    both = [r for r in readings.used if r[1].alleles[0] == r[1].alleles[1]]
    differing = [r for r in readings.used if r[1].alleles[0] != r[1].alleles[1]]
    blocks = phase_blocks(differing)
    is_phased = any(seen.phased for _, seen in differing)
    order = {name: i for i, name in enumerate(definition.alleles)}

    def key(name: str) -> tuple[float, int]:
        return rank(name), order[name]

    found = _all(definition, readings)
    if is_phased and len(blocks) <= MOST_BLOCKS:
        pair = _arranged(definition, both, blocks, key)
    else:
        certain = _strand(definition, both, 0)
        pool = sorted([*certain, *found], key=key)
        first, second = (*pool, *([definition.reference_allele] * 2))[:2]
        pair = (first, second)
    ordered = in_order(pair)
    reasons = _hapb3_conflict(definition, readings)
    if not is_phased and len(found) > 1:
        reasons.append("phase unknown: the two variants with least function are taken in trans")
    probability = _complete(definition, readings, prior)
    return Components((ordered[0], ordered[1]), found, probability, tuple(reasons))


def _arranged(
    definition: GeneDefinition,
    both: list[Reading],
    blocks: list[list[Reading]],
    key: Callable[[str], tuple[float, int]],
) -> tuple[str, str]:
    """Return the pair of the arrangement of phase sets that leaves least function."""
    best: tuple[str, str] | None = None
    best_key: tuple[float, int, int] | None = None
    for turns in product((0, 1), repeat=max(len(blocks) - 1, 0)):
        flips = (0, *turns)[: len(blocks)]
        lowest = []
        for strand in (0, 1):
            carried = [(r, flip ^ strand) for b, flip in zip(blocks, flips, strict=True) for r in b]
            names = _names(definition, [(r, 0) for r in both] + carried)
            lowest.append(min(names or [definition.reference_allele], key=key))
        ranks = [key(name) for name in lowest]
        low, high = sorted(r[1] for r in ranks)
        this = (ranks[0][0] + ranks[1][0], low, high)
        if best_key is None or this < best_key:
            best, best_key = (lowest[0], lowest[1]), this
    return best or (definition.reference_allele, definition.reference_allele)


def _strand(definition: GeneDefinition, readings: list[Reading], strand: int) -> list[str]:
    return _names(definition, [(r, strand) for r in readings])


def _names(definition: GeneDefinition, read: list[tuple[Reading, int]]) -> list[str]:
    """Return the alleles that a strand's variants amount to, the most specific first.

    An allele of several variants is named when those that were read are there, and at least one.
    """
    variants, seen_at = set(), set()
    for (index, seen), strand in read:
        seen_at.add(index)
        base = seen.alleles[strand]
        if base not in (MISSING, definition.positions[index].alleles[0]):
            variants.add((index, base))
    left, names = set(variants), []
    for number in sorted(range(len(definition.cells)), key=lambda n: -len(definition.cells[n])):
        cells = {cell for cell in definition.cells[number] if cell[0] in seen_at}
        if cells and cells <= left:
            names.append(definition.alleles[number])
            left -= cells
    return names


def _all(definition: GeneDefinition, readings: Readings) -> tuple[str, ...]:
    """Return every variant allele that was found, in the order of the definition."""
    read = [(r, strand) for r in readings.used for strand in range(readings.copies)]
    names = _names(definition, read)
    return tuple(sorted(names, key=definition.alleles.index))


def _hapb3_conflict(definition: GeneDefinition, readings: Readings) -> list[str]:
    if definition.gene != HAPB3_GENE:
        return []
    count = {HAPB3_INTRON: -1, HAPB3_TAG: -1}
    for index, seen in readings.used:
        position = definition.positions[index]
        if position.grch38.pos in count:
            count[position.grch38.pos] = sum(a == position.alleles[1] for a in seen.alleles)
    intron, tag = count[HAPB3_INTRON], count[HAPB3_TAG]
    if tag > intron >= 0:
        return [
            "HapB3: the tag c.1236G>A (rs56038477) was read without the causal "
            "c.1129-5923C>G (rs75017182); the intronic variant decides"
        ]
    return []


def _complete(definition: GeneDefinition, readings: Readings, prior: Floats) -> float:
    """Return the chance that no allele hides in the positions that were not read."""
    unread = set(readings.missing)
    missing = {i for i, p in enumerate(definition.positions) if p.id in unread}
    hidden = sum(
        float(prior[n])
        for n, cells in enumerate(definition.cells)
        if cells and {i for i, _ in cells} <= missing
    )
    return float((1 - hidden) ** 2)
