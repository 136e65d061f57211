"""The body of a request: read whole, unpacked, and never larger than a large bundle is.

Source: RFC 9110, 8.4 (Content-Encoding); RFC 8259, 8.1 (a byte order mark may be ignored).
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from garrod.adapters.fhir.json import BYTE_ORDER_MARK
from garrod.core.errors import InputError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
LARGEST = 50_000_000  # Not clinical: bytes of a body; as many as a large bundle has
GZIP = 16 + zlib.MAX_WBITS  # Not clinical: zlib's word for gzip


class UnknownType(InputError):
    """A body of a type, or packed in a way, that is not read there."""

    default_code = "API008"


async def body_of(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """Return the body of a request as it was before it was packed, without a byte order mark.

    Raises: InputError API007 (too large, packed or not), API008 (packed in another way), API024
    (not whole), API025 (no gzip).
    """
    body = await _received(receive, headers)
    packed = headers.get("content-encoding", "").strip().lower()
    if packed in ("gzip", "x-gzip"):
        body = _unpacked(body)
    elif packed not in ("", "identity"):
        raise UnknownType(f"a body is packed by gzip or not at all, not by {packed[:40]!r}.")
    return body.removeprefix(BYTE_ORDER_MARK)


def _unpacked(body: bytes) -> bytes:
    """Return what gzip packed, never more than a body may have."""
    found = bytearray()
    try:
        while body:
            unpacking = zlib.decompressobj(GZIP)
            found += unpacking.decompress(body, LARGEST + 1 - len(found))
            if len(found) > LARGEST:
                raise _too_large()
            if not unpacking.eof:
                raise zlib.error("it ends too early")
            body = unpacking.unused_data
    except zlib.error as error:
        raise InputError(
            f"the body is said to be gzip, and cannot be unpacked ({error}).", code="API025"
        ) from error
    return bytes(found)


async def _received(receive: Receive, headers: Mapping[str, str]) -> bytes:
    length = headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:18]) > LARGEST:
        raise _too_large()
    parts, size = [], 0
    while True:
        message = await receive()
        if message.get("type") == "http.disconnect":  # half a body may read like a whole one
            raise InputError(
                "the connection ended before the body did: nothing was done; send it again.",
                code="API024",
            )
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _too_large() -> InputError:
    return InputError(
        f"the body has more than {LARGEST:,} bytes: send less at once, or import it as NDJSON "
        "(garrod record import).",
        code="API007",
    )
