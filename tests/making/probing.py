"""What probes are made of: a resource of every kind about somebody, and every question about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.care.record.query import ParamType
from garrod.core.resource import Draft
from tests.making.recorded import codec

Resource = dict[str, Any]
CODE = {"coding": [{"system": "http://loinc.org", "code": "99999-9"}], "text": "hiddenword"}
# What makes a resource easy to find, under the names that many kinds share.
MARKS = {
    "identifier": [{"system": "https://example.org/hidden", "value": "hidden-1"}],
    "status": "active",
    "code": CODE,
    "category": [CODE],
    "type": [CODE],
    "date": "2026-01-05",
    "authored": "2026-01-05",
    "authoredOn": "2026-01-05",
    "recordedDate": "2026-01-05",
    "effectiveDateTime": "2026-01-05",
    "created": "2026-01-05",
    "name": [{"family": "Hiddenname", "given": ["Hid"]}],
    "valueQuantity": {"value": 12345, "unit": "kg"},
    "birthDate": "1931-01-05",
}


def kinds_of_people(by: FhirCodec) -> tuple[str, ...]:
    """Return the kinds that a patient's compartment has, the Patient aside."""
    return tuple(k for k in sorted(by.facts.kinds) if by.facts.compartment(k) and k != "Patient")


def about(by: FhirCodec, kind: str, id: str, patient: str, **more: Any) -> Draft:
    """Return a resource of a kind in somebody's compartment, easy to find."""
    for name in by.facts.compartment(kind):
        parameter = by.facts.parameter(kind, name)
        assert parameter is not None
        for path in _paths(kind, parameter.expression):
            body = {"resourceType": kind, "id": id, **MARKS, **_nested(path, patient), **more}
            draft = by.drafted(json.dumps(body).encode(), kind=kind, id=id)
            if patient in draft.patients:
                return draft
    raise AssertionError(f"no {kind} can be made that is about somebody")


def _paths(kind: str, expression: str) -> Iterator[list[str]]:
    for part in re.split(r"\s*\|\s*", expression):
        plain = re.sub(r"\(|\)| as \w+", "", part.partition(".where(")[0])
        steps = plain.split(".")
        if steps[0] == kind and len(steps) > 1:
            yield steps[1:]


def _nested(path: list[str], patient: str) -> Resource:
    inner: Any = {"reference": f"Patient/{patient}"}
    for step in reversed(path):
        inner = {step: inner if step in SINGLE else [inner]}
    return dict(inner)


SINGLE = frozenset(
    ("subject", "patient", "beneficiary", "for", "individual", "who", "actor", "candidate", "focus",
     "what", "party", "member", "target")
)  # fmt: skip


@cache
def plain_codec() -> FhirCodec:
    return codec()


def questions(by: FhirCodec, kind: str, draft: Draft) -> Iterator[str]:
    """Yield searches of a kind that find a resource, or say whether it is there."""
    found: dict[str, list[str]] = {}
    rows = draft.rows
    for token in rows.tokens:
        found.setdefault(token.param, []).append(f"{token.system}|{token.code}")
        found.setdefault(token.param, []).append(token.code)
    for string in rows.strings:
        found.setdefault(string.param, []).append(string.exact)
    for reference in rows.references:
        found.setdefault(reference.param, []).append(f"{reference.kind}/{reference.id}")
    for number in rows.numbers:
        found.setdefault(number.param, []).append(str(number.low))
    for uri in rows.uris:
        found.setdefault(uri.param, []).append(uri.value)
    for date in rows.dates:
        found.setdefault(date.param, []).append("2026-01-05")
    for name, parameter in by.facts.parameters(kind).items():
        if not parameter.is_served or ":" in name:
            continue
        for value in dict.fromkeys(found.get(name, ())):
            yield f"{kind}?{name}={quote(value, safe='')}"
        if parameter.type is not ParamType.COMPOSITE and not name.startswith("_"):
            yield f"{kind}?{name}:missing=false"
            yield f"{kind}?_sort=-{name}&_count=2"
