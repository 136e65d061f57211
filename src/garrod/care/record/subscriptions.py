"""What somebody may be told of: topics, filters, and the life of a subscription. Values and rules.

Event -> topics_of -> does a subscription concern it? -> told, tried again, or given up
Source: HL7 Subscriptions R5 Backport IG 1.1.0 (topics, filters, content, status), restated;
https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from garrod.care.record.ports import Event
from garrod.core.errors import InputError

TOPIC_URL = "https://garrod.health/fhir/SubscriptionTopic/"
LIST_TOPICS = "list."  # how the record's own topics of a medication list begin
RESULTS = frozenset(("Observation", "DiagnosticReport"))
LISTS = frozenset(("List",))
WAITS = (1.0, 5.0, 25.0)  # seconds before the second, third and fourth attempt
MOST_PATIENTS = 200  # Not clinical: people that one filter names
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_KIND = re.compile(r"[A-Z][A-Za-z]{1,60}")


class Topic(StrEnum):
    """What happened, as those outside may ask for it."""

    RESOURCE = "resource-changed"
    LIST = "medication-list-changed"
    RESULT = "result-arrived"

    @property
    def url(self) -> str:
        """Return its canonical url."""
        return f"{TOPIC_URL}{self.value}"


class Channel(StrEnum):
    """How a subscriber is told."""

    HOOK = "rest-hook"
    SOCKET = "websocket"


class Content(StrEnum):
    """How much a notification says."""

    EMPTY = "empty"
    IDS = "id-only"
    FULL = "full-resource"


class Status(StrEnum):
    """Where a subscription stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    ERROR = "error"
    OFF = "off"


class Happening(StrEnum):
    """What moves a subscription from one status to another."""

    SHAKEN = "shaken"  # the endpoint took the handshake
    GIVEN_UP = "given up"  # the last attempt failed
    ASKED_AGAIN = "asked again"
    ENDED = "ended"  # by the subscriber, or its end has come


_MOVES = {
    (Status.REQUESTED, Happening.SHAKEN): Status.ACTIVE,
    (Status.REQUESTED, Happening.GIVEN_UP): Status.ERROR,
    (Status.ACTIVE, Happening.SHAKEN): Status.ACTIVE,
    (Status.ACTIVE, Happening.GIVEN_UP): Status.ERROR,
}


def moved(status: Status, happening: Happening) -> Status:
    """Return the status that follows; one that cannot move stays as it is."""
    if happening is Happening.ENDED:
        return Status.OFF
    if happening is Happening.ASKED_AGAIN:
        return Status.REQUESTED
    return _MOVES.get((status, happening), status)


def wait_after(failures: int) -> float | None:
    """Return the seconds until the next attempt; None where there is none left."""
    return WAITS[failures - 1] if 1 <= failures <= len(WAITS) else None


@dataclass(frozen=True, slots=True)
class Filter:
    """Resources of a kind ("": any), of some people (none: everybody's)."""

    kind: str = ""
    patients: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one subscriber wants to be told, and how."""

    id: str
    topic: Topic
    channel: Channel
    content: Content
    filters: tuple[Filter, ...] = ()
    endpoint: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    heartbeat: int = 0  # seconds; 0: none
    timeout: int = 10  # seconds of one attempt
    most: int = 20  # events of one notification
    end: datetime | None = None


def topics_of(event: Event) -> frozenset[Topic]:
    """Return the topics that an event belongs to.

    What is written beside a medication list and changes it makes an event of the list too.
    """
    if event.topic.startswith(LIST_TOPICS):
        return frozenset((Topic.LIST,))
    if event.topic != "resource":
        return frozenset()
    is_result = event.kind in RESULTS
    return frozenset((Topic.RESOURCE, Topic.RESULT) if is_result else (Topic.RESOURCE,))


def topic_named(text: str) -> Topic:
    """Return a topic by its name or url.  Raises: InputError SUB001."""
    name = text.removeprefix(TOPIC_URL).partition("|")[0]
    try:
        return Topic(name)
    except ValueError:
        known = ", ".join(topic.value for topic in Topic)
        raise InputError(
            f"there is no topic {text[:100]!r}: expected one of {known}.", code="SUB001"
        ) from None


def filter_of(text: str, kinds: Collection[str]) -> Filter:
    """Return a filter as it is written: "Observation?patient=Patient/1,Patient/2", "patient=1".

    Raises: InputError SUB002 for all else: a filter that is not understood would let through what
    nobody asked for.
    """
    kind, mark, rest = text.partition("?")
    if not mark:
        kind, rest = ("", text) if "=" in text else (text, "")
    if kind and (not _KIND.fullmatch(kind) or kind not in kinds):
        raise _bad_filter(f"{kind[:64]!r} is no resource type")
    patients: frozenset[str] = frozenset()
    for part in rest.split("&") if rest else ():
        name, _, value = part.partition("=")
        if name not in ("patient", "subject") and (kind, name) != ("Patient", "_id"):
            raise _bad_filter(f"it asks by {name[:40]!r}")
        if patients:
            raise _bad_filter("it names people twice")
        patients = frozenset(one.removeprefix("Patient/") for one in value.split(","))
        if len(patients) > MOST_PATIENTS or not all(_ID.fullmatch(one) for one in patients):
            raise _bad_filter(f"expected up to {MOST_PATIENTS} ids of patients")
    if not kind and not patients:
        raise _bad_filter("it is empty")
    return Filter(kind, patients)


def fitting(topic: Topic, filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return the filters.  Raises: InputError SUB002 where one names a kind the topic never has."""
    kinds = {Topic.LIST: LISTS, Topic.RESULT: RESULTS}.get(topic)
    strange = sorted({f.kind for f in filters if kinds and f.kind} - (kinds or frozenset()))
    if strange:
        expected = " or ".join(sorted(kinds or ()))
        raise _bad_filter(f"{topic.value} tells of {expected}, never of {strange[0]}")
    return filters


def _bad_filter(why: str) -> InputError:
    return InputError(
        f"a filter of this server is [type]?patient=[ids], and this is another: {why}.",
        code="SUB002",
    )


def concerns(subscription: Subscription, event: Event) -> bool:
    """Return whether a subscription asks for an event.

    Subscriptions themselves are nobody's news: telling of them would never end.
    """
    if event.kind == "Subscription" or subscription.topic not in topics_of(event):
        return False
    return passes(subscription.filters, event)


def passes(filters: tuple[Filter, ...], event: Event) -> bool:
    """Return whether an event passes filters.

    Those of its own kind and those of any kind must all hold; where some name a kind and none
    names its own, it does not pass.
    """
    own = [f for f in filters if f.kind == event.kind]
    if not own and any(f.kind for f in filters):
        return False
    mine = own + [f for f in filters if not f.kind]
    return all(not f.patients or not f.patients.isdisjoint(event.patients) for f in mine)
