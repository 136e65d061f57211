"""Defects of real senders that an import bears with a warning, beside those that the check knows.

Each is of a kind that changes nothing of what is said about the person.
Source: the examples of NHS England's Summary Care Record FHIR API (documents without a title, times
of transport without seconds)
"""

from __future__ import annotations

import re
from dataclasses import replace

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.validate.issue import Issue, Severity

_INNER = re.compile(r"Bundle\.entry\[(\d+)\]\.resource")
# kind of resource ("": any), rule, element
BORNE = (
    ("Composition", "min", "title"),  # a label of the document, not what it says
    ("", "value", "meta.lastUpdated"),  # the record writes its own in its place
)


def borne(issue: Issue, resource: Resource) -> Issue:
    """Return an issue, as a warning where an import bears it."""
    if issue.severity is not Severity.ERROR:
        return issue
    kind, element = _place(issue.path, resource)
    is_borne = any(
        known in ("", kind) and rule == issue.rule and element == name
        for known, rule, name in BORNE
    )
    return replace(issue, severity=Severity.WARNING) if is_borne else issue


def _place(path: str, resource: Resource) -> tuple[str, str]:
    """Return the kind of the resource that a path leads into, and the path within it."""
    inner = _INNER.match(path)
    while inner and resource.get("resourceType") == "Bundle":
        resource = resource["entry"][int(inner[1])]["resource"]
        path = f"{resource.get('resourceType')}{path[inner.end() :]}"
        inner = _INNER.match(path)
    return str(resource.get("resourceType")), path.partition(".")[2]
