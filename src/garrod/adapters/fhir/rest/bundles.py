"""A batch or transaction Bundle as acts of the record.

Bundle bytes -> Entry for each entry, its resource still the bytes that were sent
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.record.splice import slice_entries
from garrod.care.record.entries import Entry, Method
from garrod.care.record.query import Query
from garrod.core.errors import FhirError

KINDS = ("batch", "transaction")
_ETAG = re.compile(r'(?:W/)?"(\d{1,18})"')
_KIND = re.compile(r"[A-Z][A-Za-z]{1,60}")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
Sought = Callable[[str], Query]


def read_entries(body: bytes, bundle: Resource, sought: Sought) -> list[Entry]:
    """Return the acts that a batch or transaction asks for.

    Raises: FhirError FHR125, naming the entry, what was expected, and what to do.
    """
    listed = bundle.get("entry", [])
    resources = slice_entries(body)
    return [
        _entry(number, given, resource, sought)
        for number, (given, resource) in enumerate(zip(listed, resources, strict=True))
    ]


def _entry(number: int, given: Any, resource: bytes, sought: Sought) -> Entry:
    request = given.get("request") if isinstance(given, dict) else None
    if not isinstance(request, dict):
        raise _wrong(number, "request", "has no request: expected a method and a url")
    method = _method(number, request)
    url = str(request.get("url", "")).lstrip("/")
    path, _, question = url.partition("?")
    kind, _, id = path.partition("/")
    if method is Method.GET:
        return Entry(
            method,
            kind,
            url=url,
            full_url=str(given.get("fullUrl", "")),
            unless_known=str(request.get("ifNoneMatch", "")),
            unless_since=str(request.get("ifModifiedSince", "")),
        )
    _check_url(number, method, path, question)
    if not _KIND.fullmatch(kind) or (id and not _ID.fullmatch(id)):
        raise _wrong(number, "request.url", f"is {url!r}: expected a type, or a type and an id")
    body = _body(number, method, given, resource, kind)
    named = str(request.get("ifNoneExist", "")) if method is Method.POST else question
    condition, search = _condition(number, kind, named, sought)
    return Entry(
        method,
        kind,
        id=id,
        body=body,
        full_url=str(given.get("fullUrl", "")),
        expected=_expected(number, request),
        search=search,
        condition=condition,
        own_id=_own_id(method, given, condition),
        url=url,
        parsed=given.get("resource") if body else None,
    )


def _method(number: int, request: Resource) -> Method:
    try:
        return Method(str(request.get("method", "")))
    except ValueError:
        known = ", ".join(Method)
        raise _wrong(number, "request.method", f"is not one of {known}") from None


def _check_url(number: int, method: Method, path: str, question: str) -> None:
    kind, _, id = path.partition("/")
    needs_one = method in (Method.PUT, Method.PATCH, Method.DELETE)
    if needs_one and not id and not question:
        raise _wrong(
            number, "request.url", f"names {kind!r} alone: {method} needs an id or a search"
        )
    if method is Method.POST and (id or question):
        raise _wrong(number, "request.url", "has an id or a search: POST needs the type alone")


def _body(number: int, method: Method, given: Resource, resource: bytes, kind: str) -> bytes:
    if method is Method.DELETE:
        return b""
    held = given.get("resource")
    if not isinstance(held, dict):
        raise _wrong(number, "resource", f"is not there: {method} needs one")
    named = held.get("resourceType")
    is_patch = method is Method.PATCH
    if not is_patch and named != kind:
        raise _wrong(number, "resource", f"is of type {named!r}, and the url names {kind}")
    if is_patch and named not in ("Binary", "Parameters"):
        raise _wrong(number, "resource", "is neither Parameters (FHIRPath Patch) nor Binary")
    return resource


def _own_id(method: Method, given: Resource, condition: str) -> str:
    """Return the id that the body of a conditional update has; "" for any other act."""
    found = given["resource"].get("id") if method is Method.PUT and condition else ""
    return found if isinstance(found, str) else ""


def _condition(number: int, kind: str, condition: str, sought: Sought) -> tuple[str, Query | None]:
    condition = condition.lstrip("?").removeprefix(f"{kind}?")
    if not condition:
        return "", None
    try:
        return condition, sought(f"{kind}?{condition}")
    except FhirError as error:
        raise _wrong(number, "request", f"cannot be searched by: {error.message}") from error


def _expected(number: int, request: Resource) -> int | None:
    given = str(request.get("ifMatch", ""))
    if not given:
        return None
    found = _ETAG.fullmatch(given)
    if found is None:
        raise _wrong(number, "request.ifMatch", f'is {given!r}: expected an entity tag, W/"3"')
    return int(found[1])


def _wrong(number: int, field: str, what: str) -> FhirError:
    return FhirError(f"Bundle.entry[{number}].{field} {what}.", code="FHR125")
