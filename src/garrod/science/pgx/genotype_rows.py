"""Which guideline rows a row for the very genotype overrules.

rows that match + keys that hold -> rows without those by phenotype or score of the same gene
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

PAIR = "/"  # how a genotype is written: "*2/*3"


class Keyed(Protocol):
    """A row that asks for one of several values of each of its genes."""

    @property
    def keys(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Return the values wanted of each gene."""


RowT = TypeVar("RowT", bound=Keyed)


def without_overruled(rows: Sequence[RowT], keys: Mapping[str, Sequence[str]]) -> list[RowT]:
    """Return the rows in their order, without those that a row for the genotype overrules.

    DPWG gives CYP2C9*2/*3 another dose of siponimod or warfarin than other poor metabolisers: the
    row that names the genotype holds then, and the one for the phenotype does not.
    Source: DPWG annotations of CYP2C9 with phenytoin, siponimod and warfarin, and of DPYD.
    """
    named = {_genes(row) for row in rows if _names_genotype(row, keys)}
    return [row for row in rows if _genes(row) not in named or _names_genotype(row, keys)]


def _genes(row: Keyed) -> tuple[str, ...]:
    return tuple(gene for gene, _ in row.keys)


def _names_genotype(row: Keyed, keys: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a row holds because it names a genotype of the person."""
    return any(
        PAIR in value
        for gene, wanted in row.keys
        for value in wanted.intersection(keys.get(gene, ()))
    )
