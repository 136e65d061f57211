"""Notification Bundles of the backport, put together from stored bytes.

Source: HL7 Subscriptions R5 Backport IG 1.1.0, profiles backport-subscription-notification-r4 and
backport-subscription-status-r4, restated; https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from garrod.care.record.ports import Event
from garrod.care.record.subscriptions import Content, Status, Subscription

PROFILES = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
NOTICE_PROFILE = f"{PROFILES}backport-subscription-notification-r4"
STATUS_PROFILE = f"{PROFILES}backport-subscription-status-r4"
HANDSHAKE, HEARTBEAT, NEWS = "handshake", "heartbeat", "event-notification"
QUERY_STATUS, QUERY_EVENTS = "query-status", "query-event"
STALE = {  # the tag of a notification that was decided by the last known access policy
    "system": "https://garrod.health/fhir/CodeSystem/access-policy",
    "code": "stale",
    "display": "decided by the last access policy that could be read",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event with its number for one subscriber; `body` where the resource goes with it."""

    number: int
    event: Event
    body: bytes = field(default=b"", repr=False)
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What one notification says."""

    type: str
    status: Status
    count: int  # events since the subscription began
    told: Sequence[Told] = ()
    error: str = ""
    is_stale: bool = False  # decided by the last known access policy


def status_of(base: str, subscription: Subscription, notice: Notice) -> bytes:
    """Return the status of a subscription, as Parameters."""
    parameters: list[dict[str, Any]] = [
        {
            "name": "subscription",
            "valueReference": {"reference": f"{base}/Subscription/{subscription.id}"},
        },
        {"name": "topic", "valueCanonical": subscription.topic.url},
        {"name": "status", "valueCode": notice.status.value},
        {"name": "type", "valueCode": notice.type},
        {"name": "events-since-subscription-start", "valueString": str(notice.count)},
    ]
    if subscription.content is Content.EMPTY:
        del parameters[1]
    parameters.extend(_event(base, subscription, one) for one in notice.told)
    if notice.error:
        parameters.append({"name": "error", "valueCodeableConcept": {"text": notice.error}})
    return orjson.dumps(
        {
            "resourceType": "Parameters",
            "meta": {"profile": [STATUS_PROFILE]},
            "parameter": parameters,
        }
    )


def _event(base: str, subscription: Subscription, one: Told) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"name": "event-number", "valueString": str(one.number)},
        {"name": "timestamp", "valueInstant": _instant(one.event.at)},
    ]
    if subscription.content is not Content.EMPTY:
        place = f"{base}/{one.event.kind}/{one.event.id}"
        parts.append({"name": "focus", "valueReference": {"reference": place}})
    return {"name": "notification-event", "part": parts}


def bundle_of(
    base: str, subscription: Subscription, notice: Notice, *, at: datetime, new_id: str
) -> bytes:
    """Return a notification; `new_id` is a UUID for its first entry."""
    first = {
        "method": "GET",
        "url": f"{base}/Subscription/{subscription.id}/$status",
    }
    entries = [
        b'{"fullUrl":"urn:uuid:%s","resource":%s,"request":%s,"response":{"status":"200"}}'
        % (new_id.encode(), status_of(base, subscription, notice), orjson.dumps(first))
    ]
    if subscription.content is Content.FULL:
        entries += [_entry(base, one) for one in notice.told]
    head = {
        "resourceType": "Bundle",
        "meta": {"profile": [NOTICE_PROFILE], **({"tag": [STALE]} if notice.is_stale else {})},
        "type": "history",
        "timestamp": _instant(at),
    }
    return b'%s,"entry":[%s]}' % (orjson.dumps(head)[:-1], b",".join(entries))


def _entry(base: str, one: Told) -> bytes:
    event = one.event
    url = f"{event.kind}/{event.id}"
    method, status = ("DELETE", "204") if one.is_deleted else ("PUT", "200")
    if event.number == 1 and not one.is_deleted:
        status = "201"
    request = orjson.dumps({"method": method, "url": url})
    response = orjson.dumps(
        {
            "status": status,
            "etag": f'W/"{event.number}"',
            "lastModified": _instant(event.at),
        }
    )
    resource = b'"resource":%s,' % one.body if one.body else b""
    where = orjson.dumps(f"{base}/{url}")
    return b'{"fullUrl":%s,%s"request":%s,"response":%s}' % (where, resource, request, response)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
