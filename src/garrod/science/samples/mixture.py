"""How much of a sample may be another person's DNA, from the reads that a variant file counts.

Where both copies differ from the reference, every read of the reference is one too many: an error,
or another person. Where they differ from each other, half of the reads should show either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Dosages = npt.NDArray[np.int8]
Reads = npt.NDArray[np.int32]

# Of another person's reads at such a place, how many show the reference: 1 - q, averaged over the
# frequencies q at which people with two other copies are met, where q is spread as 1/q, as under
# neutrality: (1/2 - 1/3) / (1/2). Source: arithmetic; the estimator: https://github.com/atgu/CHARR
REFERENCE_SHARE = 1 / 3
LIMIT = 0.05  # Source: https://gnomad.broadinstitute.org/news/2019-10-gnomad-v3-0/ (unchecked)
DEPTH = 10  # Not clinical: reads at a place, below which a share of them tells nothing
ENOUGH = 30  # Not clinical: places, below which their spread is not known
# Of events that were never seen, the most that may be.
FEW = 3.0  # Source: rule of three, PMID 6827763 (unchecked)
WIDTH = 1.96  # standard errors on either side. Source: arithmetic (95 % of a normal distribution)
ASIDE, RARE = 0.2, 3.3  # Not clinical: from a half, and in standard errors: shares that lie aside


@dataclass(frozen=True, slots=True)
class Mixture:
    """What the reads of a sample say of another person's DNA in it.

    `places`: with two other copies and reads counted; `reads` there; `share`: the part of the
    sample that may be another person's, `low` to `high` with 95 % confidence (0 to 1);
    `pairs`: places with two different alleles, `lopsided` of them with far more reads of one.
    """

    places: int
    reads: int
    share: float
    low: float
    high: float
    pairs: int
    lopsided: int

    @property
    def is_known(self) -> bool:
        """Return whether there were places enough."""
        return self.places >= ENOUGH

    @property
    def is_mixed(self) -> bool:
        """Return whether more than LIMIT is another person's, beyond what chance explains.

        Of two people in like parts, few places are left with two other copies: there the places
        with two different alleles tell.  Source: LIMIT.
        """
        return self.low > LIMIT or self._least_lopsided > LIMIT

    @property
    def is_clean(self) -> bool:
        """Return whether less than LIMIT is another person's, beyond what chance explains.

        Source: LIMIT.
        """
        lopsided = self.lopsided / self.pairs if self.pairs else 0.0
        return self.high < LIMIT and lopsided < LIMIT / 2

    @property
    def _least_lopsided(self) -> float:
        if self.pairs < ENOUGH:
            return 0.0
        share = self.lopsided / self.pairs
        error: float = (share * (1 - share) / self.pairs) ** 0.5
        return share - WIDTH * error


def mixture_of(dosages: Dosages, reads: Reads) -> Mixture:
    """Return what the reads of a sample say.

    `dosages`: shape (places,), copies that differ from the reference, -1 where not read.
    `reads`: shape (places, 2), reads of the reference and of the other allele, -1 where not told.
    Source: https://github.com/atgu/CHARR (reads of the reference at places with two other copies),
    with the expected frequency of the reference in place of a table of frequencies.
    """
    depth = reads.sum(axis=1)
    counted = (reads >= 0).all(axis=1) & (depth >= DEPTH)
    double, pairs = counted & (dosages == 2), counted & (dosages == 1)
    lopsided = _lopsided(reads[pairs, 1], depth[pairs])
    stray = reads[double, 0] / depth[double]
    places, whole = int(double.sum()), int(depth[double].sum())
    if places < 2:
        return Mixture(places, whole, 0.0, 0.0, 1.0, int(pairs.sum()), lopsided)
    mean, error = float(stray.mean()), float(stray.std(ddof=1)) / places**0.5
    high = max(mean + WIDTH * error, FEW / whole)
    return Mixture(
        places,
        whole,
        share=min(1.0, mean / REFERENCE_SHARE),
        low=min(1.0, max(0.0, mean - WIDTH * error) / REFERENCE_SHARE),
        high=min(1.0, high / REFERENCE_SHARE),
        pairs=int(pairs.sum()),
        lopsided=lopsided,
    )


def _lopsided(other: Reads, depth: Reads) -> int:
    """Return at how many places with two different alleles chance does not explain the shares."""
    aside = np.abs(other / depth - 0.5)
    return int((aside > np.maximum(ASIDE, RARE * 0.5 / np.sqrt(depth))).sum())
