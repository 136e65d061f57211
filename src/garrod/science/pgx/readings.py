"""What was read of one gene, sorted into what can be used, what cannot, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from garrod.core.genotype import MISSING, UNDOCUMENTED, CallState, Observation
from garrod.core.variant import Position
from garrod.science.pgx.definitions import GeneDefinition

READ = (CallState.CALLED, CallState.REFERENCE_BLOCK)
MALE = "male"
Reading = tuple[int, Observation]  # index of the position in the definition, what was read
Copies = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Readings:
    """The usable readings of a gene; `copies` is 1 (hemizygous, mitochondrial) or 2.

    `plain` marks the positions that show the reference base on every strand; `used` holds all
    other readings, in the order of the positions.
    """

    plain: npt.NDArray[np.bool_]
    used: tuple[Reading, ...]
    missing: tuple[str, ...]
    undocumented: tuple[str, ...]
    copies: int
    reasons: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Return how many positions there were to read."""
        return self.read + len(self.missing)

    @property
    def read(self) -> int:
        """Return how many positions were read, undocumented bases included."""
        return int(self.plain.sum()) + len(self.used) + len(self.undocumented)


def reference_copies(position: Position, seen: Observation) -> int:
    """Return on how many strands a reading shows the reference base, 0 where any shows another.

    Source: the project's design (four states of a position, never confused).
    """
    reference = position.alleles[0]
    if seen.state not in READ or not all(allele == reference for allele in seen.alleles):
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
    copies = _copies(definition, copies_at, others, sex)
    odd = [r for r in others if UNDOCUMENTED in r[1].alleles]
    open_ones = [index for index, _ in odd]
    reasons = [
        f"undocumented base at {place_name(definition, index)}: {seen.record}"
        for index, seen in odd
    ]
    used = [r for r in others if UNDOCUMENTED not in r[1].alleles] if odd else others
    if copies == 1:
        used, more = _single(definition, used)
        plain = copies_at > 0
    else:
        plain = copies_at == 2
        lone = [i for i, seen in used if len(seen.alleles) == 1]
        lone += np.flatnonzero(copies_at == 1).tolist()
        more = [f"one strand only was read at {place_name(definition, i)}" for i in sorted(lone)]
        if lone:
            used = [r for r in used if len(r[1].alleles) == 2]
    told = plain.copy()
    for index, _ in (*used, *odd):
        told[index] = True
    lost = np.flatnonzero(definition.grid.is_judged & ~told).tolist()
    missing = tuple(definition.positions[index].id for index in lost)
    undocumented = tuple(definition.positions[index].id for index in open_ones)
    return Readings(plain, tuple(used), missing, undocumented, copies, (*reasons, *more))


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
        if index is None or seen.state not in READ or not grid.is_judged[index]:
            continue
        is_plain = reference_copies(definition.positions[index], seen) > 0
        (plain if is_plain else others).append((index, seen))
    if plain:
        copies_at = copies_at.copy()
        for index, seen in plain:
            copies_at[index] = len(seen.alleles)
    copies_at = np.where(grid.is_judged, copies_at, 0).astype(np.int8)
    return copies_at, sorted(others, key=lambda reading: reading[0])


def place_name(definition: GeneDefinition, index: int) -> str:
    """Return the rsID of a position, or its id.

    Source: pack pgx-definitions.
    """
    position = definition.positions[index]
    return position.rsid or position.id


def _copies(
    definition: GeneDefinition, copies_at: Copies, others: Sequence[Reading], sex: str
) -> int:
    if definition.ploidy == "mitochondrial":
        return 1
    is_haploid = bool((copies_at == 1).any()) or any(len(s.alleles) == 1 for _, s in others)
    if definition.ploidy == "x-linked":
        return 1 if is_haploid or sex == MALE else 2
    if not is_haploid:
        return 2
    is_diploid = bool((copies_at == 2).any()) or any(len(s.alleles) == 2 for _, s in others)
    return 2 if is_diploid else 1


def _single(definition: GeneDefinition, used: Sequence[Reading]) -> tuple[list[Reading], list[str]]:
    """Return the readings with one allele each, and what to say of positions that showed two.

    Two bases in mitochondria are a mixture: the variant is what matters. Elsewhere they are a
    contradiction, and the position counts as not read.
    """
    kept, reasons = [], []
    for index, seen in used:
        alleles = {a for a in seen.alleles if a != MISSING}
        name = place_name(definition, index)
        if len(alleles) > 1 and definition.ploidy == "mitochondrial":
            alleles.discard(definition.positions[index].alleles[0])
            reasons.append(f"a mixture of two bases was read at {name}: taken as the variant")
        if len(alleles) == 1:
            kept.append((index, replace(seen, alleles=(alleles.pop(),))))
        else:
            reasons.append(f"two bases were read at {name}, where one copy is expected")
    return kept, reasons
