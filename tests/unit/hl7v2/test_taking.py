"""A laboratory's messages become resources: once, of the right person, never two that differ."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.genomics import read_results
from garrod.adapters.hl7v2.orders import resources_of
from garrod.adapters.hl7v2.reports import read_reports
from garrod.adapters.hl7v2.taking import OtherContent, OtherOwner
from garrod.core.errors import InputError
from tests.unit.hl7v2.lab import NUMBER, PATIENT, PID, Desk, K, at_desk, message, obx

GENE = obx("48018-6^Gene studied^LN", "HGNC:2621^CYP2C19^HGNC", kind="CWE", sub="1")
GENOTYPE = "84413-4^Genotype^LN"


def test_a_report_comes_in_with_request_values_and_its_message() -> None:
    async def work(desk: Desk) -> None:
        low = obx(K, "3.1", unit="mmol/l", between="3.5-5.3", flag="L")
        came = await desk.send(message(low, "NTE|1|L|Sample slightly haemolysed"))
        assert (came.why, came.is_known) == ("", False)
        one = await desk.only("Observation")
        assert one["subject"] == {"reference": "Patient/syn-1"}
        assert one["valueQuantity"] == {
            "value": 3.1, "unit": "mmol/l", "system": "http://unitsofmeasure.org",
            "code": "mmol/L",
        }  # fmt: skip
        assert one["code"]["coding"] == [{"system": "http://loinc.org", "code": "2823-3"}]
        assert (one["interpretation"][0]["text"], one["referenceRange"]) == (
            "L", [{"text": "3.5-5.3"}],
        )  # fmt: skip
        assert one["note"] == [{"text": "Sample slightly haemolysed"}]
        assert one["issued"] == "2026-11-28T10:00:00+00:00"
        report, request = await desk.only("DiagnosticReport"), await desk.only("ServiceRequest")
        assert report["basedOn"] == [{"reference": f"ServiceRequest/{request['id']}"}]
        assert report["result"] == [{"reference": f"Observation/{one['id']}"}]
        assert (report["status"], request["status"]) == ("final", "completed")
        source = await desk.only("Provenance")
        assert source["entity"][0]["what"] == {"reference": f"Bundle/{came.id}"}
        assert len(source["target"]) == 3

    at_desk(work)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "wanted", "said"),
    [
        (
            "NM",
            "5.20",
            "umol/L",
            {"value": Decimal("5.20"), "unit": "umol/L", "code": "umol/L"},
            "",
        ),
        ("NM", "5", "µmol/l^^UCUM", {"value": 5, "unit": "µmol/l", "code": "umol/L"}, ""),
        ("NM", "5", "widgets", {"value": 5, "unit": "widgets"}, "not known in UCUM"),
        ("NM", "5", "", {"value": 5}, "no unit"),
        ("NM", "<5", "mg/L", {"value": 5, "comparator": "<", "code": "mg/L"}, ""),
        ("ST", ">90", "ml/min", {"value": 90, "comparator": ">", "code": "mL/min"}, ""),
        ("SN", ">=^2.5", "g/L", {"value": Decimal("2.5"), "comparator": ">=", "code": "g/L"}, ""),
    ],
)
def test_numbers_keep_the_unit_as_written_and_get_it_in_ucum(
    kind: str, value: str, unit: str, wanted: dict[str, object], said: str
) -> None:
    (report,) = read_reports(message(obx(K, value, unit=unit, kind=kind)))
    (one,) = (m for m in resources_of(report, "p") if m.kind == "Observation")
    found = one.resource["valueQuantity"]
    assert {name: found.get(name) for name in wanted} == wanted
    assert ("code" in found) == ("code" in wanted)
    assert said in "".join(one.notes)
    assert bool(said) == bool(one.notes)


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        ("NM", "see text", {"valueString": "see text"}),
        ("ST", "Positive", {"valueString": "Positive"}),
        ("SN", "^1^-^3", {"valueRange": {"low": {"value": 1}, "high": {"value": 3}}}),
        ("SN", "^1^:^128", {"valueString": "1:128"}),
        ("TS", "20261101", {"valueDateTime": "2026-11-01"}),
        (
            "CWE",
            "10828004^Positive^SCT",
            {
                "valueCodeableConcept": {
                    "coding": [{"system": "http://snomed.info/sct", "code": "10828004"}],
                    "text": "Positive",
                }
            },
        ),
    ],
)
def test_values_that_are_no_number_are_kept_as_what_they_are(
    kind: str, value: str, wanted: dict[str, object]
) -> None:
    (report,) = read_reports(message(obx("X1^Serology^L", value, kind=kind)))
    (one,) = (m for m in resources_of(report, "p") if m.kind == "Observation")
    found = {k: v for k, v in one.resource.items() if k.startswith("value")}
    assert found == wanted


@pytest.mark.parametrize(
    ("letter", "status", "has_value"),
    [
        ("F", "final", True), ("C", "corrected", True), ("P", "preliminary", True),
        ("R", "unknown", True), ("S", "unknown", True), ("Z", "unknown", True),
        ("X", "final", False), ("I", "registered", False), ("N", "registered", False),
        ("D", "entered-in-error", True), ("W", "entered-in-error", True),
    ],
)  # fmt: skip
def test_what_a_laboratory_does_not_stand_by_is_kept_and_not_used(
    letter: str, status: str, has_value: bool
) -> None:
    (report,) = read_reports(message(obx(K, "4", unit="mmol/L", status=letter)))
    (one,) = (m for m in resources_of(report, "p") if m.kind == "Observation")
    assert one.resource["status"] == status
    assert ("valueQuantity" in one.resource) is has_value
    assert ("dataAbsentReason" in one.resource) is not has_value


def test_the_same_message_twice_does_nothing_and_another_with_its_number_is_refused() -> None:
    async def work(desk: Desk) -> None:
        first = message(obx(K, "4.0", unit="mmol/L"))
        await desk.send(first)
        again = await desk.send(first)
        assert (again.is_known, again.taken.written) == (True, [])
        with pytest.raises(OtherContent, match="MSH-10") as told:
            await desk.send(message(obx(K, "4.1", unit="mmol/L")))
        assert told.value.code == "REC207"
        assert await desk.said() == [("Potassium", "final", 4.0)]

    at_desk(work)


@pytest.mark.parametrize(
    ("letter", "value", "wanted", "words"),
    [
        ("C", "4.9", ("corrected", 4.9), "corrected: what stood"),
        ("F", "4.9", ("corrected", 4.9), "corrected: what stood"),
        ("F", "4.0", ("final", 4.0), ""),
        ("D", "", ("entered-in-error", 4.0), "withdrawn"),
        ("W", "4.0", ("entered-in-error", 4.0), "withdrawn"),
        ("X", "", ("corrected", None), "corrected: what stood"),
        ("P", "9.9", ("final", 4.0), "is not final"),
        ("R", "9.9", ("final", 4.0), "is not final"),
    ],
)
def test_a_later_message_changes_the_earlier_result_and_never_leaves_two(
    letter: str, value: str, wanted: tuple[str, float | None], words: str
) -> None:
    async def work(desk: Desk) -> None:
        await desk.send(message(obx(K, "4.0", unit="mmol/L")))
        later = message(
            obx(K, value, unit="mmol/L", status=letter), number="M2", time="20261128110000+0000"
        )
        came = await desk.send(later)
        assert await desk.said() == [("Potassium", *wanted)]
        assert words in " ".join(came.taken.notes)
        assert bool(words) == bool(came.taken.notes)
        report = await desk.only("DiagnosticReport")
        assert len(report["result"]) == 1

    at_desk(work)


def test_a_final_without_value_settles_the_preliminary_one() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(message(obx(K, "4.0", unit="mmol/L", status="P"), status="P"))
        await desk.send(message(obx(K, "", unit="mmol/L", status="U"), number="M2"))
        assert await desk.said() == [("Potassium", "final", 4.0)]

    at_desk(work)


def test_an_older_message_that_comes_late_revives_nothing() -> None:
    async def work(desk: Desk) -> None:
        withdrawn = obx(K, "4.0", unit="mmol/L", status="W")
        came = await desk.send(message(withdrawn, number="M2", time="20261128110000+0000"))
        assert "withdraws what is not here" in came.taken.notes[0]
        late = await desk.send(message(obx(K, "4.0", unit="mmol/L")))
        assert "older than what is here" in late.taken.notes[0]
        assert [status for _, status, _ in await desk.said()] == ["entered-in-error"]

    at_desk(work)


@pytest.mark.parametrize("letter", ["X", "W"])
def test_a_withdrawn_report_takes_its_results_with_it(letter: str) -> None:
    async def work(desk: Desk) -> None:
        both = (obx(K, "4.0", unit="mmol/L"), obx("2951-2^Sodium^LN", "140", unit="mmol/L"))
        await desk.send(message(*both))
        gone = message(
            obx(K, "", status=""), number="M2", status=letter, time="20261128110000+0000"
        )
        await desk.send(gone)
        stands = [one for one in await desk.said() if one[2] is not None and one[1] == "final"]
        assert stands == []

    at_desk(work)


def test_a_correction_that_is_silent_of_an_earlier_result_asks_somebody() -> None:
    async def work(desk: Desk) -> None:
        both = (obx(K, "4.0", unit="mmol/L"), obx("2951-2^Sodium^LN", "140", unit="mmol/L"))
        await desk.send(message(*both))
        corrected = obx(K, "4.4", unit="mmol/L", status="C")
        await desk.send(message(corrected, number="M2", status="C", time="20261128110000+0000"))
        task = await desk.only("Task")
        assert task["for"] == {"reference": "Patient/syn-1"}
        assert "says nothing more of: Sodium." in task["description"]
        assert await desk.said() == [("Potassium", "corrected", 4.4), ("Sodium", "final", 140)]

    at_desk(work)


@pytest.mark.parametrize(
    ("pid", "why"),
    [
        (PID.replace("19800203", "19800204"), "date of birth"),
        (PID.replace("19800203", ""), "date of birth"),
        (PID.replace("^Ada", "^Eve"), "name"),
        (PID.replace("Synthetic^", "Other^"), "name"),
        (PID.replace("Synthetic^Ada", "Synthetic"), "name"),
        (PID.replace("930 5552", "930 5553"), "no NHS number"),
        (PID.replace("944 930 5552", "9000000009"), "nobody"),
        (PID.replace("944 930 5552^^^NHS^NH", "77^^^H^MR"), "no NHS number"),
    ],
)
def test_whom_not_all_three_name_waits_for_a_human_once(pid: str, why: str) -> None:
    async def work(desk: Desk) -> None:
        text = message(obx(K, "4.0", unit="mmol/L"), pid=pid)
        came = await desk.send(text)
        assert why in came.why
        assert (await desk.send(text)).taken.written == []
        assert await desk.all("Observation") == []
        task = await desk.only("Task")
        assert "for" not in task
        assert NUMBER not in str(task)
        await desk.only("Bundle")

    at_desk(work)


def test_message_that_came_again_after_its_task_was_closed_is_asked_about_again() -> None:
    async def work(desk: Desk) -> None:
        text = message(obx(K, "4.0", unit="mmol/L"), pid=PID.replace("^Ada", "^Eve"))
        await desk.send(text)
        await desk.put({**await desk.only("Task"), "status": "cancelled"})
        assert len((await desk.send(text)).taken.written) == 1
        assert (await desk.only("Task"))["status"] == "requested"

    at_desk(work)


def test_who_is_said_by_a_human_is_taken_in_and_who_said_it_is_kept() -> None:
    async def work(desk: Desk) -> None:
        text = message(obx(K, "4.0", unit="mmol/L"), pid=PID.replace("^Ada", "^Eve"))
        await desk.send(text)
        with pytest.raises(InputError, match="no such person"):
            await desk.send(text, patient="nobody")
        await desk.send(text, patient="syn-1")
        assert await desk.said() == [("Potassium", "final", 4.0)]
        task = await desk.only("Task")
        assert task["status"] == "completed"
        assert "by hand for Patient/syn-1, though the name" in task["note"][0]["text"]

    at_desk(work)


def test_nobody_is_chosen_against_the_person_whom_all_three_name() -> None:
    async def work(desk: Desk) -> None:
        text = message(obx(K, "4.0", unit="mmol/L"), pid=PID.replace("^Ada", "^Eve"))
        await desk.send(text)
        await desk.put({**PATIENT, "id": "syn-2", "identifier": []})
        await desk.put({**PATIENT, "name": [{"family": "Synthetic", "given": ["Eve"]}]})
        with pytest.raises(InputError, match="another person here by now"):
            await desk.send(text, patient="syn-2")
        assert await desk.said() == []
        await desk.send(text, patient="syn-1")
        assert "agree now" in (await desk.only("Task"))["note"][0]["text"]

    at_desk(work)


def test_a_message_that_waits_comes_in_once_the_record_says_the_same() -> None:
    async def work(desk: Desk) -> None:
        text = message(obx(K, "4.0", unit="mmol/L"), pid=PID.replace("^Ada", "^Eve"))
        await desk.send(text)
        await desk.put({**PATIENT, "name": [{"family": "Synthetic", "given": ["Eve"]}]})
        assert (await desk.send(text)).why == ""
        assert (await desk.only("Task"))["status"] == "completed"

    at_desk(work)


def test_an_order_that_stands_for_somebody_else_is_refused_until_withdrawn() -> None:
    other = "9000000009"
    pid = f"PID|1||{other}^^^NHS^NH||Second^Synthetic||19900101|M"

    async def work(desk: Desk) -> None:
        await desk.put({
            **PATIENT, "id": "syn-2", "birthDate": "1990-01-01",
            "identifier": [{**PATIENT["identifier"][0], "value": other}],
            "name": [{"family": "Second", "given": ["Synthetic"]}],
        })  # fmt: skip
        value = obx(K, "4.0", unit="mmol/L")
        await desk.send(message(value))
        with pytest.raises(OtherOwner, match="OBR-3"):
            await desk.send(message(value, pid=pid, number="M2"))
        await desk.send(message(value, number="M3", status="W", time="20261128110000+0000"))
        await desk.send(message(value, pid=pid, number="M4"))
        found = await desk.all("Observation")
        assert {o["subject"]["reference"]: o["status"] for o in found} == {
            "Patient/syn-1": "entered-in-error", "Patient/syn-2": "final",
        }  # fmt: skip

    at_desk(work)


def test_the_house_own_request_is_what_a_report_answers() -> None:
    async def work(desk: Desk) -> None:
        await desk.put({
            "resourceType": "ServiceRequest", "id": "asked", "status": "active", "intent": "order",
            "identifier": [{"system": "https://example.org/orders", "value": "P1"}],
            "subject": {"reference": "Patient/syn-1"}, "code": {"text": "Urea and electrolytes"},
        })  # fmt: skip
        await desk.send(message(obx(K, "4.0", unit="mmol/L")))
        assert (await desk.only("ServiceRequest"))["status"] == "completed"
        report = await desk.only("DiagnosticReport")
        assert report["basedOn"] == [{"reference": "ServiceRequest/asked"}]

    at_desk(work)


def genes(observations: list[dict[str, object]]) -> list[tuple[str, str, str]]:
    entries = tuple((f"urn:{n}", o) for n, o in enumerate(observations))
    own = Own(frozenset(("Patient/syn-1",)), entries)
    return [(r.gene, r.diplotype, r.phenotype) for r in read_results(own, "record").rows]


def test_training_messages_and_wrong_ones_are_not_taken_in() -> None:
    async def work(desk: Desk) -> None:
        for text in (message(obx(K, "4.0"), mode="T"), message(obx("", "4.0"))):
            with pytest.raises(InputError) as told:
                await desk.send(text)
            assert told.value.code == "INP084"
        assert await desk.all("Bundle") == []

    at_desk(work)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (message(obx(K, "4")).replace("|M1|", "||"), "MSH-10 on line 1"),
        (message(obx(K, "4")).replace("ORU^R01^ORU_R01", "ADT^A01"), "MSH-9 on line 1"),
        (message(obx(K, "4"), pid=""), "MSH on line 1"),
        (message(), "MSH on line 1"),
        (message(obx(K, "4"), pid=PID.replace("19800203", "3 Feb")), "PID-7 on line 2"),
        (message(obx(K, "4"), pid=f"{PID}\r{PID}"), "PID on line 3"),
        (message(obx("", "4")), "OBX-3 on line 4"),
        (message(obx(K, "4")).replace("U1^Urea and electrolytes^L", ""), "OBR-4 on line 3"),
    ],
)
def test_faults_are_told_by_segment_field_and_line(text: str, where: str) -> None:
    (report,) = read_reports(text)
    assert where in [fault.where for fault in report.faults]


def test_real_format_report_with_a_document_is_read_whole(shared: Path) -> None:
    path = shared / "connect/nhs_genomics/hl7v2/NWGMSA_ORU_R01_PDF.txt"
    if not path.exists():
        pytest.skip("the shared messages are not there")
    (report,) = read_reports(path.read_text())
    assert report.faults == []
    assert report.is_training
    made = {one.kind: one for one in resources_of(report, "p")}
    assert "Observation" not in made
    notes = " ".join(made["DiagnosticReport"].notes)
    assert "came broken" in notes  # the example's document is cut
    assert "a document alone" in notes
    assert "R240.1" in made["DiagnosticReport"].resource["conclusion"]


def test_a_document_comes_in_as_it_was_sent() -> None:
    data = "JVBERi0xLjQK"
    (report,) = read_reports(message(obx("R1^Report^L", f"^LIS^application^pdf^Base64^{data}",
                                         kind="ED")))  # fmt: skip
    (one,) = (m for m in resources_of(report, "p") if m.kind == "DiagnosticReport")
    assert one.resource["presentedForm"] == [
        {"contentType": "application/pdf", "data": data, "title": "Report"}
    ]


def test_a_gene_comes_in_as_the_record_reads_genes() -> None:
    async def work(desk: Desk) -> None:
        star = obx(GENOTYPE, "*2/*17", kind="ST", sub="1")
        phenotype = obx("53040-2^Effect^LN", "LA10317-8^Intermediate metabolizer^LN", kind="CWE",
                        sub="1")  # fmt: skip
        await desk.send(message(GENE, star, phenotype))
        found = await desk.all("Observation")
        assert genes(found) == [("CYP2C19", "*2/*17", "Intermediate Metabolizer")]
        corrected = obx(GENOTYPE, "*1/*17", kind="ST", sub="a", status="C")
        named = GENE.replace("||1|", "||a|").replace("|1|HGNC", "|a|HGNC")
        await desk.send(
            message(named, corrected, number="M2", status="C", time="20261128110000+0000")
        )
        assert ("CYP2C19", "*1/*17", "Intermediate Metabolizer") in genes(
            await desk.all("Observation")
        )
        assert len(await desk.all("Observation")) == 2

    at_desk(work)


@pytest.mark.parametrize(
    ("value", "status", "wanted"),
    [
        ("*1/*2 or *1/*3", "F", [("CYP2C19", "", "")]),
        ("*1/*2", "X", [("CYP2C19", "", "")]),
        ("*1/*2", "W", []),
        ("*1/*2", "R", []),
    ],
)
def test_a_gene_that_is_not_settled_is_could_not_tell(
    value: str, status: str, wanted: list[tuple[str, str, str]]
) -> None:
    async def work(desk: Desk) -> None:
        await desk.send(message(GENE, obx(GENOTYPE, value, kind="ST", sub="1", status=status)))
        assert genes(await desk.all("Observation")) == wanted

    at_desk(work)


def test_two_at_once_are_one() -> None:
    async def work(desk: Desk) -> None:
        text = message(obx(K, "4.0", unit="mmol/L"))
        both = await asyncio.gather(desk.send(text), desk.send(text))
        assert sorted(came.is_known for came in both) == [False, True]
        assert len(await desk.all("Observation")) == 1

    at_desk(work)


SAMPLE = "SPM|1|S1||BLD^Blood^L|||||||||||||20261127090000|20261127100000"


@pytest.mark.parametrize(("segment", "words"), [(SAMPLE, "Blood"), ("", "Serum")])
def test_a_specimen_comes_in_and_its_results_name_it(segment: str, words: str) -> None:
    text = message(obx(K, "4.0", unit="mmol/L"), *((segment,) if segment else ()))
    if not segment:
        text = text.replace("20261127090000||||||||", "20261127090000||||||||SER&Serum&L", 1)
    (report,) = read_reports(text)
    made = {one.kind: one for one in resources_of(report, "p")}
    specimen = made["Specimen"]
    assert specimen.resource["type"]["text"] == words
    assert ("receivedTime" in specimen.resource) is bool(segment)
    assert made["Observation"].resource["specimen"] == {"reference": specimen.name}
    assert made["DiagnosticReport"].resource["specimen"] == [{"reference": specimen.name}]
