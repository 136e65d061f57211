"""What a check finds: faults that learn their place while the walk goes back up.

Checks return None where nothing is wrong, so that a valid resource costs no path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from garrod.adapters.fhir.validate.issue import Issue, Severity

# What a path repeats of a sender's names; another might be anything, a person's name even.
NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}(?:\[x\])?")
MOST = 50  # issues that are told at most; the rest is as wrong, and no news


class Fault:
    """One thing that is wrong. `steps` is its place from the inside out."""

    __slots__ = ("message", "rule", "severity", "steps")

    def __init__(self, rule: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.rule, self.message, self.severity = rule, message, severity
        self.steps: list[str | int] = []

    def at(self, *steps: str | int) -> Fault:
        """Return the fault, one place further up for each step."""
        self.steps.extend(steps)
        return self

    def issue(self, root: str) -> Issue:
        """Return the fault as an issue, its path written as FHIRPath from the root."""
        path = root
        for step in reversed(self.steps):
            if isinstance(step, int):
                path += f"[{step}]"
            else:
                path += f".{step}" if NAME.fullmatch(step) else ".?"
        return Issue(self.severity, self.rule, path.removeprefix("."), self.message)


Found = list[Fault] | None
Check = Callable[[Any, "Run"], Found]


class Run:
    """One check under way: the resource that is looked at, and what it may refer to."""

    __slots__ = ("bundle", "inside", "is_contained", "resource", "root")

    def __init__(self, root: dict[str, Any]) -> None:
        self.resource = self.root = root
        self.bundle: Bundle | None = None
        self.inside: dict[str, Any] = {}  # contained resources by id
        self.is_contained = False


class Bundle:
    """A bundle and the types of its resources by full URL, gathered when first asked for."""

    __slots__ = ("_kinds", "_resource")

    def __init__(self, resource: dict[str, Any]) -> None:
        self._resource = resource
        self._kinds: dict[str, str] | None = None

    def kind(self, url: str) -> str:
        """Return the type of the resource with that full URL; "" where there is none."""
        if self._kinds is None:
            self._kinds = dict(self._named())
        return self._kinds.get(url, "")

    def _named(self) -> Iterator[tuple[str, str]]:
        entries = self._resource.get("entry")
        for entry in entries if isinstance(entries, list) else ():
            resource = entry.get("resource") if isinstance(entry, dict) else None
            url = entry.get("fullUrl") if isinstance(entry, dict) else None
            if isinstance(resource, dict) and isinstance(url, str):
                kind = resource.get("resourceType")
                yield url, kind if isinstance(kind, str) else ""


def joined(found: Found, more: list[Fault]) -> list[Fault]:
    """Return both lists as one."""
    if found is None:
        return more
    found.extend(more)
    return found


def kind_of_json(value: Any) -> str:
    """Return what a JSON value is, in a word: never the value itself."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string" if value else "an empty string"
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return "an array" if value else "an empty array"
    return "a number"
