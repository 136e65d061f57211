"""Bundles of results, put together from stored bytes without parsing them.

versions + their served bytes -> searchset, history or response Bundle, as bytes
Source: HL7 FHIR R4 (4.0.1), Bundle, https://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from garrod.adapters.fhir.record.splice import instant
from garrod.core.resource import Version

OPEN = b'{"resourceType":"Bundle",'
STATUS = {
    200: b"200 OK",
    201: b"201 Created",
    204: b"204 No Content",
    304: b"304 Not Modified",
    400: b"400 Bad Request",
    403: b"403 Forbidden",
    404: b"404 Not Found",
    409: b"409 Conflict",
    410: b"410 Gone",
    412: b"412 Precondition Failed",
    422: b"422 Unprocessable Entity",
    500: b"500 Internal Server Error",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry of a page of results: the version and its bytes as they are to be sent."""

    version: Version
    body: bytes
    mode: str = "match"  # or "include"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one entry of a batch or transaction."""

    status: int
    location: str = ""
    etag: str = ""
    modified: datetime | None = None
    body: bytes = b""
    outcome: bytes = b""


def searchset(
    base: str,
    hits: Iterable[Hit],
    links: Sequence[tuple[str, str]],
    *,
    total: int | None = None,
    outcome: bytes = b"",
) -> bytes:
    """Return a searchset; `links` are relation and url, `outcome` what was ignored or warned of."""
    entries = [
        b'{"fullUrl":%s,"resource":%s,"search":{"mode":"%s"}}'
        % (_url(base, hit.version), hit.body, hit.mode.encode())
        for hit in hits
    ]
    if outcome:
        entries.append(b'{"resource":%s,"search":{"mode":"outcome"}}' % outcome)
    return _bundle(b"searchset", links, entries, total=total)


def history(
    base: str, hits: Iterable[Hit], links: Sequence[tuple[str, str]], *, total: int | None = None
) -> bytes:
    """Return a history Bundle: each version with the request that made it, the newest first."""
    return _bundle(b"history", links, [_past(base, hit) for hit in hits], total=total)


def _past(base: str, hit: Hit) -> bytes:
    version = hit.version
    target = version.kind if version.method == "POST" else f"{version.kind}/{version.id}"
    status = {"DELETE": 204, "POST": 201}.get(version.method, 201 if version.number == 1 else 200)
    resource = b'"resource":%s,' % hit.body if hit.body else b""
    return (
        b'{"fullUrl":%s,%s"request":{"method":"%s","url":%s},'
        b'"response":{"status":"%s","etag":%s,"lastModified":"%s"}}'
        % (
            _url(base, version),
            resource,
            version.method.encode(),
            orjson.dumps(target),
            STATUS[status],
            orjson.dumps(version.etag),
            instant(version.at).encode(),
        )
    )


def response(kind: str, replies: Iterable[Reply]) -> bytes:
    """Return what came of a batch or transaction, in the order in which it was asked."""
    return _bundle(f"{kind}-response".encode(), (), [_reply(reply) for reply in replies])


def _reply(reply: Reply) -> bytes:
    parts = [b'"status":"%s"' % STATUS.get(reply.status, str(reply.status).encode())]
    if reply.location:
        parts.append(b'"location":%s' % orjson.dumps(reply.location))
    if reply.etag:
        parts.append(b'"etag":%s' % orjson.dumps(reply.etag))
    if reply.modified is not None:
        parts.append(b'"lastModified":"%s"' % instant(reply.modified).encode())
    if reply.outcome:
        parts.append(b'"outcome":%s' % reply.outcome)
    resource = b'"resource":%s,' % reply.body if reply.body else b""
    return b'{%s"response":{%s}}' % (resource, b",".join(parts))


def collection(bodies: Iterable[bytes]) -> bytes:
    """Return resources as a collection, without full urls of their own."""
    return _bundle(b"collection", (), [b'{"resource":%s}' % body for body in bodies])


def _bundle(
    kind: bytes,
    links: Sequence[tuple[str, str]],
    entries: Sequence[bytes],
    *,
    total: int | None = None,
) -> bytes:
    parts = [b'"type":"%s"' % kind]
    if total is not None:
        parts.append(b'"total":%d' % total)
    if links:
        shown = [b'{"relation":"%s","url":%s}' % (r.encode(), orjson.dumps(u)) for r, u in links]
        parts.append(b'"link":[%s]' % b",".join(shown))
    if entries:
        parts.append(b'"entry":[%s]' % b",".join(entries))
    return OPEN + b",".join(parts) + b"}"


def _url(base: str, version: Version) -> bytes:
    return orjson.dumps(f"{base}/{version.kind}/{version.id}")
