"""What a trail gathers during a request, and the entries that come of it."""

import json

import pytest

from garrod.care.govern.access import LOCAL, Actor, Deed, Deny, LocalAccess, Permit
from garrod.care.govern.audit import (
    LONGEST,
    PEOPLE,
    REASONS,
    AuditEntry,
    Trail,
    Trailed,
    canonical,
    current,
    entry_read,
    following,
    placed,
)

AT = "2026-11-28T10:00:00.000000+00:00"
NURSE = Actor("Practitioner/n1", role="nurse", organisation="RJ1", client="ward", session="s1")


def test_entry_says_who_saw_what_and_leaves_out_what_says_nothing() -> None:
    trail = Trail(AT, "GET /fhir/Observation/{id}", "read")
    trail.acted(NURSE)
    trail.saw("Observation", "o1", ("p1",))
    trail.saw("Observation", "o2", ("p2", "p1"))
    (entry,) = trail.entries(200)
    assert json.loads(canonical(entry)) == {
        "at": AT,
        "event": "request",
        "who": "Practitioner/n1",
        "role": "nurse",
        "organisation": "RJ1",
        "client": "ward",
        "session": "s1",
        "purpose": "TREAT",
        "deed": "read",
        "route": "GET /fhir/Observation/{id}",
        "kinds": ["Observation"],
        "patients": ["p1", "p2"],
        "outcome": "permitted",
        "status": 200,
        "count": 2,
    }


@pytest.mark.parametrize(
    ("status", "is_denied", "is_seen", "outcome"),
    [
        (200, False, True, "permitted"),
        (200, True, True, "permitted"),  # some of a search was hidden
        (200, True, False, "denied"),  # all of it was
        (404, True, False, "denied"),  # answered as what is not there
        (404, False, False, "failed"),
        (401, False, False, "denied"),
        (403, False, False, "denied"),
        (500, False, True, "failed"),
    ],
)
def test_outcome_is_what_became_of_it(
    status: int, is_denied: bool, is_seen: bool, outcome: str
) -> None:
    trail = Trail(AT)
    if is_denied:
        trail.denied("a consent says no")
    if is_seen:
        trail.saw("Observation", "o1", ("p1",))
    assert trail.entries(status)[0].outcome == outcome


@pytest.mark.parametrize(
    ("status", "is_denied", "named"),
    [(200, False, True), (403, False, True), (404, True, True), (404, False, False),
     (401, False, False), (400, False, False)],
)  # fmt: skip
def test_who_was_asked_about_is_named_unless_anything_may_stand_in_the_path(
    status: int, is_denied: bool, named: bool
) -> None:
    trail = Trail(AT)
    trail.about("Patient", ("p1",))
    if is_denied:
        trail.denied(("no relation",))
    assert trail.entries(status)[0].patients == (("p1",) if named else ())


def test_what_is_given_later_follows_the_entry_it_belongs_to() -> None:
    trail = Trail(AT, "GET /events", "listen")
    assert not trail.is_new
    trail.saw("Observation", "o1", ("p1",))
    assert not trail.is_new  # nothing is written yet: all of it goes into the first
    trail.entries(200)
    trail.written = 17
    assert not trail.is_new
    trail.saw("Observation", "o2", ("p1",))
    assert not trail.is_new
    trail.gave(("Observation",), ("p2",), 1)
    assert trail.is_new
    (more,) = trail.entries(200, of=17)
    assert (more.event, more.of, more.patients) == ("more", 17, ("p2",))
    assert not trail.is_new


def test_very_many_people_stand_in_several_entries() -> None:
    trail = Trail(AT)
    people = [f"p{n:05}" for n in range(2 * PEOPLE + 1)]
    trail.gave(("Patient",), people, len(people))
    found = trail.entries(200)
    assert [e.event for e in found] == ["request", "more", "more"]
    assert [p for e in found for p in e.patients] == people
    assert found[0].count == len(people)


def test_reasons_are_few_short_and_each_told_once() -> None:
    trail = Trail(AT)
    trail.denied("x" * 1000)
    trail.denied(["the same", "the same"])
    trail.denied(str(n) for n in range(100))
    (entry,) = trail.entries(200)
    assert len(entry.because) == REASONS
    assert len(entry.because[0]) == LONGEST
    assert entry.because[1:3] == ("the same", "0")


def test_deed_may_be_said_better_than_the_path_does() -> None:
    trail = Trail(AT, deed="operate")
    trail.did("merge")
    assert trail.entries(200)[0].deed == "merge"


def test_entry_comes_back_as_it_was_written() -> None:
    entry = AuditEntry(
        at=AT, of=0, event="more", who="é\ud800", kinds=("A",), patients=("p",), because=("b",)
    )
    content = placed(canonical(entry), 3)
    assert content.isascii()
    assert entry_read(content) == AuditEntry(
        at=AT, of=0, event="more", who="é\ud800", kinds=("A",), patients=("p",), because=("b",),
        index=3,
    )  # fmt: skip


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"index":1,"at":"x","more":1}', b"no JSON"])
def test_what_is_no_entry_is_not_taken_for_one(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"no audit entry|Expecting value"):
        entry_read(content)


def test_broken_glass_is_known_by_its_reason_or_its_purpose() -> None:
    for actor, is_broken in (
        (NURSE, False),
        (Actor("n", purpose="ETREAT"), True),
        (Actor("n", emergency="unconscious"), True),
    ):
        trail = Trail(AT)
        trail.acted(actor)
        assert trail.entries(200)[0].is_emergency is is_broken


def test_trail_is_current_within_its_block_alone() -> None:
    trail, outside = Trail(AT), current()
    outside.saw("Patient", "p", ("p",))
    with following(trail) as found:
        assert current() is trail is found
    assert current() is not trail
    assert current().entries(200)[0].patients == ()


def test_access_tells_the_trail_what_it_is_asked_and_answers() -> None:
    access, trail = Trailed(LocalAccess()), Trail(AT)
    with following(trail):
        assert access.decide(LOCAL, Deed.READ, "Patient", patients=("p1",)) == Permit()
        assert isinstance(access.decide(NURSE, Deed.READ, "Consent", patients=("p2",)), Deny)
    (entry,) = trail.entries(403)
    assert (entry.who, entry.patients) == ("Practitioner/n1", ("p1", "p2"))
    assert entry.kinds == ("Consent", "Patient")
    assert entry.because == ("Practitioner/n1 is not known here, so may not read Consent",)
    assert access.reach(LOCAL) is None
    assert access.reach(NURSE) == frozenset()


def test_number_given_for_a_persons_id_is_not_kept() -> None:
    trail = Trail(AT, "GET /patients/{id}/prescribe", "view")
    trail.about("Patient", ("9000000009", "9000000008", "p1"))
    trail.denied("no rule permits it")
    (entry,) = trail.entries(404)
    assert entry.patients == ("9000000008", "p1")  # the former has a wrong check digit: an id
