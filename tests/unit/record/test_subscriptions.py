"""Topics, filters and the life of a subscription: plain rules."""

from datetime import UTC, datetime

import pytest

from garrod.care.record.ports import Event
from garrod.care.record.subscriptions import (
    WAITS,
    Channel,
    Content,
    Filter,
    Happening,
    Status,
    Subscription,
    Topic,
    concerns,
    filter_of,
    fitting,
    moved,
    topic_named,
    topics_of,
    wait_after,
)
from garrod.core.errors import InputError

KINDS = ("Patient", "Observation", "MedicationRequest", "List", "Subscription")
AT = datetime(2026, 3, 3, tzinfo=UTC)


def event(kind: str = "Observation", *patients: str, topic: str = "resource") -> Event:
    return Event(7, AT, topic, kind, "x", 1, patients or ("p1",))


def wanting(*filters: Filter, topic: Topic = Topic.RESOURCE) -> Subscription:
    return Subscription("s", topic, Channel.HOOK, Content.IDS, filters)


@pytest.mark.parametrize(
    ("of", "topics"),
    [
        (event(), {Topic.RESOURCE, Topic.RESULT}),
        (event("DiagnosticReport"), {Topic.RESOURCE, Topic.RESULT}),
        (event("MedicationRequest"), {Topic.RESOURCE}),
        (event("List", topic="list.changed"), {Topic.LIST}),
        (event("List", topic="list.confirmed"), {Topic.LIST}),
        (event("Task", topic="something.else"), set()),
    ],
)
def test_event_belongs_to_topics(of: Event, topics: set[Topic]) -> None:
    assert topics_of(of) == topics


def test_topic_is_named_shortly_by_url_and_with_a_version() -> None:
    for text in ("result-arrived", Topic.RESULT.url, f"{Topic.RESULT.url}|1.0"):
        assert topic_named(text) is Topic.RESULT
    with pytest.raises(InputError, match="expected one of") as caught:
        topic_named("Observation?code=1")
    assert caught.value.code == "SUB001"


@pytest.mark.parametrize(
    ("text", "filter"),
    [
        ("Observation?patient=Patient/1", Filter("Observation", frozenset(("1",)))),
        ("Observation?subject=1,Patient/2", Filter("Observation", frozenset(("1", "2")))),
        ("patient=1", Filter("", frozenset(("1",)))),
        ("?patient=1", Filter("", frozenset(("1",)))),
        ("Observation", Filter("Observation")),
        ("Observation?", Filter("Observation")),
        ("Patient?_id=1", Filter("Patient", frozenset(("1",)))),
    ],
)
def test_filter_is_read(text: str, filter: Filter) -> None:
    assert filter_of(text, KINDS) == filter


@pytest.mark.parametrize(
    "text",
    [
        *("", "?", "Unknown?patient=1", "Observation?code=1", "Observation?patient=1&code=2"),
        *("patient=", "patient=1&patient=2", "patient=../1", "Observation?_id=1", "patient:not=1"),
        "patient=" + ",".join(map(str, range(201))),
    ],
)
def test_filter_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        filter_of(text, KINDS)
    assert caught.value.code == "SUB002"


def test_filter_that_its_topic_never_meets_is_refused() -> None:
    assert fitting(Topic.LIST, (Filter("List"), Filter("", frozenset("1"))))
    assert fitting(Topic.RESOURCE, (Filter("Task"),))
    with pytest.raises(InputError, match="never of MedicationRequest"):
        fitting(Topic.LIST, (Filter("MedicationRequest"),))


def test_all_filters_of_its_kind_must_hold() -> None:
    one, both = frozenset(("p1",)), frozenset(("p1", "p2"))
    assert concerns(wanting(), event())
    assert concerns(wanting(Filter("", both)), event("Observation", "p2"))
    assert not concerns(wanting(Filter("", one)), event("Observation", "p2"))
    assert concerns(wanting(Filter("Observation", one), Filter("Task", both)), event())
    assert not concerns(wanting(Filter("Task", one)), event())
    assert not concerns(wanting(Filter("Observation", one), Filter("", frozenset("9"))), event())
    assert not concerns(wanting(topic=Topic.LIST), event())


def test_subscriptions_are_nobodys_news() -> None:
    assert not concerns(wanting(), event("Subscription"))


def test_status_moves_as_the_guide_says() -> None:
    assert moved(Status.REQUESTED, Happening.SHAKEN) is Status.ACTIVE
    assert moved(Status.REQUESTED, Happening.GIVEN_UP) is Status.ERROR
    assert moved(Status.ACTIVE, Happening.GIVEN_UP) is Status.ERROR
    assert moved(Status.ERROR, Happening.ASKED_AGAIN) is Status.REQUESTED
    assert moved(Status.ACTIVE, Happening.ENDED) is Status.OFF
    assert moved(Status.OFF, Happening.SHAKEN) is Status.OFF
    assert moved(Status.ERROR, Happening.SHAKEN) is Status.ERROR


def test_four_attempts_each_later_than_the_last() -> None:
    assert [wait_after(failures) for failures in (1, 2, 3, 4)] == [*WAITS, None]
    assert list(WAITS) == sorted(WAITS)
