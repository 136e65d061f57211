"""What was read of one gene, sorted into what can be used, what cannot, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from garrod.core.genotype import MISSING, UNDOCUMENTED, CallState, Observation
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.posterior import Reading

READ = (CallState.CALLED, CallState.REFERENCE_BLOCK)
MALE = "male"


@dataclass(frozen=True, slots=True)
class Readings:
    """The usable readings of a gene; `copies` is 1 (hemizygous, mitochondrial) or 2."""

    used: tuple[Reading, ...]
    missing: tuple[str, ...]
    undocumented: tuple[str, ...]
    copies: int
    reasons: tuple[str, ...] = ()


def sort_readings(
    definition: GeneDefinition, observations: Mapping[str, Observation], *, sex: str
) -> Readings:
    """Return a gene's readings; one-copy genes are brought to one allele a position.

    Source: the project's design (four states of a position, never confused).
    """
    used: list[Reading] = []
    missing, undocumented, reasons = [], [], []
    for index, position in enumerate(definition.positions):
        if position.id in definition.ignored:
            continue
        seen = observations.get(position.id)
        if seen is None or seen.state not in READ:
            missing.append(position.id)
        elif UNDOCUMENTED in seen.alleles:
            undocumented.append(position.id)
            reasons.append(f"undocumented base at {place_name(definition, index)}: {seen.record}")
        else:
            used.append((index, seen))
    copies = _copies(definition, used, sex)
    if copies == 1:
        used, mixed = _single(used)
        for index in mixed:
            name = place_name(definition, index)
            missing.append(definition.positions[index].id)
            reasons.append(f"two bases were read at {name}, where one copy is expected")
    else:
        lone = [i for i, seen in used if len(seen.alleles) == 1]
        missing += [definition.positions[i].id for i in lone]
        reasons += [f"one strand only was read at {place_name(definition, i)}" for i in lone]
        used = [r for r in used if len(r[1].alleles) == 2]
    return Readings(tuple(used), tuple(missing), tuple(undocumented), copies, tuple(reasons))


def place_name(definition: GeneDefinition, index: int) -> str:
    """Return the rsID of a position, or its id.

    Source: pack pgx-definitions.
    """
    position = definition.positions[index]
    return position.rsid or position.id


def _copies(definition: GeneDefinition, used: list[Reading], sex: str) -> int:
    if definition.ploidy == "mitochondrial":
        return 1
    if definition.ploidy == "x-linked":
        is_haploid = any(len(seen.alleles) == 1 for _, seen in used)
        return 1 if is_haploid or sex == MALE else 2
    return 1 if used and all(len(seen.alleles) == 1 for _, seen in used) else 2


def _single(used: list[Reading]) -> tuple[list[Reading], list[int]]:
    """Return the readings with one allele each, and the positions that showed two."""
    kept, mixed = [], []
    for index, seen in used:
        alleles = {a for a in seen.alleles if a != MISSING}
        if len(alleles) == 1:
            kept.append((index, replace(seen, alleles=(alleles.pop(),))))
        else:
            mixed.append(index)
    return kept, mixed
