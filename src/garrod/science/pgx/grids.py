"""A gene's definition laid out as arrays, so that a call costs a few products, not loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garrod.core.variant import Position
from garrod.science.pgx.naming import allele_key

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
Cells = tuple[frozenset[tuple[int, str]], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows are positions, columns are alleles."""

    index: Mapping[str, int]  # position id -> row
    is_judged: npt.NDArray[np.bool_]  # rows that are not ignored by rule
    assumed: Floats  # chance that the allele does not show the reference base
    never_reference: npt.NDArray[np.float32]  # 1 where it cannot
    log_reference: Floats | None  # logarithm of the chance; None where no allele has a choice
    shown: Whole  # a number for the base, or choice of bases, that the allele shows
    demanded: npt.NDArray[np.float32]  # 1 where the allele demands one variant base
    demands: npt.NDArray[np.float32]  # how many such bases each allele has
    core_of: Whole  # the core allele that each column is reported as
    cores: tuple[str, ...]  # core alleles in the order in which diplotypes write them
    ones: Floats  # of all alleles
    zeros: Floats
    is_folded: bool  # several columns share a core allele
    defined_at: Whole


def grid_of(
    positions: Sequence[Position],
    carries: Sequence[Mapping[str, Floats]],
    cells: Cells,
    folded: Sequence[str],
    *,
    ignored: frozenset[str],
    defined_at: Sequence[int],
) -> Grid:
    """Return the arrays of a gene's definition.

    Shape: (positions, alleles).  Source: pack pgx-definitions.
    """
    shape = (len(positions), len(folded))
    at_reference = np.ones(shape)
    for row, position in enumerate(positions):
        at_reference[row] = carries[row][position.alleles[0]]
    demanded = np.zeros(shape, np.float32)
    for column, demands in enumerate(cells):
        for row, _ in demands:
            demanded[row, column] = 1
    cores = tuple(sorted(set(folded), key=allele_key))
    has_choice = bool(((at_reference > 0) & (at_reference < 1)).any())
    return Grid(
        index={position.id: row for row, position in enumerate(positions)},
        is_judged=np.array([p.id not in ignored for p in positions], bool),
        assumed=1 - at_reference,
        never_reference=(at_reference == 0).astype(np.float32),
        log_reference=np.log(np.where(at_reference == 0, 1, at_reference)) if has_choice else None,
        shown=_shown(carries, shape),
        demanded=demanded,
        demands=demanded.sum(axis=0),
        core_of=np.array([cores.index(core) for core in folded], np.intp),
        cores=cores,
        ones=np.ones(len(folded)),
        zeros=np.zeros(len(folded)),
        is_folded=len(cores) < len(folded),
        defined_at=np.array(defined_at, np.intp),
    )


def _shown(carries: Sequence[Mapping[str, Floats]], shape: tuple[int, int]) -> Whole:
    """Return for each cell a number: the set of bases as bits, first base first."""
    shown = np.zeros(shape, np.intp)
    for row, shares in enumerate(carries):
        for bit, share in enumerate(shares.values()):
            shown[row] |= (share > 0).astype(np.intp) << bit
    return shown


def mass_by(numbers: Whole, mass: Floats, size: int = 0) -> Floats:
    """Return the mass that falls to each number.

    Source: definitional.
    """
    return np.bincount(numbers, mass, size).astype(np.float64, copy=False)


def rows_of(grid: Grid, ids: Sequence[str]) -> Whole:
    """Return the rows of positions, by id.

    Source: definitional.
    """
    return np.array([grid.index[name] for name in ids], np.intp)
