"""Whether a reference leads to a type that its element allows, and a local one leads anywhere."""

from __future__ import annotations

import re
from typing import Any

from garrod.adapters.fhir.check.faults import Check, Fault, Found, Run

LOCAL = "#"
VERSION = "/_history/"
ANY = "Resource"
ABSOLUTE = re.compile(r"https?://")


def kind_named(reference: str) -> str:
    """Return the type that a literal reference names: Patient/1, https://x/Patient/1; else "".

    What it names need be no type: of any other URL it is just a part.
    """
    if VERSION in reference:
        reference = reference.partition(VERSION)[0]
    head = reference.rpartition("/")[0]
    if "/" not in head:
        return head
    return head.rpartition("/")[2] if ABSOLUTE.match(head) else ""


def local(value: dict[str, Any], run: Run) -> Found:
    """Return the fault of a reference to a contained resource that is not there.

    Source: FHIR R4, Reference, ref-1.
    """
    reference = value.get("reference")
    if type(reference) is not str or reference[:1] != LOCAL:
        return None
    if reference == LOCAL or reference[1:] in run.inside:
        return None
    return [Fault("ref-1", "this leads to no contained resource").at("reference")]


def to_kinds(check: Check, targets: tuple[str, ...], known: frozenset[str]) -> Check:
    """Return a reference's check that also asks to which type it leads."""
    allowed = frozenset(targets)
    if not allowed or ANY in allowed:
        return check
    told = ", ".join(targets)

    def checked(value: Any, run: Run) -> Found:
        found = check(value, run)
        if found is not None:
            return found
        reference = value.get("reference")
        if reference is None:
            stated = value.get("type")
            wrong = stated in known and stated not in allowed
        elif (kind := kind_named(reference)) in allowed:
            return None
        else:
            led = kind if kind in known else _led_to(reference, run)
            wrong = led in known and led not in allowed
        return [Fault("target", f"this may refer to {told} only")] if wrong else None

    return checked


def _led_to(reference: str, run: Run) -> str:
    """Return the type of what a local reference, or one within a bundle, leads to; "" unknown."""
    if reference[:1] == LOCAL:
        inside = run.inside.get(reference[1:]) if len(reference) > 1 else None
        held = run.root if reference == LOCAL else inside
        kind = held.get("resourceType") if held else None
        return kind if isinstance(kind, str) else ""
    return run.bundle.kind(reference) if run.bundle is not None else ""
