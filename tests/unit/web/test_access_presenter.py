"""A line of the access history in words: who, why and what, and nothing that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from garrod.care.govern.audit import AuditEntry
from garrod.entry.web.access.presenter import Row, moment, named_in, row_of
from garrod.entry.web.access.reading import Line

NAMES = {"Practitioner/d": "Dr Dee", "Organization/o": "The clinic"}


def row(proof: dict[str, Any] | None = None, own: str = "", **told: Any) -> Row:
    entry = AuditEntry(at="2026-03-03T09:05:07.123456+00:00", index=4, **told)
    return row_of(Line(entry, "{}", proof), NAMES, own=own)


@pytest.mark.parametrize(
    ("who", "own", "shown"),
    [
        ("Practitioner/d", "", "Dr Dee"),
        ("Practitioner/x", "", "Practitioner/x"),
        ("Patient/p", "Patient/p", "You"),
        ("Patient/p", "", "Patient/p"),
        ("local", "", "The user of the server’s own machine"),
        ("", "", "Somebody who was not signed in"),
        ("", "Patient/p", "Somebody who was not signed in"),
        ("nobody", "Patient/p", "Somebody who was not signed in"),
    ],
)
def test_who_looked_is_named_as_far_as_is_known(who: str, own: str, shown: str) -> None:
    assert row(own=own, who=who).who == shown


def test_role_place_and_software_are_said() -> None:
    found = row(role="laboratory-scientist", organisation="Organization/o", client="app")
    assert (found.role, found.organisation, found.software) == (
        "Laboratory scientist", "The clinic", "app"
    )  # fmt: skip
    assert row(role="system").role == "Software"
    assert row().role == "No role stated"
    assert row(organisation="RA1").organisation == "RA1"


@pytest.mark.parametrize(
    ("purpose", "why"),
    [
        ("TREAT", "Care"), ("HRESCH", "Research"), ("ETREAT", "Emergency"), ("XYZ", "XYZ"),
        ("http://example.org#audit", "audit"), ("", "No purpose stated"),
    ],
)  # fmt: skip
def test_purpose_is_said_in_words(purpose: str, why: str) -> None:
    assert row(purpose=purpose).why == why


def test_what_one_asked_for_oneself_is_said_to_be_ones_own() -> None:
    assert row(who="Patient/p", own="Patient/p", purpose="PATRQT").why == "You asked for it"
    assert row(who="RelatedPerson/r", own="Patient/p", purpose="PATRQT").why == (
        "Asked for by the person"
    )


MANY = ("Condition", "Consent", "Encounter", "Flag", "Goal", "List", "Patient", "Task")


@pytest.mark.parametrize(
    ("deed", "kinds", "what"),
    [
        ("read", ("Patient",), "Read personal details"),
        ("search", ("MedicationRequest", "Goal"), "Searched for prescriptions, goals"),
        ("view", (), "Opened a page that shows the record"),
        ("read", ("NutritionOrder",), "Read nutrition order"),
        ("break the glass", ("Flag",), "Opened the record in an emergency"),
        ("audit", ("AuditEvent",), "Read the access history"),
        ("something new", (), "Something new the record"),
        (
            "read",
            MANY,
            "Read conditions, consents, visits, notices on the record, goals, the medicines list, "
            "2 other kinds",
        ),
        ("read", MANY[:7], "Read conditions, consents, visits, notices on the record, goals, "
         "the medicines list, personal details"),
    ],
)  # fmt: skip
def test_deed_is_said_in_words(deed: str, kinds: Sequence[str], what: str) -> None:
    assert row(deed=deed, kinds=tuple(kinds)).what == what


def test_part_of_a_request_says_so() -> None:
    assert row(deed="read", event="more").what == "Read the record (more of the same request)"


@pytest.mark.parametrize(
    ("outcome", "because", "said"),
    [
        ("permitted", (), ""),
        ("denied", (), "Refused"),
        ("denied", ("no rule permits it",), "Refused: no rule permits it"),
        ("failed", (), "It did not work, and nothing was given"),
    ],
)
def test_what_was_refused_or_failed_says_so(outcome: str, because: Any, said: str) -> None:
    assert row(outcome=outcome, because=because).outcome == said


def test_proof_and_moment_are_given_as_they_are() -> None:
    assert row().proof == ""
    assert row(proof={"leafIdx": 4}).proof == '{"leafIdx": 4}'
    assert row().when == "3 March 2026, 09:05:07 UTC"
    assert moment("2026-12-31T23:59:59+00:00") == "31 December 2026, 23:59:59 UTC"


def test_names_are_looked_up_of_references_alone() -> None:
    entries = [
        AuditEntry(at="", who="Practitioner/d", organisation="RA1"),
        AuditEntry(at="", who="local", organisation="Organization/o"),
    ]
    lines = (Line(entry, "", None) for entry in entries)
    assert named_in(lines) == {"Practitioner/d", "Organization/o"}
