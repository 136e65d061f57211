"""Moments of HL7 v2, and the answer to a message."""

import pytest

from garrod.adapters.hl7v2.acknowledging import acknowledged, code_of
from garrod.adapters.hl7v2.er7 import messages
from garrod.adapters.hl7v2.moments import day_of, instant_of, is_before, moment_of
from garrod.adapters.hl7v2.reports import Fault, read_reports
from tests.unit.hl7v2.lab import NOW, K, message, obx


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026", "2026"),
        ("202611", "2026-11"),
        ("20261128", "2026-11-28"),
        ("2026112810", "2026-11-28"),
        ("202611281030", "2026-11-28T10:30:00+00:00"),
        ("20260628103005.123", "2026-06-28T10:30:05+01:00"),
        ("20260628103005+0000", "2026-06-28T10:30:05+00:00"),
        ("20260628103005-0500", "2026-06-28T10:30:05-05:00"),
        ("20260329005900", "2026-03-29T00:59:00+00:00"),
        ("20260329020000", "2026-03-29T02:00:00+01:00"),
        ("20261025015900", "2026-10-25T01:59:00+01:00"),
        ("20261025020000", "2026-10-25T02:00:00+00:00"),
        ("20261301", ""),
        ("20260230", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_moment_is_as_exact_as_it_was_written(written: str, moment: str) -> None:
    assert moment_of(written) == moment


def test_a_day_and_an_instant_are_told_only_where_they_are_written() -> None:
    assert (day_of("202611"), day_of("202611281030")) == ("", "2026-11-28")
    assert instant_of("20261128") == ""
    assert is_before("2026-06-28T10:00:00+01:00", "2026-06-28T09:30:00+00:00")
    assert not is_before("", "2026-06-28T09:30:00+00:00")


def test_an_answer_names_the_message_the_faults_and_their_places() -> None:
    (report,) = read_reports(message(obx(K, "4")))
    plain = acknowledged(report, NOW)
    assert plain.split("\r")[1] == "MSA|AA|M1"
    assert plain == acknowledged(report, NOW)
    fault = Fault("PID", 2, 7, "is no date | at all")
    (answer,) = messages(acknowledged(report, NOW, faults=[fault]), "answer")
    assert (answer.header.text(9), answer.header.text(3), answer.header.text(5)) == (
        "ACK", "GARROD", "LIS",
    )  # fmt: skip
    accepted, error = answer.body
    assert accepted.text(1) == "AE"
    assert (error.text(2), error.text(2, 3), error.text(4)) == ("PID", "7", "E")
    assert error.text(8) == "PID-7 on line 2: is no date | at all"


def test_what_a_message_is_refused_for_tells_how() -> None:
    assert [code_of([Fault("MSH", 1, 9, "", code)]) for code in ("200", "101")] == ["AR", "AE"]
    assert code_of([]) == "AA"
