"""Parts of a Consent, strictly: what has the wrong shape is refused with the name of its field.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/datatypes.html, references.html
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from garrod.adapters.fhir.json import Resource
from garrod.care.govern.consent.model import Bound, Code, Span
from garrod.core.errors import FhirError

MALFORMED = "FHR170"
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_ADDRESS = re.compile(
    r"(?:(?P<base>[a-z][a-z0-9+.-]*://.*)/)?(?P<kind>[A-Z][A-Za-z]{1,63})/(?P<id>[A-Za-z0-9.-]{1,64})"
    r"(?:/_history/[A-Za-z0-9.-]{1,64})?(?:#.*)?"
)
_LAST = timedelta(days=1) - timedelta(microseconds=1)


def fault(where: str, expected: str) -> FhirError:
    """Return the error for a field with the wrong shape."""
    return FhirError(f"{where}: expected {expected}.", code=MALFORMED)


def object_at(holder: Resource, name: str, where: str) -> Resource:
    """Return an object, an empty one where it is absent.  Raises: FhirError FHR170."""
    value = holder.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise fault(f"{where}.{name}", "an object")
    return value


def objects_at(holder: Resource, name: str, where: str) -> Iterator[tuple[str, Resource]]:
    """Yield the place and value of each object of a list.  Raises: FhirError FHR170."""
    value = holder.get(name)
    if value is None:
        return
    if not isinstance(value, list):
        raise fault(f"{where}.{name}", "a list")
    if not value:  # nobody can tell whether that means anything, or nothing
        raise fault(f"{where}.{name}", "at least one, or no such member")
    for number, item in enumerate(value):
        place = f"{where}.{name}[{number}]"
        if not isinstance(item, dict):
            raise fault(place, "an object")
        yield place, item


def text_at(holder: Resource, name: str, where: str) -> str:
    """Return a text, "" where it is absent.  Raises: FhirError FHR170."""
    value = holder.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise fault(f"{where}.{name}", "a text")
    return value.strip()


def codes_of(concept: Resource, where: str) -> frozenset[Code]:
    """Return the codings of a CodeableConcept that have a code.  Raises: FhirError FHR170."""
    found = (coding_of(coding, place) for place, coding in objects_at(concept, "coding", where))
    return frozenset(code for code in found if code[1])


def coding_of(coding: Resource, where: str) -> Code:
    """Return system and code of a Coding.  Raises: FhirError FHR170."""
    return text_at(coding, "system", where), text_at(coding, "code", where)


@lru_cache(maxsize=16_384)
def logical(reference: str, base: str | None = None) -> str:
    """Return a reference as "Kind/id" where it names something here, else as it stands.

    `base` is this server's own address; None: any server's address is taken as ours.
    """
    found = _ADDRESS.fullmatch(reference)
    if found is None:
        return reference
    if base is not None and found["base"] is not None and found["base"] != base.rstrip("/"):
        return reference
    return f"{found['kind']}/{found['id']}"


def reference_of(value: Resource, where: str, base: str | None) -> str:
    """Return what a Reference names: "Kind/id", or "system|value" where it is by identifier.

    "" where it is neither.  Raises: FhirError FHR170.
    """
    named = text_at(value, "reference", where)
    if named:
        return logical(named, base)
    identifier = object_at(value, "identifier", where)
    number = text_at(identifier, "value", f"{where}.identifier")
    system = text_at(identifier, "system", f"{where}.identifier")
    return f"{system}|{number}" if number else ""


@lru_cache(maxsize=16_384)
def moment_of(text: str, *, is_end: bool = False) -> datetime | None:
    """Return the first moment of a date or time, or its last; None where it is none.

    A date, and a time without a zone, is read as UTC.
    """
    bound = bound_of(text, is_end=is_end)
    if bound is None or isinstance(bound, datetime):
        return bound
    first = datetime.combine(bound, time(), UTC)
    return first + _LAST if is_end else first


def bound_of(text: str, *, is_end: bool = False) -> Bound | None:
    """Return a date or moment as one end of a period; None where it is neither.

    Of a year or month, and of a time to the second, the last day or microsecond for an end.
    """
    try:
        return _date(text, is_end=is_end) or _time(text, is_end=is_end)
    except (ValueError, OverflowError):
        return None


def _date(text: str, *, is_end: bool) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    month = month or (12 if is_end else 1)
    return date(year, month, day or (monthrange(year, month)[1] if is_end else 1))


def _time(text: str, *, is_end: bool) -> datetime | None:
    if _MOMENT.fullmatch(text) is None:
        return None
    found = datetime.fromisoformat(text)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not is_end or "." in text:
        return found
    if len(text.partition("T")[2].split("Z")[0].split("+")[0].split("-")[0]) <= 5:
        return found.replace(second=59, microsecond=999_999)
    return found.replace(microsecond=999_999)


def span_of(holder: Resource, name: str, where: str) -> tuple[Span | None, bool]:
    """Return a Period, and whether it was read: a date that is none, or an empty one, is not.

    Raises: FhirError FHR170.
    """
    if holder.get(name) is None:
        return None, True
    value, place = object_at(holder, name, where), f"{where}.{name}"
    written = text_at(value, "start", place), text_at(value, "end", place)
    start, end = bound_of(written[0]), bound_of(written[1], is_end=True)
    is_read = any(written) and bool(written[0]) == (start is not None)
    is_read = is_read and bool(written[1]) == (end is not None)
    return Span(start, end), is_read


def is_odd(holder: dict[str, Any], known: frozenset[str]) -> bool:
    """Return whether there is a modifier, or a member that R4 does not have there."""
    return any(name.lstrip("_") not in known for name in holder)
