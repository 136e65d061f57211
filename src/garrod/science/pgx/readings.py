"""What was read of one gene, sorted into what can be used, what cannot, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from garrod.core.genotype import MISSING, UNDOCUMENTED, CallState, Observation
from garrod.core.variant import Position
from garrod.science.pgx.definitions import GeneDefinition

ONE_STRAND = "one strand only was read of a gene that has two"
MOST_NAMED = 5  # Not clinical: more positions than these are counted, not named
TWO_BASES = "two bases were read, where one copy is expected (check the sample),"
Reading = tuple[int, Observation]  # index of the position in the definition, what was read
Copies = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Readings:
    """The usable readings of a gene; `copies` is 1 (hemizygous, mitochondrial) or 2.

    `plain` marks the positions that show the reference base on every strand; `used` holds all
    other readings, in the order of the positions: a strand that was not read, or that shows an
    undocumented base, is MISSING there. `is_contradicted`: something else that was recorded, such
    as two bases where one copy is expected, cannot be so.
    `is_half`: one strand only was read of a gene that has two.
    """

    plain: npt.NDArray[np.bool_]
    used: tuple[Reading, ...]
    missing: tuple[str, ...]
    undocumented: tuple[str, ...]
    copies: int
    read: int  # how many positions were read, undocumented bases included
    reasons: tuple[str, ...] = ()
    is_contradicted: bool = False
    is_half: bool = False

    @property
    def total(self) -> int:
        """Return how many positions there were to read."""
        return self.read + len(self.missing)

    @property
    def is_explained(self) -> bool:
        """Return whether the definitions can stand for all that was read."""
        return not (self.undocumented or self.is_contradicted)

    @property
    def alike(self) -> list[Reading]:
        """Return the used readings that show the same on every strand."""
        return [r for r in self.used if r[1].alleles[0] == r[1].alleles[-1]]

    @property
    def differing(self) -> list[Reading]:
        """Return the used readings that show one thing on one strand, another on the other."""
        return [r for r in self.used if r[1].alleles[0] != r[1].alleles[-1]]


def reference_copies(position: Position, seen: Observation) -> int:
    """Return on how many strands a reading shows the reference base, 0 where any shows another.

    Source: the project's design (four states of a position, never confused).
    """
    reference = position.alleles[0]
    if not seen.is_read or not all(allele == reference for allele in seen.alleles):
        return 0
    return len(seen.alleles)


def sort_readings(
    definition: GeneDefinition,
    observations: Mapping[str, Observation],
    *,
    sex: str,
    reference: Copies | None = None,
) -> Readings:
    """Return a gene's readings; one-copy genes are brought to one allele a position.

    `reference` gives, for positions left out of `observations`, how many copies of the reference
    base were read.  Source: the project's design (four states of a position, never confused).
    """
    copies_at, others = _told_apart(definition, observations, reference)
    open_ones = [index for index, seen in others if UNDOCUMENTED in seen.alleles]
    copies, is_contradicted = _copies(definition, copies_at, others, sex)
    is_half = copies == 2 and _is_half(copies_at, others)
    used, reasons = _documented(definition, others) if open_ones else (others, [])
    if copies == 1:
        used, more = _single(definition, used)
        plain = copies_at > 0
    else:
        used = _paired(definition, used, copies_at, is_strand=is_half)
        more = [ONE_STRAND] if is_half else _half_read(definition, used, open_ones)
        plain = copies_at == 2
    if is_contradicted:
        more += [
            f"{TWO_BASES} at {place_name(definition, i)}" for i, seen in used if _is_mixed(seen)
        ]
    told = plain.copy()
    told[[index for index, _ in used] + open_ones] = True
    lost = np.flatnonzero(definition.grid.is_judged & ~told).tolist()
    return Readings(
        plain,
        tuple(used),
        missing=tuple(definition.positions[index].id for index in lost),
        undocumented=tuple(definition.positions[index].id for index in open_ones),
        copies=copies,
        read=int(told.sum()),
        reasons=(*reasons, *more),
        is_contradicted=is_contradicted,
        is_half=is_half,
    )


def _documented(
    definition: GeneDefinition, others: Sequence[Reading]
) -> tuple[list[Reading], list[str]]:
    """Return the readings with each undocumented strand as one that was not read."""
    used, reasons = [], []
    for index, seen in others:
        known = tuple(MISSING if a == UNDOCUMENTED else a for a in seen.alleles)
        if known != seen.alleles:
            where = place_name(definition, index)
            reasons.append(f"undocumented base at {where}: {seen.record}")
        if set(known) != {MISSING}:
            used.append((index, replace(seen, alleles=known)))
    return used, reasons


def _is_mixed(seen: Observation) -> bool:
    return len(set(seen.alleles) - {MISSING}) > 1


def _told_apart(
    definition: GeneDefinition, observations: Mapping[str, Observation], reference: Copies | None
) -> tuple[Copies, list[Reading]]:
    """Return where the reference was read, with the copies, and all other readings in order."""
    grid = definition.grid
    copies_at = np.zeros(len(definition.positions), np.int8) if reference is None else reference
    others: list[Reading] = []
    plain: list[Reading] = []
    for name, seen in observations.items():
        index = grid.index.get(name)
        if index is None or not seen.is_read or not grid.is_judged[index]:
            continue
        is_plain = reference_copies(definition.positions[index], seen) > 0
        (plain if is_plain else others).append((index, seen))
    if plain:
        copies_at = copies_at.copy()
        for index, seen in plain:
            copies_at[index] = len(seen.alleles)
    if len(others) > 1:
        others.sort(key=lambda reading: reading[0])
    return copies_at * grid.is_judged, others


def place_name(definition: GeneDefinition, index: int) -> str:
    """Return the rsID of a position, or its id.

    Source: pack pgx-definitions.
    """
    position = definition.positions[index]
    return position.rsid or position.id


def _copies(
    definition: GeneDefinition, copies_at: Copies, others: Sequence[Reading], sex: str
) -> tuple[int, bool]:
    """Return how many copies there are, and whether two bases stand where one is expected."""
    if definition.ploidy == "mitochondrial":
        return 1, False
    if definition.ploidy != "x-linked" or sex == "female":
        return 2, False
    if not _shows(1, copies_at, others) and sex != "male":
        return 2, False
    is_mixed = any(_is_mixed(seen) for _, seen in others)
    return (2, True) if is_mixed else (1, False)


def _is_half(copies_at: Copies, others: Sequence[Reading]) -> bool:
    """Return whether nothing but single strands was read."""
    return _shows(1, copies_at, others) and not _shows(2, copies_at, others)


def _shows(strands: int, copies_at: Copies, others: Sequence[Reading]) -> bool:
    """Return whether any reading, of the reference or not, is of that many strands."""
    return bool((copies_at == strands).any()) or any(len(s.alleles) == strands for _, s in others)


def _paired(
    definition: GeneDefinition, used: list[Reading], copies_at: Copies, *, is_strand: bool
) -> list[Reading]:
    """Return the readings with two alleles each; the strand that was not read is MISSING.

    `is_strand`: all single alleles lie on one and the same strand.
    """
    lone = [r for r in used if len(r[1].alleles) == 1]
    if len(told := np.flatnonzero(copies_at == 1)):
        at = definition.positions
        lone += [(i, Observation(CallState.CALLED, at[i].alleles[:1])) for i in told.tolist()]
    if not lone:
        return used
    halves = [
        (i, replace(seen, alleles=(*seen.alleles, MISSING), phased=is_strand, phase_set=None))
        for i, seen in lone
    ]
    both = [r for r in used if len(r[1].alleles) == 2]
    return sorted([*halves, *both], key=lambda reading: reading[0])


def _half_read(
    definition: GeneDefinition, used: Sequence[Reading], open_ones: Sequence[int]
) -> list[str]:
    half = [i for i, seen in used if MISSING in seen.alleles and i not in open_ones]
    if len(half) > MOST_NAMED:
        return [f"one strand only was read at {len(half)} positions"]
    return [f"one strand only was read at {place_name(definition, i)}" for i in half]


def _single(definition: GeneDefinition, used: Sequence[Reading]) -> tuple[list[Reading], list[str]]:
    """Return the readings of one copy.  In mitochondria a mixture shows the variant."""
    kept, reasons = [], []
    for index, seen in used:
        alleles = set(seen.alleles) - {MISSING}
        if len(alleles) > 1:
            alleles.discard(definition.positions[index].alleles[0])
            name = place_name(definition, index)
            reasons.append(f"a mixture of two bases was read at {name}: taken as the variant")
        kept.append((index, replace(seen, alleles=tuple(sorted(alleles)))))
    return kept, reasons
