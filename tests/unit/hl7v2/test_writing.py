"""A report of genes as HL7 v2: what is written is read back, and what is not known says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from garrod.adapters.hl7v2.reports import read_reports
from garrod.adapters.hl7v2.results import results
from garrod.adapters.hl7v2.writing import Sent, written_report
from garrod.core.finding import Candidate, GeneFinding, Status
from tests.unit.hl7v2.lab import NUMBER, PATIENT, Desk, at_desk


def called(gene: str, name: str, phenotype: str, **more: Any) -> GeneFinding:
    return GeneFinding(
        gene, Status.CALLED, (Candidate(name, 0.999, phenotype),), phenotype=phenotype, **more
    )


OPEN = GeneFinding(
    "UGT1A1",
    Status.AMBIGUOUS,
    (Candidate("*1/*28", 0.7, ""), Candidate("*1/*80", 0.3, "")),
    reasons=("a place | was not read",),
)
FINDINGS = (
    called("CYP2C19", "*2/*17", "Intermediate Metabolizer"),
    called("HLA-B", "*57:01 positive", ""),
    OPEN,
    GeneFinding("DPYD", Status.NO_CALL),
    GeneFinding("G6PD", Status.NOT_ASSESSED),
)
SENT = Sent("drop-1", "1", "2026-11-28T10:00:00+00:00", "syn-1", PATIENT, FINDINGS, ("A | note",))


def test_what_is_written_is_read_back() -> None:
    text = written_report(SENT)
    (report,) = read_reports(text)
    assert report.faults == []
    assert (report.number, report.is_training) == (report.header.text(10), False)
    assert report.orders[0].notes == ["A | note"]
    assert report.person is not None
    assert report.person.text(3) == NUMBER
    rows = {r.row.gene: r.row for r in results(text, "x")}
    assert (rows["CYP2C19"].diplotype, rows["CYP2C19"].phenotype) == (
        "*2/*17",
        "Intermediate Metabolizer",
    )
    assert rows["HLA-B"].diplotype == "*57:01 positive"
    for gene, words in (("DPYD", "could not be obtained"), ("G6PD", "was not asked for")):
        assert (rows[gene].diplotype, words in rows[gene].note) == ("", True)
    letters = [o.segment.text(11) for o in report.orders[0].observed]
    assert set(letters) == {"F", "N", "X"}


def test_what_is_not_settled_is_several_possibilities_with_their_odds() -> None:
    text = written_report(SENT)
    assert [r.row.diplotype for r in results(text, "x") if r.row.gene == "UGT1A1"] == [
        "*1/*28",
        "*1/*80",
    ]
    assert "Not settled: *1/*28 70%, *1/*80 30%" in text
    assert r"a place \F\ was not read" in text


def test_the_same_report_is_the_same_message_and_a_later_version_another() -> None:
    assert written_report(SENT) == written_report(SENT)
    later = written_report(replace(SENT, version="2", is_amended=True))
    (first,), (second,) = read_reports(written_report(SENT)), read_reports(later)
    assert first.number != second.number
    assert second.orders[0].segment.text(25) == "C"


def test_message_of_nobody_real_is_marked_for_training() -> None:
    (report,) = read_reports(written_report(replace(SENT, is_synthetic=True)))
    assert report.is_training


def test_what_is_written_comes_into_a_record() -> None:
    async def work(desk: Desk) -> None:
        came = await desk.send(written_report(SENT))
        assert came.why == ""
        said = {(status, value) for _, status, value in await desk.said()}
        assert said >= {
            ("final", "*2/*17"),
            ("final", "HLA-B*57:01 positive"),
            ("registered", None),
        }

    at_desk(work)
