"""Whether a code is of the value set that its element requires.

Codes without a list of their own (media types, currencies) are checked by their shape.
"""

from __future__ import annotations

import re
from typing import Any

from garrod.adapters.fhir.check.faults import Check, Fault, Found, Run
from garrod.adapters.fhir.check.primitive import wrong

Sets = dict[str, frozenset[str]]
# Source: RFC 6838 (media types, section 4.2); ISO 4217 (three capital letters).
SHAPES = {
    "urn:ietf:bcp:13": re.compile(
        r"[A-Za-z0-9][\w.+!#$&^-]*/[A-Za-z0-9][\w.+!#$&^-]*(?:\s*;.*)?|[\w.+-]+"
    ),
    "urn:iso:std:iso:4217": re.compile(r"[A-Z]{3}"),
}
TOLD = 12  # codes that a message lists at most


def code(check: Check, name: str, sets: Sets) -> Check:
    """Return the check of a code that must be of a value set."""
    known = frozenset().union(*sets.values())
    if not known:
        return _shaped(check, name, [SHAPES[s] for s in sets if s in SHAPES])
    told = _told(name, known)

    def checked(value: Any, run: Run) -> Found:
        if type(value) is str:
            return None if value in known else (check(value, run) or [Fault("binding", told)])
        return wrong("code", value)

    return checked


def concept(check: Check, name: str, sets: Sets) -> Check:
    """Return the check of a CodeableConcept of which a coding must be of a value set."""
    known = frozenset().union(*sets.values())
    told = _told(name, known) if known else f"a coding of {', '.join(sets)} was expected"

    def checked(value: Any, run: Run) -> Found:
        found = check(value, run)
        if found is not None:
            return found
        for coding in value.get("coding", ()):
            codes = sets.get(coding.get("system"))
            if codes is not None and (not codes or coding.get("code") in codes):
                return None
        return None if _is_absent(value) else [Fault("binding", told)]

    return checked


def _is_absent(value: dict[str, Any]) -> bool:
    """Return whether an extension stands for the codes: it says why there are none."""
    return "extension" in value and "coding" not in value and "text" not in value


def _shaped(check: Check, name: str, shapes: list[re.Pattern[str]]) -> Check:
    if not shapes:
        return check

    def checked(value: Any, run: Run) -> Found:
        found = check(value, run)
        if found is not None or any(shape.fullmatch(value) for shape in shapes):
            return found
        return [Fault("binding", f"a code of the value set {name} was expected")]

    return checked


def _told(name: str, known: frozenset[str]) -> str:
    if len(known) > TOLD:
        return f"a code of the value set {name} was expected"
    return f"a code of {name} was expected: {', '.join(sorted(known))}"
