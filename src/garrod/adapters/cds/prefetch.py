"""What was sent along, key by key: there, told to be empty, failed, or not sent.

prefetch -> resources, next pages, keys still to be asked for, keys that failed on the other side
Source: CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/#prefetch-template (null, OperationOutcome,
paging)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from garrod.adapters.cds.catalogue import PATIENT, PREFETCH, TELLS
from garrod.adapters.fhir.json import Resource, many, one, text

FAILED = ("error", "fatal")


@dataclass(frozen=True, slots=True)
class Had:
    """What is there of a person. `missing` may be asked for elsewhere; `failed` was, in vain."""

    resources: tuple[Resource, ...] = ()
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    pages: tuple[tuple[str, str], ...] = ()  # key, address of the next page

    @property
    def patient(self) -> Resource:
        """Return the Patient, or an empty object."""
        found = (r for r in self.resources if text(r, "resourceType") == "Patient")
        return next(found, {})

    def with_more(self, key: str, value: Any) -> Had:
        """Return this with what was found for a key, or the next page of it."""
        found = read_value(key, value)
        return Had(
            self.resources + found.resources,
            tuple(k for k in self.missing if k != key) + found.missing,
            tuple(dict.fromkeys(self.failed + found.failed)),
            found.pages,
        )

    def without(self, key: str) -> Had:
        """Return this with a key that could not be had anywhere."""
        missing = tuple(k for k in self.missing if k != key)
        return replace(self, missing=missing, failed=tuple(dict.fromkeys((*self.failed, key))))


def prefetched(sent: Mapping[str, Any]) -> Had:
    """Return what a call brought along of what was asked for; other keys are not looked at."""
    found, pages = Had(), list[tuple[str, str]]()
    for key in PREFETCH:
        part = read_value(key, sent[key]) if key in sent else Had(missing=(key,))
        pages += part.pages
        found = Had(
            found.resources + part.resources,
            found.missing + part.missing,
            found.failed + part.failed,
        )
    return replace(found, pages=tuple(pages))


def read_value(key: str, value: Any) -> Had:
    """Return what one answer holds: a resource, a searchset, null, or an OperationOutcome."""
    if value is None:
        return Had() if key != PATIENT else Had(missing=(key,))
    kind = text(value, "resourceType") if isinstance(value, dict) else ""
    wanted = PREFETCH[key].partition("?")[0].partition("/")[0]
    if kind == "OperationOutcome":
        return Had(failed=(key,))
    if kind == wanted:
        return Had((value,))
    if kind != "Bundle" or key == PATIENT:
        return Had(missing=(key,))
    inside = [r for e in many(value, "entry") if (r := one(e, "resource"))]
    outcomes = [r for r in inside if text(r, "resourceType") == "OperationOutcome"]
    is_failed = any(
        text(issue, "severity") in FAILED for o in outcomes for issue in many(o, "issue")
    )
    rest = tuple(r for r in inside if text(r, "resourceType") != "OperationOutcome")
    pages = [text(k, "url") for k in many(value, "link") if text(k, "relation") == "next"]
    return Had(rest, (), (key,) if is_failed else (), tuple((key, url) for url in pages[:1]))


def unseen(keys: Iterable[str]) -> frozenset[str]:
    """Return the kinds of facts that stay unknown where some keys could not be had."""
    return frozenset(kind for key in keys for kind in TELLS.get(key, ()))
