"""Fills the port LineCodec: lines, lists, receipts and orders as FHIR R4 has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from garrod.adapters.fhir.lines import (
    handing,
    kept,
    listing,
    merging,
    nested,
    reconciling,
    reported,
    statement,
    supply,
)
from garrod.care.record.medication.handover import Handover
from garrod.care.record.medication.line import Author, Line
from garrod.care.record.medication.said import Reported
from garrod.care.record.medication.stop import Authorisation, StopTask
from garrod.care.record.medicines_cases import CASE, Case
from garrod.care.record.medicines_ports import (
    LINE,
    LIST,
    RECEIPT,
    Head,
    Kept,
    Near,
    is_list_id,
)
from garrod.core.resource import Version

MOST = 20_000  # Not clinical: lines kept read, some kilobytes each


class FhirLines:
    """Knows lines, lists and what they follow, as resources of FHIR R4.

    A version never changes, so a line is read from its bytes once while it is in use.
    """

    def __init__(self) -> None:
        self._read: dict[tuple[str, bytes], Line] = {}

    def line(self, version: Version) -> Line:
        """Return the line that a version holds.  Raises: FhirError FHR150."""
        key = (version.id, version.sha256)
        found = self._read.get(key)
        if found is None:
            found = statement.line_of(version)
            self.remember(version, found)
        return found

    def remember(self, version: Version, line: Line) -> None:
        """Take note that a version was made of this line: what is read of its bytes is equal."""
        if len(self._read) >= MOST:
            self._read = {}
        self._read[version.id, version.sha256] = line

    def line_body(self, line: Line, patient: str, *, is_test: bool = False) -> bytes:
        """Return a line as a MedicationStatement, marked where it is of test data."""
        return statement.body_of(line, patient, is_test=is_test)

    def is_test(self, patient: Version) -> bool:
        """Return whether a person is marked as test data."""
        return not patient.is_deleted and nested.is_test(orjson.loads(patient.body))

    def head(self, version: Version) -> Head:
        """Return what a version of a List says.  Raises: FhirError FHR150."""
        return listing.head_of(version)

    def head_body(self, head: Head, lines: Mapping[str, Line], at: datetime) -> bytes:
        """Return a list as a List."""
        return listing.head_body(head, lines, at)

    def is_ours(self, version: Version) -> bool:
        """Return whether a version is one that only the acts of the list may write."""
        if version.is_deleted or version.kind not in (LINE, LIST, RECEIPT, CASE):
            return False
        resource = orjson.loads(version.body)
        if version.kind == LINE:
            return statement.is_line(resource)
        if version.kind == CASE:
            return reconciling.is_case(resource)
        if version.kind == LIST:
            return is_list_id(version.id) or listing.is_list(resource)
        return kept.is_kept(resource) or merging.is_merge(resource)

    def kept(self, version: Version) -> Kept:
        """Return a receipt."""
        return kept.kept_of(version)

    def kept_body(self, found: Kept) -> bytes:
        """Return a receipt as a Basic."""
        return kept.kept_body(found)

    def pointed(self, version: Version) -> tuple[str, ...]:
        """Return what must be read beside a resource to know its medicine and reasons."""
        return reported.pointed(version)

    def reported(self, version: Version, near: Near) -> Reported | None:
        """Return what a resource says of a medicine; None where it says nothing for the list."""
        return reported.reported_of(version, near)

    def authorisation(self, order: Version, beside: tuple[Version, ...]) -> Authorisation:
        """Return how far a prescription has gone."""
        return supply.authorisation_of(order, beside)

    def cancelled(self, order: Version, reason: str) -> bytes:
        """Return a prescription as it is once it is cancelled."""
        return supply.cancelled_body(order, reason)

    def task_body(self, task: StopTask, patient: str, at: datetime) -> bytes:
        """Return a task that names what a stop could not recall."""
        return supply.task_body(task, patient, at)


class FhirCases:
    """Knows reconciliations and handovers as resources of FHIR R4."""

    def case(self, version: Version) -> Case:
        """Return a reconciliation.  Raises: FhirError FHR150."""
        return reconciling.case_of(version)

    def case_body(self, case: Case) -> bytes:
        """Return a reconciliation as a Task."""
        return reconciling.case_body(case)

    def handover(self, version: Version) -> Handover:
        """Return a handover.  Raises: FhirError FHR150."""
        return handing.handover_of(version)

    def handover_body(self, handover: Handover, patient: str, by: Author) -> bytes:
        """Return a handover as a Communication."""
        return handing.handover_body(handover, patient, by)

    def handover_seen(self, version: Version, handover: Handover) -> bytes:
        """Return the resource of a handover with who has seen it by now."""
        return handing.handover_seen(version, handover)
