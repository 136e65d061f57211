"""Variants without which nobody is called normal, however probable it is that they are absent."""

from __future__ import annotations

from garrod.core.genotype import MISSING
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.phenotype import Phenotyping, function_of
from garrod.science.pgx.readings import Readings

FULL = 1.0  # the activity value of a normal allele. Source: PMID 31647186
LOW = ("deficient", "increased risk")  # functions beside which a hidden variant adds nothing new


def undecided(
    definition: GeneDefinition,
    phenotyping: Phenotyping,
    readings: Readings,
    alleles: tuple[str, ...],
) -> tuple[str, ...]:
    """Return the deciding variants that were not read and could hide beside these alleles.

    Source: PMID 29152729 (DPYD), 34032273 (MT-RNR1); the rows are in pack pgx-definitions.
    """
    if not definition.decides:
        return ()
    if all(_is_low(function_of(phenotyping, definition.gene, a)) for a in alleles):
        return ()
    half = {definition.positions[i].id for i, seen in readings.used if MISSING in seen.alleles}
    unread = half.union(readings.missing)
    return tuple(name for name, places in definition.decides.items() if places <= unread)


def _is_low(function: str) -> bool:
    try:
        return float(function) < FULL
    except ValueError:
        return any(word in function.lower() for word in LOW)
