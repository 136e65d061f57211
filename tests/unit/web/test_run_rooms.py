"""The safety case, the register of data uses and Connect in words."""

from __future__ import annotations

import json
from pathlib import Path

from garrod.adapters.hl7v2.reports import read_reports
from garrod.care.govern.numbers.release import COUNTS, GIVEN, REFUSED, Asked, Line
from garrod.entry.web.asked import cleaned
from garrod.entry.web.connect.presenter import taken, view_of
from garrod.entry.web.connect.reading import HL7, JSON, LINES, XML, form_of
from garrod.entry.web.connect.results import compared_of, held
from garrod.entry.web.register.presenter import (
    AGREES,
    FEW,
    LAW,
    NOT_CHECKED,
    WHAT,
    checked,
    rows_of,
)
from garrod.entry.web.register.reading import found_in
from garrod.entry.web.safety.presenter import AT_ONCE, chosen, part_of, proofs_of, sorts, tally
from garrod.entry.web.safety.reading import hazards
from tests.making.reading import age
from tests.unit.hl7v2.lab import PATIENT, K, message, obx
from tools.docs.hazards import data

ASKED = Asked("dr-a", "p1", "HRESCH", "consent", "set", COUNTS, "people by age")


def test_log_that_is_shown_is_the_log_of_the_house() -> None:
    wanted = [hazard["id"] for hazard in json.loads(data())]
    assert [hazard.id for hazard in hazards()] == wanted


def test_hazards_are_found_by_word_and_severity() -> None:
    found = chosen(hazards(), "genome BUILD", "catastrophic")
    assert "H02" in [hazard.id for hazard in found]
    assert {hazard.severity for hazard in found} == {"catastrophic"}
    assert chosen(hazards(), "zzzz", "") == ()


def test_each_hazard_is_counted_once_and_has_tests_in_words() -> None:
    every = hazards()
    assert sorts(every, "")[0].words == f"All ({len(every)})"
    assert tally(every, every).startswith(f"{len(every)} of {len(every)} hazards")
    assert all(proofs_of(hazard) for hazard in every)
    assert not proofs_of(every[0])[0].words.startswith("test")


def test_uses_stand_newest_first_and_no_small_number_is_told() -> None:
    at = "2026-11-28T10:00:00+00:00"
    lines = [Line(1, at, ASKED, GIVEN), Line(2, at, ASKED, REFUSED, "too near")]
    rows = rows_of([*lines, Line(3, at, ASKED, GIVEN, people="120")])
    assert [row.id for row in rows] == [3, 2, 1]
    assert [row.people for row in rows] == ["120", "No one", FEW]
    assert rows[0].when == "28 November 2026, 10:00 UTC"


def test_register_is_in_words_that_a_child_of_twelve_reads() -> None:
    said = [*WHAT.values(), *LAW.values(), AGREES, NOT_CHECKED, checked(2)]
    text = ". ".join(words.rstrip(".") for words in said) + "."
    assert age(text) <= 12


def test_ledger_that_was_never_begun_is_not_begun_by_a_look(tmp_path: Path) -> None:
    assert found_in(tmp_path).lines == ()
    assert list(tmp_path.iterdir()) == []


def test_form_of_a_message_is_known_by_its_beginning() -> None:
    assert form_of("MSH|^~\\&|LAB\nPID|1") == HL7
    assert form_of("<Bundle/>") == XML
    assert form_of('{"a":1}\n{"b":2}') == LINES
    assert form_of('{\n"a":1\n}') == JSON
    assert form_of("words") == JSON


def test_lines_of_a_pasted_message_stay_lines_however_they_end() -> None:
    assert cleaned("message", "MSH|\rPID|\r\nOBR|") == "MSH|\nPID|\nOBR|"
    assert cleaned("why", "a\rb") == "a b"


def test_what_is_wrong_is_told_by_place_and_never_taken_in() -> None:
    view = view_of("json", {"Patient": 1}, (), [("", "is empty", "FHR100")])
    assert (view.faults[0].where, view.is_right) == ("The message", False)
    assert not view_of("json", {}, (), (), acts=True).is_right
    view = view_of("hl7", {}, [("Potassium", "4.0 mmol/L (final)")], (), limit="for training")
    assert (view.limit, view.holds) == ("for training", (("Potassium", "4.0 mmol/L (final)"),))


def test_a_laboratory_message_is_told_by_results_and_beside_the_person() -> None:
    (report,) = read_reports(
        message(obx(K, "4.0", unit="mmol/L"), obx("X^Serology^L", "", kind="ST", status="X"))
    )
    assert held([report]) == [
        ("Potassium", "4.0 mmol/L (final)"),
        ("Serology", "could not be obtained (could not be obtained)"),
    ]
    assert report.person is not None
    told = compared_of("b", {**PATIENT, "birthDate": "1980-02-04"}, "syn-1", report.person)
    assert [(what, verdict) for what, _, _, verdict in told.rows] == [
        ("NHS number", "The same"), ("Name", "The same"), ("Born", "Other"),
    ]  # fmt: skip


def test_two_different_people_are_never_shown_as_of_one_name() -> None:
    (report,) = read_reports(message(obx(K, "4.0", unit="mmol/L")))
    assert report.person is not None
    other = {"birthDate": "1985-07-01", "name": [{"family": "Okafor", "given": ["Peter"]}]}
    told = compared_of("b", other, "syn-1", report.person)
    assert {verdict for _, _, _, verdict in told.rows} == {"Other"}


def test_what_was_taken_in_is_told_in_counts_alone() -> None:
    assert taken("3", "1") == "Taken in: 3 stored, 1 there already."
    assert taken("<script>", "1") == ""


def test_parts_of_the_safety_case_are_the_whole_of_it() -> None:
    every, seen = hazards(), []
    number = 1
    while True:
        part = part_of(every, str(number), "a&b", "")
        seen += part.rows
        assert part.words.endswith(f" of {len(every)}")
        assert all("words=a%26b" in link.to for link in part.links)
        if not any(link.words == "Later hazards" for link in part.links):
            break
        number += 1
    assert tuple(seen) == tuple(every)
    assert len(part_of(every, "1", "", "").links) == 1
    for odd in ("", "0", "-1", "x", "9" * 30, "\u0662"):
        assert part_of(every, odd, "", "").rows == tuple(every[:AT_ONCE])
    assert part_of(every, "99999999", "", "").rows[-1] == every[-1]
    assert part_of((), "1", "", "").links == ()
