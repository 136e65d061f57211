"""Whether two samples are one person's, or near relatives', from what both show at many places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Dosages = npt.NDArray[np.int8]


class Relation(StrEnum):
    """How near two samples are."""

    SAME = "same"  # one person's twice, or of identical twins
    FIRST = "first"  # parent and child, or brothers and sisters
    SECOND = "second"  # half-siblings, a grandparent, an aunt
    FARTHER = "farther"  # no nearer than cousins
    UNKNOWN = "unknown"  # too few places


# Below which coefficient a degree ends: 2 to the power of -1.5, -2.5 and -3.5.
# Source: https://search.r-project.org/CRAN/refmans/bigsnpr/html/snp_plinkKINGQC.html, which cites
# Manichaikul et al. 2010 (PMID 20926424, unchecked)
SAME, FIRST, SECOND = 2**-1.5, 2**-2.5, 2**-3.5
ENOUGH = 200  # Not clinical: places at which one of the two has two different alleles


@dataclass(frozen=True, slots=True)
class Kinship:
    """Kinship of two samples: 0.5 for one person, 0.25 for parent and child, about 0 for others."""

    coefficient: float
    places: int  # read in both
    told: int  # of them, with two different alleles in one or both

    @property
    def relation(self) -> Relation:
        """Return how near they are."""
        if self.told < ENOUGH:
            return Relation.UNKNOWN
        for least, relation in ((SAME, Relation.SAME), (FIRST, Relation.FIRST)):
            if self.coefficient >= least:
                return relation
        return Relation.SECOND if self.coefficient >= SECOND else Relation.FARTHER


def kinship(one: Dosages, other: Dosages) -> Kinship:
    """Return the kinship of two samples, without frequencies of alleles (KING-robust).

    `one`, `other`: shape (places,), copies that differ from the reference, -1 where not read.
    Source: PMID 20926424 (unchecked), equation 11, as https://github.com/omics-rust/rsomics-kinship
    states it; the tests hold it to plain counting.
    """
    both = (one >= 0) & (other >= 0)
    one, other = one[both], other[both]
    first, second = one == 1, other == 1
    fewer = min(int(first.sum()), int(second.sum()))
    told, places = int((first | second).sum()), int(both.sum())
    if not fewer:
        return Kinship(0.0, places, 0)
    shared = int((first & second).sum())
    opposite = int((np.abs(one - other) == 2).sum())
    sum_of_both = int(first.sum()) + int(second.sum())
    raw = 2 * shared - 4 * opposite - sum_of_both + 2 * fewer
    return Kinship(raw / (4 * fewer), places, told)
