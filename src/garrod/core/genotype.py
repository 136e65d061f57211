"""What one person's file says at one position: four states that are never confused.

called           the alleles were read (a site record, or an explicit 0/0)
reference-block  a gVCF block or a studied region says reference
no-call          a record is there but unreadable: ./., filtered, low GQ or DP
not-covered      nothing was said
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from garrod.core.variant import Assembly, Position


class CallState(StrEnum):
    """How a position was read."""

    CALLED = "called"
    REFERENCE_BLOCK = "reference-block"
    NO_CALL = "no-call"
    NOT_COVERED = "not-covered"


STRANDS = 2  # of an autosome: how many alleles a person has there
READ = (CallState.CALLED, CallState.REFERENCE_BLOCK)
UNDOCUMENTED = "?"  # an allele was read that no definition knows at this position
MISSING = "."  # half of a half-call


@dataclass(frozen=True, slots=True)
class Observation:
    """The reading of one position in one sample.

    `alleles` holds one (hemizygous, mitochondrial) or two strings, each one of the position's own
    spellings, `UNDOCUMENTED` or `MISSING`; empty unless state is called or reference-block.
    `phased` says that their order is meaningful within `phase_set` (None: the whole chromosome).
    `line` is the 1-based line of the variant file; `reason` says why a reading is not usable.
    """

    state: CallState
    alleles: tuple[str, ...] = ()
    phased: bool = False
    phase_set: int | None = None
    line: int | None = None
    record: str = ""  # CHROM:POS REF>ALT GT as written, for the proof chain
    reason: str = ""

    @property
    def is_read(self) -> bool:
        """Return whether it says which bases are there."""
        return self.state in READ


NOT_COVERED = Observation(CallState.NOT_COVERED)


@dataclass(frozen=True, slots=True)
class StructuralCall:
    """A copy-number or structural record of a gene in one sample (for example CYP2D6 DEL)."""

    gene: str
    kind: str  # "DEL", "DUP", "no DEL", "no DUP", "CNV", "doubtful", or a hybrid's name
    copies: int | None
    line: int | None
    record: str


@dataclass(frozen=True, slots=True)
class GenotypeTable:
    """Readings of all positions for a set of samples, compact enough for a cohort.

    Shape: `codes` is (positions, samples) of uint16; `palette[p][code]` is the `Observation`.
    Code 0 is always `NOT_COVERED`. `spoiled` maps a sample to the reason why it cannot be read.
    """

    samples: tuple[str, ...]
    assembly: Assembly
    positions: tuple[Position, ...]
    codes: npt.NDArray[np.uint16]
    palette: tuple[tuple[Observation, ...], ...]
    source: str = ""
    sha256: str = ""
    structural: dict[str, tuple[StructuralCall, ...]] = field(default_factory=dict)
    spoiled: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def observation(self, position: int, sample: int) -> Observation:
        """Return the reading of the position with that index in the sample with that index."""
        return self.palette[position][int(self.codes[position, sample])]
