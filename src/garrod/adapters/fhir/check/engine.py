"""The check of a resource against FHIR R4 itself, strictly or as an import bears it.

resource, as `record.parse` reads it -> checks compiled from the pack fhir-r4 -> issues, places
"""

from __future__ import annotations

from typing import Any

from garrod.adapters.fhir.check.compile import KIND, Compiler
from garrod.adapters.fhir.check.facts import Facts
from garrod.adapters.fhir.check.faults import MOST, Fault, Run
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.knowledge.shelf import Shelf

Issues = tuple[Issue, ...]
# Defects that real systems send and that change no meaning: an import bears them with a warning.
BORNE = frozenset({"empty-text", "empty-list", "namespace", "spaces"})


class Checker:
    """Checks resources by the facts on a shelf. Types are compiled when they are first met."""

    def __init__(self, shelf: Shelf) -> None:
        """Raises: KnowledgeError KNO002, KNO004 without the pack fhir-r4."""
        self.facts = Facts(shelf)
        self._compiler = Compiler(self.facts)
        self.kinds = self.facts.resource_kinds()
        self.reference = self.facts.reference  # name@version of the pack

    @property
    def unchecked(self) -> frozenset[str]:
        """Return the invariants met so far that cannot be evaluated here."""
        return frozenset(self._compiler.rules.unchecked)

    def check(self, resource: dict[str, Any], *, is_strict: bool = True) -> Issues:
        """Return what is wrong with a resource; at most 50 issues. Decimals may be of any kind."""
        faults = self._faults(resource)
        return _issues(faults, resource.get(KIND), is_strict) if faults else ()

    def _faults(self, resource: dict[str, Any]) -> list[Fault]:
        try:
            return self._compiler.any_resource(resource, Run(resource)) or []
        except RecursionError:
            return [Fault("deep", "the resource is nested too deeply")]


def _issues(faults: list[Fault], kind: Any, is_strict: bool) -> Issues:
    """Return faults as issues, errors first, each once."""
    if not is_strict:
        for fault in faults:
            if fault.rule in BORNE:
                fault.severity = Severity.WARNING
    root = kind if isinstance(kind, str) and kind.isalpha() else ""
    found = dict.fromkeys(fault.issue(root) for fault in faults)
    return tuple(sorted(found, key=lambda issue: issue.severity is not Severity.ERROR)[:MOST])
