"""What is wrong with a search: every fault at once, each with its parameter and what was expected.

Texts name parameters, never the values sent: those may be somebody's name or number.
"""

from __future__ import annotations

from collections.abc import Iterable

from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.core.errors import FhirError

UNKNOWN = "parameter"  # the only fault that a lenient reading passes over
SHOWN = 80  # letters of a parameter's name that are repeated


class Refused(Exception):
    """One parameter cannot be used; `rule` is UNKNOWN, "modifier", "value", "chain" or "limit"."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


class BadSearch(FhirError):
    """A search that cannot be relied on; `issues` says all that is wrong with it."""

    default_code = "FHR120"

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__(" ".join(issue.message for issue in self.issues))


def issue_of(name: str, refused: Refused, severity: Severity = Severity.ERROR) -> Issue:
    """Return a refusal as an issue; its path names the parameter."""
    shown = name[:SHOWN]
    return Issue(severity, refused.rule, f"http.{shown}", f"{shown}: {refused.message}.")
