"""POST /advice: a person and a medicine, for systems without CDS Hooks.

{"person": id, "medicine": words | {"system", "code", "display"} | {"coding", "text"}} -> the JSON
of `garrod advise`, with the card beside it
"""

from __future__ import annotations

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from garrod.adapters.cds.guidance import plain
from garrod.adapters.cds.model import Draft
from garrod.adapters.cds.request import document_of
from garrod.core.errors import GarrodError, InputError
from garrod.entry.api.advising import guided, place_of
from garrod.entry.api.discreet import kept_waiting
from garrod.entry.api.faults import answer_of, unforeseen
from garrod.entry.api.operations.advise import medicine_of
from garrod.entry.api.operations.medication import possible_id
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.watch import Watch
from garrod.entry.bodies import body_of
from garrod.entry.governing import flags
from garrod.entry.guard import Guard

PATH = "/advice"
FIELDS = ("person", "medicine")
LONGEST = 64_000  # Not clinical: bytes of a question; one medicine with its codes has some hundred


class AdviceDoor:
    """Answers one question about one medicine."""

    def __init__(self, rooms: Callable[[], Rooms], guard: Guard, watch: Watch) -> None:
        self.rooms = rooms
        self.guard = guard
        self.watch = watch

    async def answer(self, request: Request) -> Response:
        """Return the answer, or what is wrong as an OperationOutcome."""
        began = monotonic()
        try:
            return await self._answer(request)
        except GarrodError as error:
            told = answer_of(error)
            await kept_waiting(told.status, None, began)
        except Exception as error:
            self.watch.fault(error)
            told = answer_of(unforeseen(error))
        return Response(
            told.body, told.status, dict(told.headers), media_type="application/fhir+json"
        )

    async def _answer(self, request: Request) -> Response:
        headers = {k.lower(): v for k, v in request.headers.items()}
        actor = await self.guard.admitted(PATH, headers)
        body_sent = await body_of(request.receive, headers)
        sent = document_of(body_sent)
        _check_once(body_sent)
        patient, draft = _asked(sent)
        rooms = self.rooms()
        found = await guided(rooms, actor, patient, (draft,))
        body = orjson.dumps(plain(found[0], place_of(patient)))
        headers = {"Cache-Control": "no-store", **flags(rooms.record, actor)}
        return Response(body, headers=headers, media_type="application/json")


def _check_once(body: bytes) -> None:
    """Refuse a question that says one thing twice: nobody can tell which person is meant.

    Raises: InputError API004.
    """
    if len(body) > LONGEST:
        raise InputError(f"a question is at most {LONGEST} bytes long.", code="API004")
    json.loads(body, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InputError("a field stands twice in the question: say each once.", code="API004")
    return found


def _asked(sent: dict[str, Any]) -> tuple[str, Draft]:
    """Return whom and what is asked about.

    Raises: InputError API004 (fields), REC001 (an id that none can have), FhirError FHR152.
    """
    unknown = sorted(sent.keys() - set(FIELDS))
    if unknown or "person" not in sent or "medicine" not in sent:
        raise InputError(
            'expected {"person": the id of a Patient, "medicine": its name or code}, and nothing '
            "else.",
            code="API004",
        )
    person = sent["person"]
    if not isinstance(person, str):
        raise InputError("`person` is the logical id of a Patient.", code="API004")
    return possible_id(person.removeprefix("Patient/")), Draft(medicine_of(sent["medicine"]))
