"""/openapi.json: the paths of the FHIR door, as the FHIR specification shapes them.

acts by path and method + operations that are registered -> paths, with parameters and statuses
Source: OpenAPI 3.1.0; HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Protocol

from garrod.entry.api.openapi_deciding import DECIDING, TOLD
from garrod.entry.api.openapi_parts import (
    ACTS,
    BUNDLE,
    FHIR,
    ID_SCHEMA,
    PARAMETERS,
    STATUS,
    XML,
    Act,
    body_of,
)

Json = dict[str, Any]
READING, WRITING = ("200", "404", "410"), ("200", "404", "409", "410", "412", "415", "422")
ALWAYS = ("400", "401", "403", "406", "414", "429", "503")
PAGES = {
    "/health": ("Whether the server and its store answer", "application/json"),
    "/metrics": ("Counts and times", "text/plain"),
}
BY_LEVEL = {"system": "/fhir", "type": "/fhir/{type}", "instance": "/fhir/{type}/{id}"}


class Offered(Protocol):
    """An operation, as the page names it."""

    @property
    def name(self) -> str:
        """Its name without "$"."""
        ...

    @property
    def levels(self) -> frozenset[str]:
        """Where it may be asked: system, type, instance."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The types that it is asked of; none: every type."""
        ...

    @property
    def methods(self) -> frozenset[str]:
        """The methods by which it is asked."""
        ...


def described(
    version: str, kinds: Collection[str] = (), operations: Iterable[Offered] = ()
) -> Json:
    """Return the OpenAPI description; without kinds, a type is any word that may be one."""
    paths: dict[str, Json] = {}
    for act in ACTS:
        paths.setdefault(act.path, {})[act.method] = _act(act)
    for operation in sorted(operations, key=lambda one: one.name):
        for path, told in _operation(operation):
            paths.setdefault(path, {}).update(told)
    for path, (summary, media) in PAGES.items():
        answered = {"200": {"description": summary, "content": {media: {}}}}
        paths[path] = {"get": {"summary": summary, "responses": answered, "security": []}}
    paths.update(DECIDING)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Garrod", "version": version},
        "paths": paths,
        "components": _components(kinds),
        "security": [{"token": []}],
    }


def _act(act: Act) -> Json:
    told: Json = {"summary": act.summary, "responses": _responses(act.statuses)}
    names = [*_of_path(act.path), *act.parameters]
    if names:
        told["parameters"] = [_ref("parameters", name) for name in names]
    if act.body:
        told["requestBody"] = body_of(act.body)
    if not act.is_closed:
        told["security"] = []
    return told


def _of_path(path: str) -> list[str]:
    return [name for name in ("type", "id", "version") if f"{{{name}}}" in path]


def _responses(statuses: Iterable[str]) -> Json:
    return {status: _ref("responses", status) for status in sorted(statuses)}


def _operation(operation: Offered) -> Iterable[tuple[str, Json]]:
    """Yield the paths of an operation, and how it is asked there."""
    for level in sorted(operation.levels):
        whose = sorted(operation.kinds) if level != "system" else ()
        for kind in whose or ("",):
            place = BY_LEVEL[level].replace("{type}", kind) if kind else BY_LEVEL[level]
            path = f"{place}/${operation.name}"
            yield path, {method.lower(): _asked(operation, path, method) for method in
                         sorted(operation.methods)}  # fmt: skip


def _asked(operation: Offered, path: str, method: str) -> Json:
    statuses = {*ALWAYS, *READING, "202", "405", "422"}
    known = TOLD.get(operation.name, {})
    told: Json = {"summary": known.get("summary", f"${operation.name}")}
    if "description" in known:
        told["description"] = known["description"]
    names = [*_of_path(path)]
    if method == "POST":
        statuses |= {*WRITING, "201", "413", "428"}
        told["requestBody"] = {**body_of("Parameters"), "required": False}
        names += ["If-Match"]
    told["parameters"] = [_ref("parameters", name) for name in names]
    told["responses"] = _responses(statuses)
    if "answer" in known:
        told["responses"]["200"] = known["answer"]
    return told


def _ref(where: str, name: str) -> Json:
    return {"$ref": f"#/components/{where}/{name}"}


def _components(kinds: Collection[str]) -> Json:
    word: Json = {"type": "string", "pattern": "^[A-Z][A-Za-z]{1,60}$"}
    kind: Json = {"type": "string", "enum": sorted(kinds)} if kinds else word
    resource = {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": kind, "id": ID_SCHEMA},
    }
    said = {FHIR: {"schema": {"$ref": "#/components/schemas/Resource"}}, XML: {}}
    responses: Json = {}
    for status, description in STATUS.items():
        has_body = status not in ("204", "304")
        responses[status] = {"description": description, **({"content": said} if has_body else {})}
    return {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {"Kind": kind, "Resource": resource, "Bundle": BUNDLE},
        "parameters": PARAMETERS,
        "responses": responses,
    }
