"""The lines of an export that may still be told when its file is fetched: consent may have ended.

file -> each line as the version that it was -> asked about anew, and the resource as it is now
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import orjson

from garrod.care.govern.access import Actor, Deed
from garrod.core.resource import Version
from garrod.entry.api.rooms import Rooms

EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def still_open(rooms: Rooms, actor: Actor, body: bytes) -> bytes:
    """Return the lines of a file that an actor may be told now."""
    gate, store = rooms.record.gate, rooms.record.store
    if gate is None or gate.is_open(actor):
        return body
    found = []
    for line in body.splitlines(keepends=True):
        told = orjson.loads(line)
        kind, id = told["resourceType"], told["id"]
        now = await store.read(kind, id)
        was = Version(kind, id, 0, EVER, "PUT", 0, line, sha256=sha256(line).digest())
        for version in (was, now):
            if version is None or not await gate.sees(store, actor, version, Deed.EXPORT):
                break
        else:
            found.append(line)
    return b"".join(found)
