"""What /openapi.json is put together from: the acts, their parameters, bodies and statuses.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/http.html, https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
FHIR, XML, PATCH = "application/fhir+json", "application/fhir+xml", "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
ID_SCHEMA: Json = {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}
RESOURCE: Json = {"$ref": "#/components/schemas/Resource"}
STATUS = {
    "200": "A resource or a Bundle",
    "201": "It was made; Location says where it stands",
    "202": "It goes on in the background; Content-Location says where its state is told",
    "204": "It is not there, or no longer",
    "304": "It is as the caller knows it",
    "400": "The request cannot be read or means nothing; the OperationOutcome says why",
    "401": "Nobody is known by the token sent",
    "403": "It may not be asked, or not from there",
    "404": "There is no such type, resource or operation",
    "405": "It is not done by that method there",
    "406": "No form of the answer that is accepted can be given",
    "409": "It conflicts with what is there",
    "408": "The body did not come in time",
    "410": "It was deleted; its history is there",
    "412": "Another version is there, or a condition names several; the OperationOutcome says what",
    "413": "The body is too large",
    "414": "The question is too long: send it by POST to _search",
    "415": "The body is of a type that is not read here",
    "422": "It is JSON or XML, and no valid resource; every fault is told",
    "428": "It has to say on which version it is based (If-Match)",
    "429": "Too much was asked at once; Retry-After says when to ask again",
    "503": "The store cannot be reached now; Retry-After says when to ask again",
}
_READ = ("200", "400", "401", "403", "404", "406", "414", "429", "503")
_WRITE = (*_READ, "201", "408", "409", "412", "413", "415", "422")
_GONE = ("204", "400", "401", "403", "404", "406", "409", "412", "414", "429", "503")
_SEARCH = ("_count", "_sort", "_summary", "_elements", "_total", "_page", "_id", "_lastUpdated")
_HISTORY = ("_count", "_since", "_at", "_page")
_CONDITION = ("identifier", "_id")


@dataclass(frozen=True, slots=True)
class Act:
    """What is done at a path by a method."""

    path: str
    method: str
    summary: str
    statuses: tuple[str, ...] = _READ
    parameters: tuple[str, ...] = ()
    body: str = ""
    is_closed: bool = True  # asks for the token


ACTS = (
    Act("/fhir", "get", "Search of several types", parameters=("_type", *_SEARCH)),
    Act("/fhir", "post", "Batch or transaction", (*_WRITE, "410"), ("Prefer",), "Bundle"),
    Act("/fhir/metadata", "get", "What the server does", ("200", "406", "400"), is_closed=False),
    Act("/fhir/_history", "get", "History of everything", parameters=_HISTORY),
    Act("/fhir/{type}", "get", "Search", parameters=("Prefer", *_SEARCH)),
    Act("/fhir/{type}", "post", "Create", _WRITE, ("If-None-Exist", "Prefer"), "Resource"),
    Act(
        *("/fhir/{type}", "put", "Update the one that a search names", _WRITE),
        *(_CONDITION, "Resource"),
    ),
    Act(
        *("/fhir/{type}", "patch", "Change the one that a search names", (*_WRITE, "410")),
        *((*_CONDITION, "If-Match"), "Patch"),
    ),
    Act("/fhir/{type}", "delete", "Delete the one that a search names", _GONE, _CONDITION),
    Act("/fhir/{type}/_search", "post", "Search by a form", (*_READ, "413", "415"), (), "Form"),
    Act("/fhir/{type}/_history", "get", "History of a type", parameters=_HISTORY),
    Act(
        *("/fhir/{type}/{id}", "get", "Read", (*_READ, "304", "410")),
        ("_summary", "_elements", "If-None-Match", "If-Modified-Since"),
    ),
    Act(
        *("/fhir/{type}/{id}", "put", "Update", _WRITE),
        *(("If-Match", "If-None-Match", "Prefer"), "Resource"),
    ),
    Act(
        *("/fhir/{type}/{id}", "patch", "Change", (*_WRITE, "410"), ("If-Match", "Prefer")),
        "Patch",
    ),
    Act("/fhir/{type}/{id}", "delete", "Delete", _GONE, ("If-Match",)),
    Act("/fhir/{type}/{id}/_history", "get", "History of a resource", parameters=_HISTORY),
    Act(
        *("/fhir/{type}/{id}/_history/{version}", "get", "Read a version"),
        (*_READ, "304", "410"),
    ),
    Act(
        *("/fhir/Patient/{id}/{type}", "get", "Search of a person's compartment"),
        *((*_READ, "410"), _SEARCH),
    ),
)


def _given(where: str, name: str, schema: Json, **more: Any) -> Json:
    is_needed = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, **is_needed, "schema": schema, **more}


def _chosen(*words: str) -> Json:
    return {"type": "string", "enum": list(words)}


_WORD: Json = {"type": "string"}
_TAG: Json = {"type": "string", "pattern": '^(W/)?"[0-9]{1,9}"$'}
_MOMENT: Json = {"type": "string", "format": "date-time"}
PARAMETERS = {
    "type": {
        **_given("path", "type", {"$ref": "#/components/schemas/Kind"}),
        "example": "Patient",
    },
    "id": {**_given("path", "id", ID_SCHEMA), "example": "example"},
    "version": _given("path", "version", {"type": "integer", "minimum": 1}),
    "_count": _given("query", "_count", {"type": "integer", "minimum": 0, "maximum": 1000}),
    "_sort": _given("query", "_sort", _chosen("_id", "-_id", "_lastUpdated", "-_lastUpdated")),
    "_summary": _given("query", "_summary", _chosen("true", "false", "text", "data", "count")),
    "_elements": _given("query", "_elements", {**_WORD, "pattern": "^[a-z]{1,20}(,[a-z]{1,20})?$"}),
    "_total": _given("query", "_total", _chosen("none", "estimate", "accurate")),
    "_page": _given("query", "_page", _WORD, description="From the link to the next page"),
    "_type": _given("query", "_type", {"$ref": "#/components/schemas/Kind"}),
    "_id": _given("query", "_id", ID_SCHEMA),
    "_lastUpdated": _given("query", "_lastUpdated", {"type": "string", "format": "date"}),
    "_since": _given("query", "_since", _MOMENT),
    "_at": _given("query", "_at", _MOMENT),
    "identifier": _given("query", "identifier", _WORD),
    "If-Match": _given("header", "If-Match", _TAG),
    "If-None-Match": _given("header", "If-None-Match", _TAG),
    "If-Modified-Since": _given("header", "If-Modified-Since", _WORD),
    "If-None-Exist": _given("header", "If-None-Exist", _WORD),
    "Prefer": _given(
        "header",
        "Prefer",
        _chosen("return=minimal", "return=representation", "return=OperationOutcome",
                "handling=strict", "handling=lenient", "respond-async"),
    ),
}  # fmt: skip
_METHODS = _chosen("GET", "POST", "PUT", "PATCH", "DELETE")
BUNDLE: Json = {
    "type": "object",
    "required": ["resourceType", "type"],
    "properties": {
        "resourceType": {"const": "Bundle"},
        "type": _chosen("batch", "transaction"),
        "entry": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["request"],
                "properties": {
                    "fullUrl": _WORD,
                    "resource": RESOURCE,
                    "request": {
                        "type": "object",
                        "required": ["method", "url"],
                        "properties": {"method": _METHODS, "url": _WORD, "ifMatch": _TAG},
                    },
                },
            },
        },
    },
}
_OPERATION: Json = {
    "type": "object",
    "required": ["op", "path"],
    "properties": {
        "op": _chosen("add", "remove", "replace", "move", "copy", "test"),
        "path": {"type": "string"},
        "from": {"type": "string"},
        "value": {},
    },
}


def parameters_of(part: Json, *needed: str) -> Json:
    """Return the schema of a Parameters resource; `part` are the members of each of its parts."""
    item = {"type": "object", "required": ["name", *needed], "properties": part}
    members = {
        "resourceType": {"const": "Parameters"},
        "parameter": {"type": "array", "items": item},
    }
    return {"type": "object", "required": ["resourceType"], "properties": members}


_PARAMETERS = parameters_of({"name": _WORD, "valueString": _WORD, "resource": RESOURCE})
_FORM: Json = {
    "type": "object",
    "properties": {"_id": ID_SCHEMA, "_count": {"type": "integer", "minimum": 0}},
}
EXAMPLE: Json = {"resourceType": "Patient", "id": "example", "gender": "female"}
_BODIES: dict[str, Json] = {
    "Resource": {FHIR: {"schema": RESOURCE, "example": EXAMPLE}},
    "Bundle": {FHIR: {"schema": {"$ref": "#/components/schemas/Bundle"}}},
    "Patch": {
        PATCH: {"schema": {"type": "array", "items": _OPERATION}},
        FHIR: {"schema": _PARAMETERS},
    },
    "Parameters": {FHIR: {"schema": _PARAMETERS}},
    "Form": {FORM: {"schema": _FORM}},
}


def body_of(name: str) -> Json:
    """Return what a request of a sort may send."""
    return {"required": True, "content": _BODIES[name]}
