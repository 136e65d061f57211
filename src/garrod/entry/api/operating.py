"""Operations (`$name`) and the capability statement."""

from __future__ import annotations

from garrod import __version__
from garrod.adapters.fhir.rest.capability import capability
from garrod.core.errors import InputError
from garrod.entry.api.exchange import Answer, Asked, NotAllowed
from garrod.entry.api.rooms import Named, Rooms
from garrod.entry.api.smart import secured


async def capabilities(rooms: Rooms, asked: Asked) -> Answer:
    """Return what this server really does."""
    offered = rooms.operations.values()
    safe = await secured(rooms)
    body = capability(rooms.codec, asked.base, offered, version=__version__, security=safe)
    return Answer(200, body)


async def operate(rooms: Rooms, asked: Asked) -> Answer:
    """Do an operation.  Raises: InputError REC001 (unknown), API006 (not by that method)."""
    name = asked.path[-1][1:]
    named = rooms.operations.get(name)
    level = ("system", "type", "instance")[min(len(asked.path) - 1, 2)]
    if named is None or not _fits(named, asked, level):
        known = ", ".join(f"${n}" for n in sorted(rooms.operations))
        raise InputError(f"there is no operation ${name[:40]} there: {known}.", code="REC001")
    if asked.method not in named.methods:
        allowed = ", ".join(sorted(named.methods))
        raise NotAllowed(f"${name} is asked by {allowed}, not {asked.method}.", named.methods)
    return await named.act(rooms, asked)


def _fits(named: Named, asked: Asked, level: str) -> bool:
    if level not in named.levels or len(asked.path) > 3:
        return False
    return not named.kinds or level == "system" or asked.path[0] in named.kinds
