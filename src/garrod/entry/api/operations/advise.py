"""Patient/$advise: what should change an order, or everything that a person takes.

Parameters (order: MedicationRequest, medicine: code or words, shape) -> guidance and the open tasks
that advice made (`task`: whose it is, by when), or plain JSON
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from garrod.adapters.cds.guidance import Guided, parameters, plain
from garrod.adapters.cds.model import Call, Draft
from garrod.adapters.cds.orders import drafts_of
from garrod.adapters.fhir.json import Resource, meanings, words_of
from garrod.adapters.fhir.lines.asked import coded, parts_of, resource_of
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.tasks_open import plain_task
from garrod.core.errors import FhirError
from garrod.core.medicine import Coding, MedicineLine
from garrod.entry.api.advising import awaited, guided, place_of, reviewed
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.medication import possible_id, question_of
from garrod.entry.api.rooms import Rooms
from garrod.entry.housing import clock

PARTS = ("order", "medicine", "shape")
SHAPES = ("fhir", "plain")
MOST = 50  # Not clinical: orders asked about at once
PLAIN = "application/json"


async def advise(rooms: Rooms, asked: Asked) -> Answer:
    """Return what is said of each order; of everything taken, where none is named.

    Raises: AccessDenied, NotFound REC001, Gone REC002, FhirError FHR152, InputError API004.
    """
    patient = possible_id(asked.path[1])
    given = question_of(asked, ("shape",))
    parts = parts_of(resource_of(parse(asked.body)), PARTS) if asked.body else {}
    shape = coded(
        {"shape": [given["shape"]]} if "shape" in given else parts, "shape", SHAPES, "fhir"
    )
    drafts = _drafts(parts, patient)
    if drafts:
        found = await guided(rooms, asked.actor, patient, drafts)
    else:
        found = (await reviewed(rooms, asked.actor, patient),)
    tasks = await awaited(rooms, asked.actor, patient)
    if shape == "plain":
        listed = None if tasks is None else [plain_task(task) for task in tasks]
        told = {**_plain(found, patient, drafts), "tasks": listed}
        return Answer(200, orjson.dumps(told), media_type=PLAIN)
    return Answer(200, orjson.dumps(parameters(found, patient, clock(), tasks or ())))


def _plain(found: tuple[Guided, ...], patient: str, drafts: tuple[Draft, ...]) -> Any:
    references = [d.reference for d in drafts] or [""]
    said = [plain(g, place_of(patient, r)) for g, r in zip(found, references, strict=True)]
    return said[0] if len(said) == 1 else {"orders": said}


def _drafts(parts: Mapping[str, list[Any]], patient: str) -> tuple[Draft, ...]:
    """Return the orders named; what names none is refused.  Raises: FhirError FHR152."""
    orders, medicines = parts.get("order", []), parts.get("medicine", [])
    if len(orders) + len(medicines) > MOST:
        raise FhirError(f"more than {MOST} orders were sent: ask about fewer.", code="FHR152")
    if any(not isinstance(o, dict) or o.get("resourceType") != "MedicationRequest" for o in orders):
        raise FhirError("each order is a MedicationRequest.", code="FHR152")
    bundle: Resource = {"entry": [{"resource": order} for order in orders]}
    call = Call("advise", "", patient, orders=bundle)
    read = drafts_of(call, frozenset((f"Patient/{patient}",))).drafts
    return (*read, *(Draft(medicine_of(value)) for value in medicines))


def medicine_of(value: object) -> MedicineLine:
    """Return the medicine that a code, a CodeableConcept or words name.

    Raises: FhirError FHR152 where they name none.
    """
    if isinstance(value, str) and value.strip():
        return MedicineLine(value.strip()[:300])
    if isinstance(value, dict):
        named: Resource = value if "coding" in value or "text" in value else {"coding": [value]}
        line = MedicineLine(words_of(named)[:300], _coded(meanings(named)))
        if line.text or line.codings:
            return line
    raise FhirError(
        "the medicine is named by words, by a code with its system, or by both.", code="FHR152"
    )


def _coded(codings: tuple[Coding, ...]) -> tuple[Coding, ...]:
    return tuple(c for c in codings if c.code)
