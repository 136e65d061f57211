"""Which act a method and a path ask for. A path is looked at once; nothing is matched in turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from garrod.core.errors import InputError
from garrod.entry.api import auditing, bundling, operating, reading, searching, smart, writing
from garrod.entry.api.auditing import is_entry, is_for_log
from garrod.entry.api.exchange import Answer, Asked, NotAllowed
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.subscribing import KIND
from garrod.entry.api.subscribing_writing import kept

Act = Callable[[Rooms, Asked], Awaitable[Answer]]
WRITES = ("POST", "PUT", "PATCH")
OPTIONS = "OPTIONS"


SYSTEM: dict[str, Act] = {"POST": bundling.many, "GET": searching.search_all}
TYPE: dict[str, Act] = {
    "GET": searching.search,
    "POST": writing.create,
    "PUT": writing.update_where,
    "PATCH": writing.patch_where,
    "DELETE": writing.delete_where,
}
INSTANCE: dict[str, Act] = {
    "GET": reading.read,
    "PUT": writing.update,
    "PATCH": writing.patch,
    "DELETE": writing.delete,
}
ENTRY: dict[str, Act] = {"GET": auditing.audit_event_of}


def act_of(rooms: Rooms, asked: Asked) -> Act:
    """Return what answers a request.  Raises: InputError REC001 (no such path), NotAllowed."""
    path = asked.path
    if path and path[-1].startswith("$"):
        return operating.operate
    if not path:
        return _by(SYSTEM, asked)
    if path == ("metadata",):
        return _by({"GET": operating.capabilities}, asked)
    if path == smart.PATH:
        return _by({"GET": smart.smart_configuration}, asked)
    if path[-1] == "_history" and len(path) <= 3:
        _check_kind(rooms, path[0] if len(path) > 1 else "")
        return _by({"GET": reading.past}, asked)
    if path == ("_search",):
        return _by({"POST": searching.search_all}, asked)
    _check_kind(rooms, path[0])
    if path[0] == KIND and len(path) <= 2 and path[-1] != "_search" and asked.method in WRITES:
        return kept(_by(TYPE if len(path) == 1 else INSTANCE, asked))
    if len(path) == 1:
        return auditing.audit_events if is_for_log(rooms, asked) else _by(TYPE, asked)
    if len(path) == 2 and path[1] == "_search":
        return _by({"POST": searching.search}, asked)
    if len(path) == 2:
        return _by(ENTRY if is_entry(rooms, path) else INSTANCE, asked)
    if len(path) == 4 and path[2] == "_history":
        return _by({"GET": reading.read_version}, asked)
    if len(path) == 4 and path[3] == "_search":
        return _by({"POST": searching.search_compartment}, asked)
    if len(path) == 3:
        return _by({"GET": searching.search_compartment}, asked)
    raise InputError(f"there is nothing at {'/'.join(path)[:100]}.", code="REC001")


async def answer(rooms: Rooms, asked: Asked) -> Answer:
    """Answer a request.  Raises: GarrodError."""
    return await act_of(rooms, asked)(rooms, asked)


def _by(acts: dict[str, Act], asked: Asked) -> Act:
    method = "GET" if asked.method == "HEAD" else asked.method
    allowed = [*acts, *(["HEAD"] if "GET" in acts else []), OPTIONS]
    if method == OPTIONS:
        return _told(allowed)
    if method not in acts:
        said = ", ".join(acts)
        raise NotAllowed(f"{asked.method} is not done there: expected one of {said}.", allowed)
    return acts[method]


def _told(allowed: Iterable[str]) -> Act:
    """Return what tells which methods there are."""

    async def told(rooms: Rooms, asked: Asked) -> Answer:
        return Answer(204, headers={"Allow": ", ".join(allowed)})

    return told


def _check_kind(rooms: Rooms, kind: str) -> None:
    if kind and kind not in rooms.codec.kinds:
        raise InputError(f"{kind[:64]!r} is no resource type of FHIR R4.", code="REC001")
