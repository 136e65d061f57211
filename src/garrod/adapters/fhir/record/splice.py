"""Serves received bytes with our own `id` and `meta`, and every other byte as it was sent.

bytes -> Splice (where they stand) -> served; entries of a Bundle; references put in
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/http.html (update, transaction)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec
import orjson

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.record.scan import Member, end_of_value, members
from garrod.care.record.entries import References
from garrod.core.errors import FhirError, InternalFault
from garrod.core.resource import Splice, Version

_OURS = frozenset(("id", "meta"))
_OUR_META = frozenset(("versionId", "lastUpdated", "_versionId", "_lastUpdated"))
_META = b'"meta"'
_ESCAPED = b"\\u00"  # a plain letter written as an escape begins so
_REFERENCE = re.compile(
    rb'(?<!\\)("reference"[ \t\r\n]*+:[ \t\r\n]*+)("[^"\\]*+(?:\\.[^"\\]*+)*+")', re.DOTALL
)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CONDITIONAL = re.compile(r"[A-Z][A-Za-z]*\?")


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = msgspec.field(default_factory=list)


def splice_of(body: bytes, resource: Resource) -> Splice:
    """Return where `id` and `meta` stand in the bytes of a parsed resource.

    Raises: FhirError FHR106 where `meta` is no object.
    """
    wanted = {"resourceType"} | (_OURS & resource.keys())
    if not isinstance(resource.get("meta", {}), dict):
        raise FhirError(
            f"{resource['resourceType']}.meta is no object; expected one, or no such member.",
            code="FHR106",
        )
    at = id_start = id_end = meta_start = meta_end = 0
    kept = b""
    for name, start, value, end in _found(body, wanted):
        if name not in wanted:
            continue
        wanted.discard(name)
        if name == "resourceType":
            at = end
        elif name == "id":
            id_start, id_end = start, end
        else:
            meta_start, meta_end, kept = start, end, _kept(body, value)
        if not wanted:
            break
    return Splice(at, id_start, id_end, meta_start, meta_end, kept)


def _found(body: bytes, wanted: set[str]) -> Iterator[Member]:
    """Yield members until none is wanted; `meta` first, where nothing else can be spelt so."""
    if "meta" in wanted and _ESCAPED not in body and body.count(_META) == 1:
        start = body.index(_META)
        value = body.index(b"{", start)
        yield Member("meta", start, value, end_of_value(body, value))
    yield from members(body)


def _kept(body: bytes, at: int) -> bytes:
    """Return the members of a received meta that stay, as they were written."""
    return b",".join(body[m.start : m.end] for m in members(body, at) if m.name not in _OUR_META)


def served(version: Version) -> bytes:
    """Return the bytes of a version with its `id` and `meta` in the place of those received.

    Raises: InternalFault where the version is a deletion, or has no splice.
    """
    splice, body = _there(version)
    ident = b'"id":"%s"' % version.id.encode()
    kept = b"," + splice.meta if splice.meta else b""
    meta = b'"meta":{"versionId":"%d","lastUpdated":"%s"%s}' % (
        version.number,
        instant(version.at).encode(),
        kept,
    )
    edits = [_edit(splice.id_start, splice.id_end, ident, splice.at)]
    edits.append(_edit(splice.meta_start, splice.meta_end, meta, splice.at))
    out: list[bytes] = []
    done = 0
    for start, end, text in sorted(edits, key=lambda edit: edit[0]):
        out += (body[done:start], text)
        done = end
    out.append(body[done:])
    return b"".join(out)


def served_parsed(version: Version) -> Resource:
    """Return what `served` returns as a parser reads it, for who reads many and sends none.

    Raises: InternalFault as `served` does.
    """
    _, body = _there(version)
    found: Resource = orjson.loads(body)
    meta: Resource = {"versionId": str(version.number), "lastUpdated": instant(version.at)}
    meta |= {k: v for k, v in found.get("meta", {}).items() if k not in _OUR_META}
    return {**found, "id": version.id, "meta": meta}


def _there(version: Version) -> tuple[Splice, bytes]:
    if version.splice is None or not version.body:
        raise InternalFault(f"{version.kind}/{version.id} version {version.number} has no body.")
    return version.splice, version.body


def _edit(start: int, end: int, text: bytes, at: int) -> tuple[int, int, bytes]:
    return (start, end, text) if end else (at, at, b"," + text)


def instant(moment: datetime) -> str:
    """Return a UTC moment as FHIR writes an instant, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def slice_entries(bundle: bytes) -> tuple[bytes, ...]:
    """Return the bytes of each entry's resource as sent; b"" for an entry without one.

    Raises: FhirError FHR107 where `entry` is no list of objects.
    """
    try:
        found = msgspec.json.decode(bundle, type=_Bundle)
    except msgspec.ValidationError as error:
        raise FhirError(
            f"Bundle.entry cannot be read ({error}); expected a list of objects.", code="FHR107"
        ) from error
    return tuple(bytes(entry.resource) for entry in found.entry)


def references_in(body: bytes) -> References:
    """Return the references of a body that a transaction must resolve.

    Full urls (urn:uuid:..., urn:oid:..., https://...) and searches ("Patient?identifier=...").
    """
    found = tuple(dict.fromkeys(_references(body)))
    return References(
        urls=tuple(r for r in found if _ABSOLUTE.match(r)),
        searches=tuple(r for r in found if _CONDITIONAL.match(r)),
    )


def _references(body: bytes) -> Iterator[str]:
    for found in _REFERENCE.finditer(body):
        yield _plain(found[2])


def rewritten(body: bytes, targets: Mapping[str, str]) -> bytes:
    """Return a body with some values of `reference` replaced, every other byte as it was."""

    def replaced(found: re.Match[bytes]) -> bytes:
        target = targets.get(_plain(found[2]))
        return found[0] if target is None else found[1] + json.dumps(target).encode()

    return _REFERENCE.sub(replaced, body)


def _plain(token: bytes) -> str:
    return str(json.loads(token)) if b"\\" in token else token[1:-1].decode()
