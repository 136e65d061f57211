"""What a request asks of versions and of the answer: If-Match, Prefer, Accept and their like.

Source: RFC 9110 (conditional requests), RFC 7240 (Prefer), HL7 FHIR R4 (4.0.1) RESTful API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from garrod.core.errors import InputError
from garrod.core.resource import Version

ETAG = re.compile(r'(?:W/)?"(\d{1,18})"')
JSON, XML = "application/fhir+json", "application/fhir+xml"
_LINES = frozenset(("application/fhir+ndjson", "application/ndjson", "application/x-ndjson"))
_JSON_NAMES = _LINES | frozenset(
    (JSON, "application/json", "json", "text/json", "application/*", "*/*", "text/html")
)
_XML_NAMES = frozenset((XML, "application/xml", "xml", "text/xml"))


class NotAcceptable(InputError):
    """No form of the answer that the caller accepts can be given."""

    default_code = "API003"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller prefers of the answer."""

    is_lenient: bool = False
    returns: str = "representation"  # or "minimal", "OperationOutcome"
    is_async: bool = False


def expected_version(headers: Mapping[str, str]) -> int | None:
    """Return the version of If-Match; None without one.  Raises: InputError API001."""
    return _version("If-Match", headers.get("if-match", ""))


def known_version(headers: Mapping[str, str]) -> int | None:
    """Return the version of If-None-Match; None without one, or where it is "*"."""
    value = headers.get("if-none-match", "")
    return None if value.strip() == "*" else _version("If-None-Match", value)


def is_unless_any(headers: Mapping[str, str]) -> bool:
    """Return whether a write holds only where there is no such resource yet."""
    return headers.get("if-none-match", "").strip() == "*"


def _version(name: str, value: str) -> int | None:
    if not value.strip():
        return None
    found = ETAG.fullmatch(value.strip())
    if found is None:
        raise InputError(
            f'{name} is {value!r}: expected the entity tag of a version, such as W/"3".',
            code="API001",
        )
    return int(found[1])


def is_unchanged(headers: Mapping[str, str], version: Version) -> bool:
    """Return whether the caller has this version already (304)."""
    known = known_version(headers)
    if known is not None:
        return known == version.number
    since = headers.get("if-modified-since", "")
    if not since:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False  # RFC 9110 13.1.3: a date that cannot be read is ignored
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return version.at.replace(microsecond=0) <= moment


def headers_of(version: Version) -> dict[str, str]:
    """Return the headers that tell which version an answer is."""
    return {"ETag": version.etag, "Last-Modified": http_date(version.at)}


def http_date(moment: datetime) -> str:
    """Return a moment as HTTP writes it."""
    return _second(moment.astimezone(UTC).replace(microsecond=0))


@lru_cache(maxsize=64)
def _second(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def wishes_of(headers: Mapping[str, str]) -> Wishes:
    """Return what Prefer asks for; what is not known there is left out, as RFC 7240 says."""
    return _wishes(headers.get("prefer", ""))


@lru_cache(maxsize=256)
def _wishes(prefer: str) -> Wishes:
    asked = {part.strip().lower() for part in re.split(r"[,;]", prefer)}
    returns = next((r for r in ("minimal", "operationoutcome") if f"return={r}" in asked), "")
    return Wishes(
        is_lenient="handling=lenient" in asked,
        returns={"operationoutcome": "OperationOutcome"}.get(returns, returns or "representation"),
        is_async="respond-async" in asked,
    )


@lru_cache(maxsize=256)
def answers_in_xml(accept: str, format_named: str) -> bool:
    """Return whether the answer is to be XML; `_format` outranks Accept.

    Raises: NotAcceptable API003.
    """
    if format_named:
        return _named(format_named, "_format")
    if not accept.strip():
        return False
    ranked = sorted(_weighed(accept), key=lambda pair: -pair[1])
    for name, weight in ranked:
        if weight > 0 and name in _JSON_NAMES:
            return False
        if weight > 0 and name in _XML_NAMES:
            return True
    return _named(accept, "Accept")


def _named(value: str, where: str) -> bool:
    name = value.partition(";")[0].strip().lower().replace(" ", "+")
    if name in _XML_NAMES or name in _JSON_NAMES:
        return name in _XML_NAMES
    raise NotAcceptable(f"{where} asks for {value!r}: answers are in {JSON} or {XML}.")


def _weighed(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        name, *parameters = (p.strip().lower() for p in part.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            found.append((name, float(weight)))
        except ValueError:
            found.append((name, 0.0))
    return found


@lru_cache(maxsize=256)
def reads_xml(content_type: str) -> bool:
    """Return whether a body is XML.  Raises: InputError API002."""
    name = content_type.partition(";")[0].strip().lower()
    if name in ("", JSON, "application/json", "text/json", "application/json-patch+json"):
        return False
    if name in _LINES:
        return False
    if name in _XML_NAMES:
        return True
    raise InputError(
        f"the body is of type {content_type!r}: expected {JSON} or {XML}.", code="API002"
    )
