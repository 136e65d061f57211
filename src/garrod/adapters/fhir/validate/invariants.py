"""Whether the invariants of an element hold: those that can be evaluated, and which cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from garrod.adapters.fhir.validate.element import Element
from garrod.adapters.fhir.validate.fhirpath import PathError
from garrod.adapters.fhir.validate.fhirpath_calls import FUNCTIONS
from garrod.adapters.fhir.validate.fhirpath_run import At, evaluate, truth
from garrod.adapters.fhir.validate.instance import Scope
from garrod.adapters.fhir.validate.issue import Issue, Severity

NATIVE = ("ele-1",)  # an element without a value: the walk itself finds it


def broken(
    element: Element, value: Any, scope: Scope, path: str, unchecked: Counter[str]
) -> Iterator[Issue]:
    """Yield an issue per invariant that does not hold; count those that are not evaluated."""
    for constraint in element.constraints:
        key, expression = constraint.get("key", ""), constraint.get("expression")
        if key in NATIVE:
            continue
        if not expression:
            unchecked[key] += 1
            continue
        try:
            held = truth(evaluate(expression, At(value, scope.root, scope, 0, FUNCTIONS)))
        except (PathError, TypeError, ValueError, LookupError, AttributeError):
            unchecked[key] += 1
            continue
        if held is False:
            severity = Severity(constraint.get("severity", "error"))
            human = str(constraint.get("human") or expression)
            yield Issue(severity, key, path, human, element.profile)
