"""What is put into a part so that it hangs together with the record: who it is of, what it fills.

The message itself is kept beside it as it was sent, so nothing is lost by this.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from garrod.adapters.fhir.ingest.marks import NHS_NUMBER, PRESCRIBED, mark_of
from garrod.adapters.fhir.ingest.parcel import Mark
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.patch import written

SUBJECTS = ("subject", "patient", "for", "beneficiary")
FILLED = "authorizingPrescription"
TAKEN_OVER = ("status", "statusReason", "_status")


def unnamed_subjects(resource: Resource) -> Iterator[tuple[str, Mark]]:
    """Yield where a resource names its person by NHS number alone."""
    for name in SUBJECTS:
        held = one(resource, name)
        if not held or "reference" in held:
            continue
        mark = mark_of(one(held, "identifier"))
        if mark.system == NHS_NUMBER and mark.value:
            yield name, mark


def with_subject(body: bytes, name: str, target: str) -> bytes:
    """Return a body whose person is named by a reference too."""
    resource = copy.deepcopy(parse(body))
    resource[name] = {"reference": target, **resource[name]}
    return written(resource)


def filled_items(resource: Resource) -> tuple[Mark, ...]:
    """Return the item numbers of the prescriptions that a dispense fills and holds within."""
    inside = {text(c, "id"): c for c in many(resource, "contained")}
    found = []
    for held in many(resource, FILLED):
        request = inside.get(text(held, "reference").removeprefix("#"), {})
        numbers = [mark_of(i) for i in many(request, "identifier")]
        numbers.append(mark_of(one(held, "identifier")))
        found += [mark for mark in numbers if mark.system == PRESCRIBED and mark.value]
    return tuple(dict.fromkeys(found))


def with_filled(body: bytes, target: str) -> bytes:
    """Return a dispense that refers to the record's prescription too."""
    resource = copy.deepcopy(parse(body))
    if any(text(held, "reference") == target for held in many(resource, FILLED)):
        return body
    resource[FILLED] = [*resource[FILLED], {"reference": target}]
    return written(resource)


def with_status(before: bytes, told: Resource) -> bytes:
    """Return a prescription with the status and reason that a later message tells."""
    resource: dict[str, Any] = copy.deepcopy(parse(before))
    changed = {name: told[name] for name in TAKEN_OVER if name in told}
    if all(resource.get(name) == value for name, value in changed.items()):
        return before
    resource.update(changed)
    return written(resource)


def source_of(targets: list[str], message: str, who: str, at: str) -> bytes:
    """Return the Provenance that ties versions to the message that they came by."""
    return written(
        {
            "resourceType": "Provenance",
            "target": [{"reference": target} for target in targets],
            "recorded": at,
            "agent": [{"who": {"display": who}}],
            "entity": [{"role": "source", "what": {"reference": message}}],
        }
    )
