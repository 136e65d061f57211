"""Writing a Subscription: judged before it is stored, and claimed for whoever wrote it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from garrod.adapters.fhir.record.parse import parse
from garrod.core.errors import OutsideError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.subscribing import KIND, Subscribers

Act = Callable[[Rooms, Asked], Awaitable[Answer]]


def subscribers_of(rooms: Rooms) -> Subscribers:
    """Return who keeps the subscriptions.  Raises: OutsideError SUB012 where nobody does."""
    found = rooms.subscribers
    if not isinstance(found, Subscribers):
        raise OutsideError("subscriptions are not kept by this server.", code="SUB012")
    return found


def kept(act: Act) -> Act:
    """Return an act that writes a Subscription, with what comes before and after.

    Raises: InputError SUB001 to SUB004 where it could never be told.
    """

    async def acting(rooms: Rooms, asked: Asked) -> Answer:
        subscribers = subscribers_of(rooms)
        if asked.method != "PATCH":
            resource = parse(asked.body)
            if resource["resourceType"] == KIND and resource.get("status") not in ("off", "error"):
                rooms.codec.drafted(asked.body, kind=KIND, id="judged")
                subscribers.judged(resource)
        answer = await act(rooms, asked)
        await _claim(rooms, asked, answer)
        return answer

    return acting


async def _claim(rooms: Rooms, asked: Asked, answer: Answer) -> None:
    place = answer.headers.get("Content-Location", "").split("/")[-4:]
    if answer.status not in (200, 201) or len(place) != 4:
        return
    kind, id, _, number = place
    version = await rooms.record.store.read_version(kind, id, int(number))
    if version is not None and not version.is_deleted:
        await subscribers_of(rooms).claim(asked.actor, version)
