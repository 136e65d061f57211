"""Invariants: each compiled once into a test of a value; those that the walk itself keeps, not.

An invariant that cannot be compiled is named by `Rules.unchecked`, and never counts as kept.
"""

from __future__ import annotations

from typing import Any

from garrod.adapters.fhir.check.facts import Facts
from garrod.adapters.fhir.check.faults import Check, Fault, Found, Run
from garrod.adapters.fhir.check.functions import FUNCTIONS
from garrod.adapters.fhir.check.paths import PathCompiler, Place, Test
from garrod.adapters.fhir.validate.fhirpath import PathError, parse
from garrod.adapters.fhir.validate.issue import Severity

# Kept by the walk itself: no empty element, extensions, contained resources, references, XHTML.
NATIVE = frozenset(
    ("ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "ref-1", "txt-1", "txt-2")
)
# Advice to authors, not a fault: a name fit for code, a narrative.
ADVICE = frozenset({"dom-6"})
FIT_FOR_CODE = "-0"
OPEN = (PathError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class Rules:
    """The invariants of FHIR R4 as tests."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._paths = PathCompiler(facts.stems, FUNCTIONS)
        self._made: dict[str, Check | None] = {}
        self.unchecked: set[str] = set()

    def check(self, name: str) -> Check | None:
        """Return the check of an invariant; None where there is nothing more to check."""
        if name not in self._made:
            self._made[name] = self._check(name)
        return self._made[name]

    def _check(self, name: str) -> Check | None:
        rule = self._facts.rule(name)
        severity = Severity(rule.severity)
        is_advice = rule.key in ADVICE or rule.key.endswith(FIT_FOR_CODE)
        if rule.key in NATIVE or (is_advice and severity is not Severity.ERROR):
            return None
        try:
            test = self._paths.test(parse(rule.expression))
        except PathError:
            self.unchecked.add(name)
            return None
        words = rule.words or f"the rule does not hold: {rule.expression}"
        return _checked(test, rule.key, words, severity)


def _checked(test: Test, key: str, words: str, severity: Severity) -> Check:
    def check(value: Any, run: Run) -> Found:
        try:
            held = test([value], Place(value, run))
        except OPEN:
            return None  # what JSON does not tell, or a value that is faulty in itself
        return None if held is not False else [Fault(key, words, severity)]

    return check
