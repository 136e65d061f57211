"""Whom an answer speaks of is found in its bytes, however they are cut into parts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.care.govern.audit import AuditEntry, Trail
from garrod.entry.audit_answers import Answered, people_in

JSON, LINES = "application/fhir+json; charset=utf-8", "application/fhir+ndjson"


def looked(media: str, *parts: bytes) -> AuditEntry:
    trail = Trail("")
    answered = Answered(media, trail)
    for number, part in enumerate(parts, start=1):
        answered.part(part, is_last=number == len(parts))
    return trail.entries(200)[0]


def written(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


OBSERVATION = {"resourceType": "Observation", "id": "o1", "subject": {"reference": "Patient/p1"}}
BUNDLE = {
    "resourceType": "Bundle",
    "entry": [
        {"fullUrl": "http://here/fhir/Patient/p2", "resource": {"resourceType": "Patient"}},
        {"fullUrl": "http://here/fhir/Observation/o1", "resource": OBSERVATION},
    ],
}


@pytest.mark.parametrize(
    ("media", "body", "kinds", "people", "count"),
    [
        (JSON, written(OBSERVATION), ("Observation",), ("p1",), 1),
        (JSON, written(BUNDLE), ("Observation", "Patient"), ("p1", "p2"), 2),
        (JSON, b'{"resourceType" : "Basic","x":"Patient\\/p-1.A"}', ("Basic",), ("p-1.A",), 1),
        (JSON, b'{"x":"Patient/"}', (), (), 0),
        (JSON, b"", (), (), 0),
        ("application/fhir+xml", b'<reference value="Patient/p1"/>', (), ("p1",), 0),
        ("text/html", b'<a href="/patients/p1/prescribe">', (), ("p1",), 0),
        ("text/event-stream", b'data: {"patients":["p1","p2"]}\n\n', (), ("p1", "p2"), 0),
        ("text/event-stream", b'data: {"patients":[]}\n\n', (), (), 0),
        ("image/png", b"Patient/p1", (), (), 0),
        (LINES, b'{"id":"p1","resourceType":"Patient"}\nno JSON\n[]\n', ("Patient",), ("p1",), 1),
    ],
)
def test_answer_is_looked_through(
    media: str, body: bytes, kinds: tuple[str, ...], people: tuple[str, ...], count: int
) -> None:
    found = looked(media, body)
    assert (found.kinds, found.patients, found.count) == (kinds, people, count)


def test_place_of_what_was_written_is_looked_at() -> None:
    assert people_in(b"http://here/fhir/Patient/p1/_history/1") == {"p1"}
    assert people_in(b"http://here/fhir/Observation/p1") == set()


@given(st.lists(st.integers(1, 400), max_size=12), st.sampled_from((JSON, LINES)))
def test_cutting_an_answer_anywhere_changes_nothing(cuts: list[int], media: str) -> None:
    people = [{"resourceType": "Patient", "id": f"person-{n}"} for n in range(3)]
    seen = [{**OBSERVATION, "subject": {"reference": f"Patient/p{n}x"}} for n in range(6)]
    body = b"\n".join(written(one) for one in (*people, *seen)) + b"\n"
    parts, rest = [], body
    for cut in cuts:
        parts.append(rest[:cut])
        rest = rest[cut:]
    found = looked(media, *parts, rest)
    whole = looked(media, body)
    assert (found.kinds, found.patients) == (whole.kinds, whole.patients)
    assert set(whole.patients) >= {f"p{n}x" for n in range(6)}
