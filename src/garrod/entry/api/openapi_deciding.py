"""What /openapi.json tells of the doors of the decision: CDS Hooks, and one question at a time.

Source: OpenAPI 3.1.0; CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/
"""

from __future__ import annotations

from typing import Any

from garrod.entry.api.openapi_parts import parameters_of

Json = dict[str, Any]
JSON, FHIR = "application/json", "application/fhir+json"
_TEXT: Json = {"type": "string"}
_BUNDLE: Json = {"type": "object", "properties": {"resourceType": {"const": "Bundle"}}}
_OUTCOME: Json = {"$ref": "#/components/schemas/Resource"}
_CARD: Json = {
    "type": "object",
    "required": ["summary", "indicator", "source"],
    "properties": {
        "uuid": _TEXT,
        "summary": {"type": "string", "maxLength": 139},
        "indicator": {"enum": ["info", "warning", "critical"]},
        "source": {"type": "object", "required": ["label"]},
    },
}
_CALL: Json = {
    "type": "object",
    "required": ["hook", "hookInstance", "context"],
    "properties": {
        "hook": _TEXT,
        "hookInstance": _TEXT,
        "fhirServer": _TEXT,
        "context": {
            "type": "object",
            "required": ["patientId"],
            "properties": {
                "userId": _TEXT,
                "patientId": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"},
                "draftOrders": _BUNDLE,
                "medications": _BUNDLE,
                "selections": {"type": "array", "items": _TEXT},
            },
        },
        "prefetch": {"type": "object"},
    },
}
_FEEDBACK: Json = {
    "type": "object",
    "required": ["feedback"],
    "properties": {
        "feedback": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["card", "outcome", "outcomeTimestamp"],
                "properties": {
                    "card": _TEXT,
                    "outcome": {"enum": ["accepted", "overridden"]},
                    "outcomeTimestamp": _TEXT,
                },
            },
        }
    },
}
_QUESTION: Json = {
    "type": "object",
    "required": ["person", "medicine"],
    "additionalProperties": False,
    "properties": {
        "person": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"},
        "medicine": {"oneOf": [{"type": "string", "minLength": 1}, {"type": "object"}]},
    },
}
_FAULTS = {
    "400": "It cannot be read; the OperationOutcome says what was expected",
    "401": "Nobody is known by the token sent",
    "403": "It may not be asked from there",
    "404": "There is no such service, card or person",
    "405": "It is not asked by that method",
    "408": "The body did not come in time",
    "410": "The person was deleted",
    "412": "Nothing is known of this person; no order was checked",
    "413": "The body is too large",
    "415": "The body is packed in a way that is not read",
    "429": "Too much was asked at once; Retry-After says when to ask again",
    "503": "The store cannot be reached now",
}


def _answers(schema: Json, *, media: str = FHIR) -> Json:
    told: Json = {"200": {"description": "The answer", "content": {JSON: {"schema": schema}}}}
    for status, words in _FAULTS.items():
        told[status] = {"description": words, "content": {media: {"schema": _OUTCOME}}}
    return told


def _asked(summary: str, body: Json, answer: Json, *, media: str = FHIR) -> Json:
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": {JSON: {"schema": body}}},
        "responses": _answers(answer, media=media),
    }


_SERVICE: Json = {
    "name": "service",
    "in": "path",
    "required": True,
    "schema": {
        "type": "string",
        "enum": [
            f"garrod-{hook}"
            for hook in (
                *("patient-view", "order-select", "order-sign", "order-dispatch"),
                *("medication-refill", "encounter-discharge", "appointment-book"),
            )
        ],
    },
}
_CARDS: Json = {
    "type": "object",
    "required": ["cards"],
    "properties": {"cards": {"type": "array", "items": _CARD}},
}
_TASKS: Json = {
    "type": ["array", "null"],
    "items": {
        "type": "object",
        "required": ["id", "status", "words", "owner", "due"],
        "properties": {"owner": _TEXT, "due": {"type": ["string", "null"]}},
    },
}
_GUIDANCE = parameters_of(
    {"name": {"enum": ["guidance", "task"]}, "resource": _OUTCOME}, "resource"
)
# What is told of an operation of the FHIR door beside its path, by its name.
TOLD: dict[str, Json] = {
    "break-glass": {
        "summary": "$break-glass: open a person's record in an emergency, for an hour",
        "description": (
            "Parameters in: `reason`, 10 to 300 characters. For a prescriber, pharmacist or nurse "
            "who signed in within the last minutes. Out: `since`, `until` and `flag`; 201 where it "
            "was opened now, 200 where it was open. The person is told (Communication) and the "
            "privacy officer gets a Task, in the same transaction. $mend-glass ends it sooner."
        ),
    },
    "mend-glass": {
        "summary": "$mend-glass: end what one has open of a person in an emergency",
    },
    "subject-access": {
        "summary": "$subject-access: a copy of all that is held of a person, and of who saw it",
        "description": (
            "For the person themselves, and for a governance officer whom they asked (purpose "
            "PATRQT); who signed in within the last minutes. A Bundle (collection): the newest "
            "version of each resource, and an AuditEvent for each entry of the audit that names "
            "the person, without others whom it names. After 10,000 entries the link `next` gives "
            "the rest. Older versions are not in it (see _history)."
        ),
    },
    "advise": {
        "summary": "$advise: what should change an order, or everything that is taken",
        "description": (
            "Parameters in: `order` (a MedicationRequest) or `medicine` (words, code), each as "
            "often as wanted; `shape` is fhir or plain. Out: a part `guidance` for each order, a "
            "GuidanceResponse; then a part `task` for each open Task that advice made of the "
            "person: its `owner`, and the day by which it is due (`restriction.period.end`). The "
            "plain shape has them as `tasks`; null where they may not be read."
        ),
        "answer": {
            "description": "Guidance, and the open tasks of the person",
            "content": {
                FHIR: {"schema": _GUIDANCE},
                "application/fhir+xml": {},
                JSON: {"schema": {"type": "object", "properties": {"tasks": _TASKS}}},
            },
        },
    },
}
DECIDING: Json = {
    "/cds-services": {
        "get": {
            "summary": "CDS Hooks: the services",
            "responses": _answers({"type": "object", "required": ["services"]}, media=JSON),
        }
    },
    "/cds-services/{service}": {
        "parameters": [_SERVICE],
        "post": _asked("CDS Hooks: call a service", _CALL, _CARDS, media=JSON),
    },
    "/cds-services/{service}/feedback": {
        "parameters": [_SERVICE],
        "post": _asked(
            "CDS Hooks: what became of cards", _FEEDBACK, {"type": "object"}, media=JSON
        ),
    },
    "/advice": {
        "post": _asked(
            "What should change one medicine for one person",
            _QUESTION,
            {"type": "object", "required": ["advice", "clear", "not_assessed", "card"]},
        )
    },
}
