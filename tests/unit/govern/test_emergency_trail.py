"""What the audit says of a request through a broken glass, and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from garrod.care.govern.access import Actor
from garrod.care.govern.audit import MORE, REQUEST, AuditEntry
from garrod.care.govern.emergency import OPEN, broken
from garrod.care.govern.emergency_trail import told_apart
from garrod.care.record.glasses import REMEMBERED, Glasses

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
NURSE = Actor("Practitioner/n", role="nurse", organisation="O1")
P = broken(NURSE, "p", "collapsed in the waiting room", AT, id="glass-1")
R = broken(NURSE, "r", "anaphylaxis after a wasp sting", AT, id="glass-2")


def entry(*patients: str, **more: Any) -> AuditEntry:
    said: dict[str, Any] = {
        "who": NURSE.id,
        "role": "nurse",
        "organisation": "O1",
        "purpose": "TREAT",
        **more,
    }
    return AuditEntry(at=AT.isoformat(), patients=patients, **said)


def test_entry_of_one_person_says_why() -> None:
    (found,) = told_apart(entry("p"), [P, R])
    assert (found.purpose, found.emergency) == ("ETREAT", P.reason)
    assert (found.patients, found.event) == (("p",), REQUEST)


def test_others_beside_them_are_told_nothing_of_it() -> None:
    first, *rest = told_apart(entry("p", "q", "r"), [P, R])
    assert (first.patients, first.purpose, first.emergency) == (("q",), "TREAT", "")
    assert [(e.patients, e.emergency, e.event, e.of) for e in rest] == [
        (("p",), P.reason, MORE, -1),
        (("r",), R.reason, MORE, -1),
    ]


def test_several_opened_records_have_an_entry_each() -> None:
    first, second = told_apart(entry("p", "r"), [P, R])
    assert (first.patients, first.emergency, first.event) == (("p",), P.reason, REQUEST)
    assert (second.patients, second.emergency, second.event) == (("r",), R.reason, MORE)


@pytest.mark.parametrize(
    ("of", "glasses"),
    [
        (entry("q"), [P]),
        (entry("p"), []),
        (entry("p", who="Practitioner/m"), [P]),
        (entry("p", role="prescriber"), [P]),
        (entry("p", organisation="O2"), [P]),
        (entry("p", emergency="said by the act itself"), [P]),
    ],
)
def test_what_was_not_through_the_glass_stays_as_it_is(of: AuditEntry, glasses: list[Any]) -> None:
    assert told_apart(of, glasses) == (of,)


def test_glasses_are_known_while_an_answer_may_name_them() -> None:
    glasses = Glasses()
    assert has_any(glasses) is False
    assert glasses.between(NURSE.id, AT, AT) == []
    ended = replace(R, ended=AT + timedelta(minutes=1))
    glasses.met((P, ended))
    assert has_any(glasses) is True
    minute = timedelta(minutes=1)
    assert glasses.between(NURSE.id, AT - minute, AT - minute) == []  # before
    assert glasses.between(NURSE.id, AT - minute, AT + minute) == [P, ended]  # under way meanwhile
    assert glasses.between(NURSE.id, AT + minute, AT + minute) == [P]
    assert glasses.between("Practitioner/m", AT, AT) == []
    late = AT + OPEN + REMEMBERED
    assert glasses.between(NURSE.id, late, late) == []
    assert has_any(glasses) is True
    glasses.between(NURSE.id, late + minute, late + minute)
    assert has_any(glasses) is False  # forgotten


def has_any(glasses: Glasses) -> bool:
    return glasses.is_any
