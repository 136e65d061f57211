"""/openapi.json: the paths of the FHIR door, as the FHIR specification shapes them."""

from __future__ import annotations

from typing import Any

ID = {"name": "id", "in": "path", "required": True,
      "schema": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}}  # fmt: skip
KIND = {"name": "type", "in": "path", "required": True,
        "schema": {"type": "string", "pattern": "^[A-Z][A-Za-z]{1,60}$"}}  # fmt: skip
VERSION = {"name": "version", "in": "path", "required": True,
           "schema": {"type": "integer", "minimum": 1}}  # fmt: skip
FHIR = "application/fhir+json"
BODY = {"required": True, "content": {FHIR: {"schema": {"type": "object"}}}}
FAULT = {"description": "An OperationOutcome that says what is wrong", "content": {FHIR: {}}}
ANSWERS = {
    "default": FAULT,
    "200": {"description": "A resource or a Bundle", "content": {FHIR: {}}},
}
_PATHS: tuple[tuple[str, str, str, tuple[dict[str, Any], ...]], ...] = (
    ("/fhir", "post", "Batch or transaction", ()),
    ("/fhir/metadata", "get", "What the server does", ()),
    ("/fhir/_history", "get", "History of everything", ()),
    ("/fhir/{type}", "get", "Search", (KIND,)),
    ("/fhir/{type}", "post", "Create", (KIND,)),
    ("/fhir/{type}", "put", "Update the one that a search names", (KIND,)),
    ("/fhir/{type}", "delete", "Delete the one that a search names", (KIND,)),
    ("/fhir/{type}/_history", "get", "History of a type", (KIND,)),
    ("/fhir/{type}/{id}", "get", "Read", (KIND, ID)),
    ("/fhir/{type}/{id}", "put", "Update", (KIND, ID)),
    ("/fhir/{type}/{id}", "delete", "Delete", (KIND, ID)),
    ("/fhir/{type}/{id}/_history", "get", "History of a resource", (KIND, ID)),
    ("/fhir/{type}/{id}/_history/{version}", "get", "Read a version", (KIND, ID, VERSION)),
    ("/health", "get", "Whether the server and its store answer", ()),
    ("/metrics", "get", "Counts and times", ()),
)


def described(version: str) -> dict[str, Any]:
    """Return the OpenAPI description."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, summary, parameters in _PATHS:
        told: dict[str, Any] = {"summary": summary, "responses": ANSWERS}
        if parameters:
            told["parameters"] = list(parameters)
        if method in ("post", "put"):
            told["requestBody"] = BODY
        paths.setdefault(path, {})[method] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": "Garrod", "version": version},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    }
