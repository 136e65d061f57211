"""DPYD and RYR1: many variants may lie on one strand; the lowest function of each strand decides.

Phased strands are read as they stand; between phase sets, the arrangement with the least function
is taken; without phase, the two variants with the least function are taken as lying in trans.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from garrod.core.genotype import MISSING
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import rows_of
from garrod.science.pgx.naming import in_order
from garrod.science.pgx.posterior import phase_blocks
from garrod.science.pgx.priors import Prior
from garrod.science.pgx.readings import Reading, Readings

Plain = npt.NDArray[np.bool_]
Rank = Callable[[str], float]
MOST_BLOCKS = 10  # Not clinical: beyond, arrangements of blocks are not tried one by one
# HapB3: the intronic variant is causal, the exonic one its tag. Source: PMID 20803296.
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
    definition: GeneDefinition, readings: Readings, prior: Prior, rank: Rank
) -> Components:
    """Return the deciding pair of a gene whose strands may carry several variants.

    Source: PMID 29152729 (DPYD, two lowest activities), PMID 30499100 (RYR1).
    """
    both, differing = readings.alike, readings.differing
    blocks = phase_blocks(differing)
    is_phased = any(seen.phased for _, seen in differing)

    def key(name: str) -> tuple[float, int]:
        return rank(name), definition.alleles.index(name)

    found = _all(definition, readings)
    if is_phased and len(blocks) <= MOST_BLOCKS:
        pair = _arranged(definition, readings.plain, (both, blocks), key)
    else:
        told = readings.plain.copy()
        told[[index for index, _ in differing]] = True  # one strand lacks the variant there
        certain = _names(definition, told, [(r, 0) for r in both])
        pool = sorted([*certain, *found], key=key)
        first, second = (*pool, *([definition.reference_allele] * 2))[:2]
        pair = (first, second)
    ordered = in_order(pair)
    reasons = _hapb3_conflict(definition, readings)
    if not is_phased and len(found) > 1:
        reasons.append("phase unknown: the two variants with least function are taken in trans")
    elif len(found) > 1 and len(blocks) > 1:
        reasons.append(
            "phase sets leave the strands open: the arrangement of least function is taken"
        )
    probability = _complete(definition, readings, prior)
    return Components((ordered[0], ordered[1]), found, probability, tuple(reasons))


def _arranged(
    definition: GeneDefinition,
    plain: Plain,
    parts: tuple[list[Reading], list[list[Reading]]],
    key: Callable[[str], tuple[float, int]],
) -> tuple[str, str]:
    """Return the pair of the arrangement of phase sets that leaves least function."""
    both, blocks = parts
    best: tuple[str, str] | None = None
    best_key: tuple[float, int, int] | None = None
    for turns in product((0, 1), repeat=max(len(blocks) - 1, 0)):
        flips = (0, *turns)[: len(blocks)]
        lowest = []
        for strand in (0, 1):
            carried = [(r, flip ^ strand) for b, flip in zip(blocks, flips, strict=True) for r in b]
            names = _names(definition, plain, [(r, 0) for r in both] + carried)
            lowest.append(min(names or [definition.reference_allele], key=key))
        ranks = [key(name) for name in lowest]
        low, high = sorted(r[1] for r in ranks)
        this = (ranks[0][0] + ranks[1][0], low, high)
        if best_key is None or this < best_key:
            best, best_key = (lowest[0], lowest[1]), this
    return best or (definition.reference_allele, definition.reference_allele)


def _names(definition: GeneDefinition, plain: Plain, read: list[tuple[Reading, int]]) -> list[str]:
    """Return the alleles that a strand's variants amount to: those that explain most first.

    An allele of several variants is named when those that were read are there, and at least one;
    of two that explain the same, the one that assumes less that was not read.
    """
    variants, seen_at = set(), set(np.flatnonzero(plain).tolist())
    for (index, seen), strand in read:
        base = seen.alleles[strand]
        is_variant = base not in (MISSING, definition.positions[index].alleles[0])
        if is_variant:
            variants.add((index, base))
        if is_variant or (base != MISSING and (seen.phased or MISSING not in seen.alleles)):
            seen_at.add(index)  # the reference on one strand, not known which, excludes nothing
    if not variants:
        return []
    fitting = []
    for number, cells in enumerate(definition.cells):
        told = {cell for cell in cells if cell[0] in seen_at}
        if told and told <= variants:
            fitting.append((-len(told), len(cells) - len(told), number, told))
    left, names = set(variants), []
    for _, _, number, told in sorted(fitting, key=lambda fit: fit[:3]):
        if told <= left:
            names.append(definition.alleles[number])
            left -= told
    return names


def _all(definition: GeneDefinition, readings: Readings) -> tuple[str, ...]:
    """Return every variant allele that was found, in the order of the definition."""
    read = [(r, strand) for r in readings.used for strand in range(readings.copies)]
    names = _names(definition, readings.plain, read)
    return tuple(sorted(names, key=definition.alleles.index))


def _hapb3_conflict(definition: GeneDefinition, readings: Readings) -> list[str]:
    if definition.gene != HAPB3_GENE:
        return []
    count = {HAPB3_INTRON: -1, HAPB3_TAG: -1}
    rows = {p.grch38.pos: i for i, p in enumerate(definition.positions) if p.grch38.pos in count}
    for pos, row in rows.items():
        if readings.plain[row]:
            count[pos] = 0
    for index, seen in readings.used:
        position = definition.positions[index]
        if position.grch38.pos in count and MISSING not in seen.alleles:
            count[position.grch38.pos] = sum(a == position.alleles[1] for a in seen.alleles)
    intron, tag = count[HAPB3_INTRON], count[HAPB3_TAG]
    if tag > intron >= 0:
        return [
            "HapB3: the tag c.1236G>A (rs56038477) was read without the causal "
            "c.1129-5923C>G (rs75017182); the intronic variant decides"
        ]
    return []


def _complete(definition: GeneDefinition, readings: Readings, prior: Prior) -> float:
    """Return the chance that no allele hides in the positions that were not read."""
    grid = definition.grid
    unread = np.zeros(len(definition.positions), np.float32)
    unread[rows_of(grid, readings.missing)] = 1
    is_hidden = (grid.demands > 0) & (unread @ grid.demanded == grid.demands)
    return float((1 - prior.shares[is_hidden].sum()) ** 2)
