"""Whether codes are of the value set that an element is bound to, where it can be listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.fhir.validate.element import Element
from garrod.adapters.fhir.validate.issue import Issue, Severity

REQUIRED, EXTENSIBLE = "required", "extensible"


def misbound(
    definitions: Definitions, element: Element, value: Any, path: str, unchecked: Counter[str]
) -> Iterator[Issue]:
    """Yield an issue where a required or extensible binding is not kept.

    A value set that cannot be listed from the definitions at hand is counted as not checked.
    """
    binding = element.raw.get("binding", {})
    strength, url = binding.get("strength"), binding.get("valueSet", "")
    if strength not in (REQUIRED, EXTENSIBLE) or not url:
        return
    given = list(_given(value))
    is_kept = _is_kept(definitions, url, value, given)
    if is_kept is None:
        unchecked[f"binding {url}"] += 1
    if is_kept is not False or (strength == EXTENSIBLE and not given):
        return
    severity = Severity.ERROR if strength == REQUIRED else Severity.WARNING
    yield Issue(
        severity,
        "binding",
        path,
        f"a code of the value set {url} was expected",
        element.profile,
    )


def _is_kept(
    definitions: Definitions, url: str, value: Any, given: list[tuple[str, str]]
) -> bool | None:
    """Return whether a code is of the value set; None where that cannot be told.

    Of a set that takes all codes of a system that is not at hand, the system is checked.
    """
    known, systems = definitions.codes(url), definitions.whole_systems(url)
    if known is not None and isinstance(value, str):
        return value in {code for _, code in known}
    if known is not None:
        return any(pair in known for pair in given)
    if systems and not isinstance(value, str):
        return any(system in systems for system, _ in given)
    return None


def _given(value: Any) -> Iterator[tuple[str, str]]:
    """Yield system and code of each coding of a CodeableConcept, a Coding or a Quantity."""
    if not isinstance(value, dict):
        return
    listed = value.get("coding")
    for coding in listed if isinstance(listed, list) else [value]:
        if isinstance(coding, dict) and "code" in coding:
            yield str(coding.get("system", "")), str(coding["code"])
