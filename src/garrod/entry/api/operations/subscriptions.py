"""$status, $events, $get-ws-binding-token and $hook-secret of Subscriptions.

Source: HL7 Subscriptions R5 Backport IG 1.1.0, operations, restated;
https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/artifacts.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import orjson

from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.splice import instant
from garrod.adapters.subscriptions.hook import secret_of
from garrod.adapters.subscriptions.notices import QUERY_EVENTS, QUERY_STATUS, Notice, status_of
from garrod.care.govern.access import Deed, demand
from garrod.care.record.query import Query
from garrod.care.record.subscriptions import Channel, Content, Status, Subscription
from garrod.core.errors import AccessDenied, GarrodError, InputError
from garrod.core.resource import Version
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.subscribing import KIND, Subscribers
from garrod.entry.api.subscribing_telling import numbered
from garrod.entry.api.subscribing_writing import subscribers_of
from garrod.entry.api.websocket_tokens import Bound

MOST = 1000  # Not clinical: events of one answer, subscriptions of one token


async def status(rooms: Rooms, asked: Asked) -> Answer:
    """Return how subscriptions stand, as a searchset of their statuses."""
    wanted = _given(asked, ("id", "status"))
    entries = []
    for version in await _chosen(rooms, asked, wanted.get("id", [])):
        resource = parse(version.body)
        is_wanted = resource.get("status") in wanted.get("status", (resource.get("status"),))
        if len(asked.path) == 2 and not is_wanted:
            continue
        body = await _status(subscribers_of(rooms), version, asked.base, QUERY_STATUS)
        if body is not None:
            url = f"{asked.base}/Subscription/{version.id}/$status"
            entries.append(
                b'{"fullUrl":%s,"resource":%s,"search":{"mode":"match"}}'
                % (orjson.dumps(url), body)
            )
    head = b'{"resourceType":"Bundle","type":"searchset","total":%d' % len(entries)
    listed = b',"entry":[%s]' % b",".join(entries) if entries else b""
    return Answer(200, head + listed + b"}")


async def _status(subscribers: Subscribers, version: Version, base: str, type: str) -> bytes | None:
    resource = parse(version.body)
    try:
        subscription = subscribers.read(version)
    except GarrodError:
        return None  # it never was one that could be told
    place = await subscribers.telling.ledger.place(version.id)
    said = Notice(
        type,
        Status(resource["status"]),
        place.told if place else 0,
        error=resource.get("error", ""),
    )
    return status_of(base, subscription, said)


async def events(rooms: Rooms, asked: Asked) -> Answer:
    """Return events of a subscription again, told or not, by their numbers."""
    _, id, _ = asked.path
    given = _given(asked, ("eventsSinceNumber", "eventsUntilNumber", "content"))
    since, until = (_number(given, f"events{name}Number") for name in ("Since", "Until"))
    version = await rooms.record.read(asked.actor, KIND, id)
    subscribers = subscribers_of(rooms)
    subscription = subscribers.read(version)
    await _owned(subscribers, asked, id)
    if given.get("content"):
        subscription = replace(subscription, content=_no_more(subscription, given["content"][0]))
    first = since or 1
    last = min(until or first + MOST - 1, first + MOST - 1)
    found = await numbered(subscribers.telling, subscription, last)
    told = [
        await subscribers.telling.told(subscription, one.number, one.event)
        for one in found[first - 1 :]
    ]
    place = await subscribers.telling.ledger.place(id)
    standing = Status(parse(version.body)["status"])
    notice = Notice(QUERY_EVENTS, standing, max(place.told if place else 0, len(found)), told)
    return Answer(200, subscribers.telling.bundle(subscription, notice))


def _no_more(subscription: Subscription, text: str) -> Content:
    """Return the content asked for, never more than the subscription was granted."""
    order = (Content.EMPTY, Content.IDS, Content.FULL)
    if text not in order:
        raise InputError(f"content is one of {', '.join(order)}.", code="API004")
    return order[min(order.index(Content(text)), order.index(subscription.content))]


async def binding_token(rooms: Rooms, asked: Asked) -> Answer:
    """Return a token with which a websocket takes up subscriptions."""
    wanted = _given(asked, ("id",))
    subscribers = subscribers_of(rooms)
    ids = []
    for version in await _chosen(rooms, asked, wanted.get("id", [])):
        place = await subscribers.telling.ledger.place(version.id)
        resource = parse(version.body)
        is_socket = resource["channel"].get("type") == Channel.SOCKET
        if is_socket and place is not None and place.owner.is_as(asked.actor):
            ids.append(version.id)
    if not ids:
        raise InputError("no subscription of yours by websocket is named there.", code="SUB005")
    clock = subscribers.telling.clock
    token, until = subscribers.tokens.give(Bound(asked.actor, tuple(ids)), clock())
    url = f"{asked.base.replace('http', 'ws', 1)}/ws"
    parameters: list[dict[str, Any]] = [
        {"name": "token", "valueString": token},
        {"name": "expiration", "valueDateTime": instant(until)},
        *({"name": "subscription", "valueString": id} for id in ids),
        {"name": "websocket-url", "valueUrl": url},
    ]
    return _parameters(parameters)


async def hook_secret(rooms: Rooms, asked: Asked) -> Answer:
    """Return the secret by which notifications of a rest-hook are signed, to its owner."""
    _, id, _ = asked.path
    await rooms.record.read(asked.actor, KIND, id)
    subscribers = subscribers_of(rooms)
    await _owned(subscribers, asked, id)
    return _parameters([{"name": "secret", "valueString": secret_of(subscribers.hook.key, id)}])


async def _owned(subscribers: Subscribers, asked: Asked, id: str) -> None:
    place = await subscribers.telling.ledger.place(id)
    if place is None or place.owner != asked.actor:
        raise AccessDenied("that subscription is somebody else's.")


async def _chosen(rooms: Rooms, asked: Asked, ids: list[str]) -> list[Version]:
    """Return the subscriptions that are asked about."""
    if len(asked.path) == 3:
        ids = [asked.path[1]]
    if ids:
        return [await rooms.record.read(asked.actor, KIND, id) for id in ids[:MOST]]
    demand(rooms.record.access, asked.actor, Deed.SEARCH, KIND)
    page, _ = await rooms.record.search(asked.actor, Query((KIND,), count=MOST))
    return list(page.versions)


def _given(asked: Asked, known: tuple[str, ...]) -> dict[str, list[str]]:
    """Return parameters by name, from the url or from Parameters in the body."""
    pairs = [(k, v) for k, v in parse_qsl(asked.question) if k not in ("_format", "_pretty")]
    if asked.method == "POST" and asked.body:
        listed = parse(asked.body).get("parameter", [])
        if not isinstance(listed, list) or not all(isinstance(part, dict) for part in listed):
            raise InputError("the 'parameter' of Parameters is no list of objects.", code="API004")
        for part in listed:
            value = next((v for k, v in part.items() if k.startswith("value")), "")
            pairs.append((str(part.get("name", "")), str(value)))
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in known:
            raise InputError(
                f"this operation has no parameter {name[:40]!r}: it has {', '.join(known)}.",
                code="API004",
            )
        found.setdefault(name, []).append(value)
    return found


def _number(given: dict[str, list[str]], name: str) -> int:
    text = given.get(name, ["0"])[0]
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise InputError(f"{name} is a whole number.", code="API004")
    return int(text)


def _parameters(parts: list[dict[str, Any]]) -> Answer:
    return Answer(200, orjson.dumps({"resourceType": "Parameters", "parameter": parts}))
