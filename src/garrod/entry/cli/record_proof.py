"""Tells what is not as it should be in what is stored, and mends what can be made anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from garrod.core.errors import GarrodError, InternalFault
from garrod.entry.cli.output import say

if TYPE_CHECKING:
    from garrod.adapters.fhir.rest.checked import CheckedCodec
    from garrod.care.record.service import Record

MOST = 100  # findings that are told
SEARCH = "search"


@dataclass(slots=True)
class Proof:
    """How many flaws there are by part, and how many of them were mended."""

    found: Counter[str] = field(default_factory=Counter)
    mended: int = 0

    @property
    def damage(self) -> int:
        """Return how many nobody can mend but by a backup."""
        return sum(count for part, count in self.found.items() if part != SEARCH)

    def fault(self) -> GarrodError | None:
        """Return what must be done about it, or None."""
        if self.damage:
            return InternalFault(
                f"{self.damage:,} flaws were found: stop writing, keep the files, and restore a "
                "backup beside them.",
                code="REC203",
            )
        if self.found[SEARCH] > self.mended:
            return InternalFault(
                f"{self.found[SEARCH]:,} search rows are not those of the stored bytes, which are "
                "intact: garrod record verify --rebuild-search makes them anew. Where the server "
                "had another address, give it with --base.",
                code="REC206",
            )
        return None


async def proved(
    record: Record, codec: CheckedCodec, *, mend: bool = False, whole: bool = False
) -> Proof:
    """Return what was found; tell the first 100. Search rows are mended where that is wished."""
    from garrod.entry.wire import flaws_of

    proof = Proof()
    async for part, words, is_mended in flaws_of(record.store, codec, mend=mend, whole=whole):
        proof.found[part] += 1
        proof.mended += is_mended
        if proof.found.total() <= MOST:
            word = "mended" if is_mended else SEARCH if part == SEARCH else "damaged"
            say(f"{word}: {words}")
    if (more := proof.found.total() - MOST) > 0:
        say(f"{more:,} more are not written out")
    return proof
