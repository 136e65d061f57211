"""Whatever stands where in a body, the door answers in words, and what is there stays readable."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.making.desk_time import drawn
from tests.making.doors import Door, Told, door
from tests.property.server.bodies import ASKS, CHOSEN, CODES, MAPPED, PERSON, Ask, sent

ODD: tuple[Any, ...] = (
    *(None, True, -1, 2**70, 1.5, "", "²", "\u0000", "a" * 200),
    *([], {}, [None], [5], [{}], {"resourceType": 5}, {"resourceType": "Patient"}),
    *("Patient/a", "Patient?x=y", "http://x|1", "9999-12-31T23:59:59Z"),
)
CLASHING = {"resourceType": "Patient", "extension": [{"url": "x", "extension": [{"url": "y"}]}]}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("resourceType", "id", "url", "code", "parameter", "part", "x")),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def opened() -> Iterator[Door]:
    with door() as held:
        for resource in (PERSON, {**PERSON, "id": "b"}, CODES, CHOSEN, MAPPED):
            told = held.ask("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
            assert told.status == 201, told.body
        yield held


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for step, held in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(held, (*path, step))


def with_other(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    value = copy.deepcopy(value)
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = other
    return value


def check_words(told: Told, what: object) -> None:
    assert told.status < 500, (what, told.body)
    if told.status >= 400:
        issues = told.json["issue"]
        assert all(one.get("details", {}).get("text") for one in issues), (what, told.body)


@pytest.mark.parametrize("name", ASKS)
def test_every_place_of_every_body_may_hold_anything(opened: Door, name: str) -> None:
    method, path, body, headers = ASKS[name]
    for place in places(body):
        for other in (*ODD, CLASHING):
            told = opened.ask(method, path, with_other(body, place, other), headers)
            check_words(told, (place, other))
    assert opened.ask("GET", "Patient/b").status in (200, 410)


@given(data=st.data(), ask=st.sampled_from(list(ASKS.values())))
@settings(max_examples=drawn(300), deadline=None, suppress_health_check=list(HealthCheck))
def test_several_places_of_a_body_may_hold_anything(
    opened: Door, data: st.DataObject, ask: Ask
) -> None:
    method, path, body, headers = ask
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(places(body))))
        body = with_other(body, place, data.draw(JSON_VALUES))
    check_words(opened.ask(method, path, body, headers), body)


@given(data=st.data(), ask=st.sampled_from(list(ASKS.values())), cut=st.integers(0, 4000))
@settings(max_examples=drawn(200), deadline=None, suppress_health_check=list(HealthCheck))
def test_bytes_may_be_cut_short_or_spoiled(
    opened: Door, data: st.DataObject, ask: Ask, cut: int
) -> None:
    method, path, body, headers = ask
    whole = sent(body)
    spoiled = (
        whole[:cut] + data.draw(st.binary(max_size=4)) + whole[cut + data.draw(st.integers(0, 9)) :]
    )
    check_words(opened.ask(method, path, spoiled, headers), spoiled)


def test_each_body_is_accepted_as_it_stands() -> None:
    with door() as held:
        for resource in (PERSON, {**PERSON, "id": "b"}, CODES, CHOSEN, MAPPED):
            held.ask("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
        refused = {}
        for name, (method, path, body, headers) in ASKS.items():
            told = held.ask(method, path, body, headers)
            if told.status >= 400:
                refused[name] = (told.status, told.body[-200:])
        assert set(refused) <= {"confirm", "confirm bundle", "duplicates", "unmerge", "topic"}, (
            refused
        )
