"""$validate: what is wrong with a resource, by R4, its profiles and those asked for.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/resource-operation-validate.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from garrod.adapters.fhir.outcome import outcome
from garrod.adapters.fhir.record.parse import parse
from garrod.core.errors import FhirError, InputError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms

KNOWN = frozenset(("profile", "mode", "_format", "_pretty"))


async def validate(rooms: Rooms, asked: Asked) -> Answer:
    """Return what is wrong with the resource sent, or stored under the id; 200 in either case."""
    profiles = _profiles_in(asked.question)
    if asked.method == "GET" or not asked.body:
        if len(asked.path) != 3:
            raise FhirError("$validate needs a resource, or the id of one.", code="FHR127")
        kind, id, _ = asked.path
        found = await rooms.record.read(asked.actor, kind, id)
        resource = parse(rooms.codec.served(found))
    else:
        resource = parse(asked.body)
    if resource["resourceType"] == "Parameters" and asked.path[0] != "Parameters":
        given = list(_parts(resource))
        profiles += [str(v) for name, v in given if name == "profile"]
        held = next((v for name, v in given if name == "resource"), None)
        if not isinstance(held, dict):
            raise FhirError("the Parameters of $validate hold no 'resource'.", code="FHR127")
        resource = held
    return Answer(200, outcome(rooms.codec.profiles.check(resource, profiles)))


def _profiles_in(question: str) -> list[str]:
    given = parse_qsl(question)
    unknown = next((name for name, _ in given if name not in KNOWN), "")
    if unknown:
        raise InputError(f"$validate knows no parameter {unknown[:40]!r}.", code="API004")
    return [value for name, value in given if name == "profile"]


def _parts(parameters: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each parameter."""
    listed = parameters.get("parameter", [])
    if not isinstance(listed, list) or not all(isinstance(part, dict) for part in listed):
        raise FhirError("the 'parameter' of Parameters is no list of objects.", code="FHR127")
    for part in listed:
        value = next((v for k, v in part.items() if k.startswith("value") or k == "resource"), None)
        yield str(part.get("name", "")), value
