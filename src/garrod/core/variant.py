"""Positions on the genome and what is written there. 1-based, closed; the build is in the type.

A position carries the same alleles on both builds (as spelled in VCF, anchored and trimmed);
only the coordinate and which of the alleles is the reference differ between builds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Assembly(StrEnum):
    """A human genome build."""

    GRCH38 = "GRCh38"
    GRCH37 = "GRCh37"


class RefStatus(StrEnum):
    """How well the reference base of a position is known on a build."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"  # coordinate derived by offset: read only records that state REF
    ABSENT = "absent"  # the build has no known coordinate


@dataclass(frozen=True, slots=True)
class Locus:
    """Where a position lies on one build, and the reference allele there."""

    pos: int
    ref: str
    status: RefStatus = RefStatus.VERIFIED


@dataclass(frozen=True, slots=True)
class Position:
    """A defining position of a gene: its identity, its alleles, and its place on each build.

    `alleles` are the VCF spellings, GRCh38 reference first. `id` is "GENE:GRCh38-position".
    """

    id: str
    gene: str
    rsid: str
    hgvs: str
    chromosome: str  # "1".."22", "X", "MT"
    alleles: tuple[str, ...]
    grch38: Locus
    grch37: Locus | None = None

    def on(self, assembly: Assembly) -> Locus | None:
        """Return the locus on a build, or None where the build has none."""
        return self.grch38 if assembly is Assembly.GRCH38 else self.grch37
