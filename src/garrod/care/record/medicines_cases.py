"""A reconciliation and a handover as they are kept between the steps of the people who do them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from garrod.care.record.medication.compare import SourceList
from garrod.care.record.medication.handover import Handover
from garrod.care.record.medication.line import Author
from garrod.care.record.medication.reconcile import Decision, Move
from garrod.core.resource import Version

CASE, HANDOVER = "Task", "Communication"


@dataclass(frozen=True, slots=True)
class Case:
    """A reconciliation under way. `base` is the version of the list from which it began.

    Rows are not kept: they follow from the list and the sources, each time anew.
    """

    patient: str
    move: Move
    base: int
    sources: tuple[SourceList, ...]
    by: Author
    at: datetime
    decisions: tuple[Decision, ...] = ()
    closed: datetime | None = None
    unresolved: tuple[str, ...] = ()  # what nobody had decided when it was closed, in words


class CaseCodec(Protocol):
    """Knows reconciliations and handovers as resources."""

    def case(self, version: Version) -> Case:
        """Return a reconciliation.  Raises: FhirError FHR150 where the version holds none."""
        ...

    def case_body(self, case: Case) -> bytes:
        """Return a reconciliation as a resource."""
        ...

    def handover(self, version: Version) -> Handover:
        """Return a handover.  Raises: FhirError FHR150 where the version holds none."""
        ...

    def handover_body(self, handover: Handover, patient: str, by: Author) -> bytes:
        """Return a handover as a resource."""
        ...

    def handover_seen(self, version: Version, handover: Handover) -> bytes:
        """Return the resource of a handover with who has seen it by now."""
        ...
