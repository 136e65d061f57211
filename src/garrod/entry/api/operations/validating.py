"""$validate: what is wrong with a resource, without storing it."""

from __future__ import annotations

from garrod.adapters.fhir.outcome import outcome
from garrod.adapters.fhir.record.parse import parse
from garrod.core.errors import FhirError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms


async def validate(rooms: Rooms, asked: Asked) -> Answer:
    """Return what is wrong with the resource sent, or stored under the id; 200 in either case."""
    body = asked.body
    if asked.method == "GET":
        if len(asked.path) != 3:
            raise FhirError("$validate by GET needs the id of a resource.", code="FHR127")
        kind, id, _ = asked.path
        body = rooms.codec.served(await rooms.record.read(asked.actor, kind, id))
    resource = parse(body)
    if resource["resourceType"] == "Parameters":
        resource = _within(resource)
    return Answer(200, outcome(rooms.codec.checker.check(resource)))


def _within(parameters: dict[str, object]) -> dict[str, object]:
    """Return the resource that Parameters hold."""
    listed = parameters.get("parameter", [])
    for part in listed if isinstance(listed, list) else []:
        if isinstance(part, dict) and part.get("name") == "resource":
            held = part.get("resource")
            if isinstance(held, dict):
                return held
    raise FhirError("the Parameters of $validate hold no 'resource'.", code="FHR127")
