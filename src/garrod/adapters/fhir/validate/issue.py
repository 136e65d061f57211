"""What a validation finds: issues with their place, and what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How bad an issue is, in FHIR's words."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong. `rule` names what was broken: "min", "slice", an invariant's key."""

    severity: Severity
    rule: str
    path: str  # as FHIRPath: Observation.component[0].code
    message: str
    profile: str = ""

    @property
    def code(self) -> str:
        """Return FHIR's issue type; "invariant" of a rule by its key, such as obs-6."""
        return CODES.get(self.rule) or ("invariant" if "-" in self.rule else "invalid")

    def as_fhir(self) -> dict[str, Any]:
        """Return the issue as one of an OperationOutcome."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "diagnostics": f"{self.message} [{self.rule}]",
            "expression": [self.path],
        }


# FHIR's issue types by our rules; the rest is "invalid". Source: FHIR R4, value set issue-type.
CODES = {
    "min": "required",
    "max": "structure",
    "unknown": "structure",
    "shape": "structure",
    "type": "structure",
    "value": "value",
    "fixed": "value",
    "pattern": "value",
    "binding": "code-invalid",
    "reference": "not-found",
    "extension": "extension",
    "profile": "not-supported",
    "informational": "informational",
    "kind": "not-supported",
    "empty": "structure",
    "empty-text": "structure",
    "empty-list": "structure",
    "null": "structure",
    "choice": "structure",
    "target": "value",
    "too-long": "too-long",
    "check-digit": "value",
    "shape-of-code": "value",
    "spaces": "value",
    "namespace": "value",
    "deep": "too-costly",
    "slice": "structure",
    "conflict": "conflict",
    "both": "conflict",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a validation: `unchecked` counts rules that are not evaluated here, by name."""

    issues: tuple[Issue, ...] = ()
    unchecked: dict[str, int] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Return the issues that make the resource invalid."""
        return tuple(i for i in self.issues if i.severity is Severity.ERROR)

    @property
    def is_valid(self) -> bool:
        """Return whether nothing that was checked is wrong."""
        return not self.errors

    def as_fhir(self) -> dict[str, Any]:
        """Return an OperationOutcome; one that says so where nothing was found."""
        fine = Issue(Severity.INFORMATION, "informational", "", "no fault found")
        found = [i.as_fhir() for i in self.issues or (fine,)]
        return {"resourceType": "OperationOutcome", "issue": found}
