"""Which entries of the audit are looks, and where those of some days begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from garrod.adapters.audit.looks import entries_since, looks_in
from garrod.adapters.audit.reading import Reading
from garrod.care.govern.audit import DENIED, FAILED, TASK, AuditEntry, canonical
from garrod.core.errors import InputError
from tests.making.audits import entry_of, opened

START = datetime(2026, 11, 28, 10, tzinfo=UTC)


def at(hours: float, **more: object) -> AuditEntry:
    told = (START + timedelta(hours=hours)).isoformat(timespec="microseconds")
    return replace(entry_of(at=told), **more)  # type: ignore[arg-type]


def test_a_look_tells_who_whom_and_when() -> None:
    (look,) = looks_in([at(0, organisation="XWH01", index=7)])
    assert (look.entry, look.at, look.who, look.role) == (
        7,
        START,
        "Practitioner/pr1",
        "prescriber",
    )
    assert (look.organisation, look.patient) == ("XWH01", "p1")
    assert not look.is_glass
    assert not look.is_refused


@pytest.mark.parametrize(
    "entry",
    [
        at(0, patients=()),
        at(0, patients=tuple("abcdef")),  # a list
        at(0, outcome=FAILED),
        at(0, event=TASK),
        at(0, deed="audit"),
        at(0, deed="review"),
        at(0, deed="decide review"),
        *(at(0, role=role) for role in ("", "patient", "proxy", "system", "cds-client")),
    ],
)
def test_what_is_no_look_of_staff_at_one_person_is_left_out(entry: AuditEntry) -> None:
    assert list(looks_in([entry])) == []


def test_a_refused_try_and_a_broken_glass_are_looks_and_say_so() -> None:
    refused, broken = looks_in(
        [at(0, outcome=DENIED), at(0, purpose="ETREAT", emergency="found on the floor")]
    )
    assert (refused.is_refused, refused.is_glass) == (True, False)
    assert (broken.is_refused, broken.is_glass) == (False, True)


def test_alike_within_an_hour_is_one_look_and_each_person_of_a_few_is_one() -> None:
    entries = [at(0), at(0.5), at(0.9, patients=("p1", "p2")), at(1.2)]
    assert [(k.patient, k.at) for k in looks_in(entries)] == [
        ("p1", START),
        ("p2", START + timedelta(hours=0.9)),
        ("p1", START + timedelta(hours=1.2)),
    ]


def test_entries_begin_where_the_days_do(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([(canonical(at(hours)), ("p1",), False) for hours in range(10)])
    log.close()
    reading = Reading(tmp_path / "audit.db")
    try:
        found = list(entries_since(reading, START + timedelta(hours=7)))
        assert [e.at[:13] for e in found] == ["2026-11-28T17", "2026-11-28T18", "2026-11-28T19"]
        assert list(entries_since(reading, START + timedelta(days=9))) == []
        assert len(list(entries_since(reading, START - timedelta(days=400)))) >= 10
    finally:
        reading.close()


def test_a_row_that_is_no_entry_is_said() -> None:
    class Broken:
        def seal(self) -> object:
            return type("Head", (), {"size": 3})()

        def entry(self, index: int) -> bytes:
            return b"rubbish"

    with pytest.raises(InputError) as error:
        list(entries_since(Broken(), START))  # type: ignore[arg-type]
    assert error.value.code == "AUD011"
