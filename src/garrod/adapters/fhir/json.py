"""Reads FHIR JSON from a file, and walks it without tripping over what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from garrod.core.errors import FhirError
from garrod.core.medicine import Coding

Resource = dict[str, Any]
_NOTHING: Iterator[Resource] = iter(())  # at its end, and so the same for all
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # Not clinical: what some editors write before UTF-8 text
LARGEST = 64 * 1024 * 1024  # bytes; a person's bundle is far smaller


def read_resource(path: Path, *, wanted: tuple[str, ...]) -> Resource:
    """Return the resource in a file.  Raises: FhirError FHR001, FHR002."""
    try:
        if path.stat().st_size > LARGEST:
            raise FhirError(f"{path}: larger than 64 MB; send one person's data", code="FHR001")
        found = orjson.loads(path.read_bytes().removeprefix(BYTE_ORDER_MARK))
    except OSError as error:
        raise FhirError(
            f"{path}: cannot be read ({error.strerror}); check the path", code="FHR001"
        ) from error
    except orjson.JSONDecodeError as error:
        raise FhirError(
            f"{path}: is not JSON ({error}); export it as FHIR R4 JSON", code="FHR001"
        ) from error
    kind = found.get("resourceType") if isinstance(found, dict) else None
    if kind not in wanted:
        raise FhirError(
            f"{path}: holds {kind or 'no FHIR resource'}, expected {' or '.join(wanted)}",
            code="FHR002",
        )
    return dict(found)


def many(resource: Resource, name: str) -> Iterator[Resource]:
    """Yield the objects of a repeating field; nothing where the field is absent or malformed."""
    value = resource.get(name)
    if isinstance(value, list):
        return iter([item for item in value if isinstance(item, dict)])
    return _NOTHING


def one(resource: Resource, name: str) -> Resource:
    """Return an object field, an empty one where it is absent or malformed."""
    value = resource.get(name)
    return value if isinstance(value, dict) else {}


def text(resource: Resource, name: str) -> str:
    """Return a text field, "" where it is absent or malformed."""
    value = resource.get(name)
    return value if isinstance(value, str) else ""


def codings(concept: Resource) -> tuple[Coding, ...]:
    """Return the codings of a CodeableConcept; its text, where it has no coding, as one."""
    words = text(concept, "text")
    found = tuple(
        [
            _coding(text(c, "system"), text(c, "code"), text(c, "display") or words)
            for c in many(concept, "coding")
        ]
    )
    return found or ((Coding("", "", words),) if words else ())


@lru_cache(maxsize=8192)
def _coding(system: str, code: str, display: str) -> Coding:
    """Return a coding; the results of a person share what they are of."""
    return Coding(system, code, display)


def meanings(concept: Resource) -> tuple[Coding, ...]:
    """Return the codings of a CodeableConcept, and its text too where that says more."""
    found, words = codings(concept), text(concept, "text")
    if not words or any(words == c.display for c in found):
        return found
    return (*found, Coding("", "", words))


def words_of(concept: Resource) -> str:
    """Return the words of a CodeableConcept: its text, or the first display."""
    words = text(concept, "text")
    if words or "coding" not in concept:
        return words
    return next((s for c in many(concept, "coding") if (s := text(c, "display"))), "")


def has_code(concept: Resource, *codes: str) -> bool:
    """Return whether a CodeableConcept has one of the codes."""
    return any(text(c, "code") in codes for c in many(concept, "coding"))


def decimal_of(value: object) -> Decimal | None:
    """Return a number of JSON, or in words, as a decimal; None where it is none, or endless."""
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
