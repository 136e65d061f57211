"""How values stand in columns: times, splices, versions, params, long words."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

from garrod.care.record.ports import Event
from garrod.core.resource import Splice, Version

BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
OFFSETS = struct.Struct("<5I")
WIDE = (
    200  # letters of a code that are kept as they stand; an index of PostgreSQL takes 2,700 bytes
)
START = 120  # letters of words that are indexed
BLOCK = 6  # bytes of a param's number: no two of a record's few thousand are ever the same


def ticks(at: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (at - BEGIN) // TICK


def moment(at: int) -> datetime:
    """Return the time of microseconds since 1970, in UTC."""
    return BEGIN + at * TICK


@lru_cache(maxsize=100_000)
def param_number(kind: str, param: str) -> int:
    """Return the number under which the rows of a kind's parameter stand: a hash of its name."""
    name = f"{kind}.{param}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=BLOCK).digest(), "big")


def fitted(text: str) -> str:
    """Return a code as it is indexed: itself, or its start and a hash where it is very long."""
    if len(text) <= WIDE:
        return text
    return text[: WIDE // 2] + "#" + hashlib.sha256(text.encode()).hexdigest()


def packed(splice: Splice) -> bytes:
    """Return a splice as bytes."""
    ends = (splice.at, splice.id_start, splice.id_end, splice.meta_start, splice.meta_end)
    return OFFSETS.pack(*ends) + splice.meta


def unpacked(data: bytes) -> Splice | None:
    """Return the splice of bytes; None where there are none (a deletion)."""
    if not data:
        return None
    at, id_start, id_end, start, end = OFFSETS.unpack_from(data)
    return Splice(at, id_start, id_end, start, end, bytes(data[OFFSETS.size :]))


def version_of(row: Sequence[Any]) -> Version:
    """Return the version of a row: kind, id, number, at, method, sequence, body, splice, sha256."""
    kind, id, number, at, method, sequence, body, splice, sha256 = row[:9]
    return Version(
        kind, id, number, moment(at), method, sequence, bytes(body), unpacked(splice), bytes(sha256)
    )


def event_of(row: Sequence[Any]) -> Event:
    """Return the event of a row of its table."""
    sequence, at, topic, kind, id, number, patients, detail = row
    people = tuple(orjson.loads(patients))
    return Event(sequence, moment(at), topic, kind, id, number, people, detail)
