"""Tells which labels are stale, by kind, and brings them up to the packs in force."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from garrod.core.errors import GarrodError, KnowledgeError
from garrod.entry.cli.output import say

if TYPE_CHECKING:
    from garrod.adapters.fhir.rest.checked import CheckedCodec
    from garrod.care.record.service import Record

PATIENT = "Patient"
MOST = 100  # resources that are told by name


@dataclass(slots=True)
class Stale:
    """How many resources of each kind had stale labels, by which packs they were judged."""

    packs: str
    found: Counter[str] = field(default_factory=Counter)

    def fault(self, *, is_checked: bool) -> GarrodError | None:
        """Return what must be done where stale labels were found and left."""
        if not (is_checked and self.found):
            return None
        return KnowledgeError(
            f"{self.found.total():,} resources are found by other security labels than "
            f"{self.packs} gives them: garrod record relabel makes them anew.",
            code="KNO060",
        )

    def words(self) -> str:
        """Return what was done, or that there was nothing to do."""
        if not self.found:
            return f"every label is that of {self.packs}."
        told = ", ".join(f"{kind} {count:,}" for kind, count in sorted(self.found.items()))
        return f"{self.found.total():,} resources were relabelled by {self.packs}: {told}"


async def relabelled(record: Record, codec: CheckedCodec, *, mend: bool) -> Stale:
    """Return what was stale; the first 100 are told, without their labels."""
    from garrod.care.govern.audit import current
    from garrod.entry.wire import stale_labels

    if codec.labels is None:
        raise KnowledgeError("no pack of security labels is in force.", code="KNO002")
    stale = Stale(codec.labels.reference)
    async for kind, id in stale_labels(record.store, codec, mend=mend):
        stale.found[kind] += 1
        current().saw(kind, id, (id,) if kind == PATIENT else ())
        if stale.found.total() <= MOST:
            say(f"{'relabelled' if mend else 'stale'}: {kind}/{id}")
    return stale
