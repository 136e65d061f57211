"""Reads an R4 Subscription with the backport's extensions.

Source: HL7 Subscriptions R5 Backport IG 1.1.0, profile backport-subscription, restated;
https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import orjson

from garrod.care.record.subscriptions import (
    Channel,
    Content,
    Filter,
    Subscription,
    filter_of,
    fitting,
    topic_named,
)
from garrod.core.errors import InputError

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
FILTER = f"{BACKPORT}backport-filter-criteria"
CONTENT = f"{BACKPORT}backport-payload-content"
HEARTBEAT = f"{BACKPORT}backport-heartbeat-period"
TIMEOUT = f"{BACKPORT}backport-timeout"
MOST = f"{BACKPORT}backport-max-count"
PAYLOADS = ("application/fhir+json", "application/json")
LEAST_HEARTBEAT, LONGEST_TIMEOUT, MOST_EVENTS = 5, 60, 100  # Not clinical: seconds, events
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):[ \t]*([\x20-\x7e]{0,1000})")
_OURS = frozenset(
    ("host", "content-length", "content-type", "transfer-encoding", "connection", "te", "upgrade")
)


def subscription_of(resource: dict[str, Any], kinds: Collection[str]) -> Subscription:
    """Return what a Subscription asks for; its endpoint is judged elsewhere.

    Raises: InputError SUB001 (topic), SUB002 (filter), SUB003 (channel, content or a number that
    is not offered).
    """
    channel = resource.get("channel") or {}
    kind = _one_of(Channel, channel.get("type"), "channel")
    payload = channel.get("payload")
    if payload is not None and payload not in PAYLOADS:
        raise _not_offered(f"a payload is {PAYLOADS[0]}, or there is none")
    if kind is Channel.HOOK and not channel.get("endpoint"):
        raise _not_offered("a rest-hook needs its endpoint")
    asked = _extension(channel.get("_payload"), CONTENT) or Content.EMPTY.value
    topic = topic_named(str(resource.get("criteria", "")))
    return Subscription(
        id=str(resource.get("id", "")),
        topic=topic,
        channel=kind,
        content=_one_of(Content, asked, "content"),
        filters=fitting(topic, _filters(resource, kinds)),
        endpoint=str(channel.get("endpoint", "")),
        headers=tuple(_header(text) for text in channel.get("header", ())),
        heartbeat=_whole(channel, HEARTBEAT, 0, LEAST_HEARTBEAT, 86400),
        timeout=_whole(channel, TIMEOUT, 10, 1, LONGEST_TIMEOUT),
        most=_whole(channel, MOST, 20, 1, MOST_EVENTS),
        end=_moment(resource.get("end")),
    )


def definition_of(resource: dict[str, Any]) -> str:
    """Return the sha256 of what a Subscription asks for, whatever its status."""
    asked = {key: resource.get(key) for key in ("criteria", "_criteria", "channel", "end")}
    said = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(said).hexdigest()


def _filters(resource: dict[str, Any], kinds: Collection[str]) -> tuple[Filter, ...]:
    held = (resource.get("_criteria") or {}).get("extension", ())
    return tuple(
        filter_of(str(e.get("valueString", "")), kinds) for e in held if e.get("url") == FILTER
    )


def _extension(element: Any, url: str) -> Any:
    for extension in (element or {}).get("extension", ()):
        if extension.get("url") == url:
            return next((v for k, v in extension.items() if k.startswith("value")), None)
    return None


def _whole(channel: dict[str, Any], url: str, usual: int, low: int, high: int) -> int:
    found = _extension(channel, url)
    if found is None:
        return usual
    if not isinstance(found, int) or not low <= found <= high:
        raise _not_offered(f"{url.rpartition('/')[2]} lies between {low} and {high}")
    return found


def _one_of(kind: Any, text: Any, name: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        offered = ", ".join(one.value for one in kind)
        raise _not_offered(f"the {name} is one of {offered}") from None


def _header(text: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(text)
    if found is None or found[1].lower() in _OURS or found[1].lower().startswith("x-garrod-"):
        raise _not_offered("a header is 'Name: value', and none that the server itself writes")
    return found[1], found[2]


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _not_offered(what: str) -> InputError:
    return InputError(f"this subscription is not offered here: {what}.", code="SUB003")
