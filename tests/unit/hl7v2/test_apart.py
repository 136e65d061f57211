"""What is alike in laboratories’ messages and not the same: a series, senders, orders, units."""

from __future__ import annotations

from decimal import Decimal

import pytest

from garrod.adapters.hl7v2.orders import resources_of
from garrod.adapters.hl7v2.reports import read_reports
from garrod.adapters.hl7v2.taking import OtherOwner
from garrod.adapters.hl7v2.waiting import message_id
from tests.unit.hl7v2.lab import PATIENT, PID, Desk, K, at_desk, message, obx

GLUCOSE = "14749-6^Glucose^LN"
OTHER = "9000000009"
LATER = "20261128110000+0000"


def at(segment: str, when: str) -> str:
    """Return an OBX with the time of what was observed (OBX-14)."""
    return f"{segment}|||{when}"


def test_a_correction_of_one_of_a_series_leaves_the_others() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(message(obx(GLUCOSE, "5.0", sub="1"), obx(GLUCOSE, "11.9", sub="2")))
        corrected = obx(GLUCOSE, "10.9", sub="2", status="C")
        await desk.send(message(corrected, number="M2", time=LATER))
        found = {v for _, status, v in await desk.said() if status in ("final", "corrected")}
        assert found == {5.0, 10.9}
        assert "Glucose" in (await desk.only("Task"))["description"]  # the other is asked about

    at_desk(work)


def test_a_series_that_only_its_times_tell_apart_is_kept_whole() -> None:
    async def work(desk: Desk) -> None:
        first = at(obx(GLUCOSE, "5.0"), "202611270800+0000")
        second = at(obx(GLUCOSE, "11.9"), "202611271000+0000")
        await desk.send(message(first, second))
        changed = at(obx(GLUCOSE, "10.9", status="C"), "202611271000+0000")
        await desk.send(message(first, changed, number="M2", time=LATER))
        assert {v for _, status, v in await desk.said() if status != "entered-in-error"} == {
            5.0, 10.9,
        }  # fmt: skip

    at_desk(work)


def test_a_correction_that_names_none_of_a_series_asks_somebody() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(message(obx(GLUCOSE, "5.0", sub="1"), obx(GLUCOSE, "11.9", sub="2")))
        await desk.send(message(obx(GLUCOSE, "10.9", status="C"), number="M2", time=LATER))
        assert {v for _, _, v in await desk.said()} == {5.0, 11.9, 10.9}
        assert "nothing more of: Glucose, Glucose" in (await desk.only("Task"))["description"]

    at_desk(work)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"text": "MRI brain"}, "active"),
        ({"text": "Urea and electrolytes"}, "completed"),
        ({"coding": [{"system": "http://example.org", "code": "U1"}]}, "completed"),
    ],
)
def test_an_order_of_the_same_number_is_answered_only_where_it_asks_the_same(
    asked: dict[str, object], status: str
) -> None:
    async def work(desk: Desk) -> None:
        await desk.put({
            "resourceType": "ServiceRequest", "id": "asked", "status": "active", "intent": "order",
            "subject": {"reference": "Patient/syn-1"}, "code": asked,
            "identifier": [{"system": "http://example.org/orders", "value": "P1"}],
        })  # fmt: skip
        await desk.send(message(obx(K, "4.0", unit="mmol/L")))
        held = {r["id"]: r["status"] for r in await desk.all("ServiceRequest")}
        assert held["asked"] == status
        assert len(held) == (2 if status == "active" else 1)

    at_desk(work)


def test_an_older_message_opens_no_request_again() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(message(obx(K, "4.0", unit="mmol/L"), number="M2", time=LATER))
        await desk.send(message(obx(K, "3.9", unit="mmol/L", status="P"), status="P"))
        assert (await desk.only("ServiceRequest"))["status"] == "completed"

    at_desk(work)


def test_two_laboratories_may_count_alike() -> None:
    text = message(obx(K, "4.0", unit="mmol/L"))
    (one,), (other,) = read_reports(text), read_reports(text.replace("|SYNLAB|", "|OTHER|"))
    assert message_id(one) != message_id(other)


@pytest.mark.parametrize(
    ("kind", "value", "unit", "wanted"),
    [
        ("SN", "^<5", "g/L", {"valueString": "<5"}),
        ("SN", "^>1^-^3", "g/L", {"valueString": ">1-3"}),
        ("NM", "7", "10^9/L", {"unit": "10^9/L", "code": "10*9/L"}),
        ("NM", "7", "x10^9/L", {"unit": "x10^9/L", "code": "10*9/L"}),
        ("NM", "7", "foo^^UCUM", {"unit": "foo"}),
        ("NM", "7", "mmol/mol^^UCUM", {"unit": "mmol/mol", "code": "mmol/mol"}),
    ],
)
def test_no_sign_and_no_power_of_ten_is_lost(
    kind: str, value: str, unit: str, wanted: dict[str, str]
) -> None:
    (report,) = read_reports(message(obx(K, value, unit=unit, kind=kind)))
    (one,) = (m for m in resources_of(report, "p") if m.kind == "Observation")
    if "valueString" in wanted:
        assert one.resource["valueString"] == wanted["valueString"]
        return
    found = {k: v for k, v in one.resource["valueQuantity"].items() if k in ("unit", "code")}
    assert found == wanted
    assert one.resource["valueQuantity"]["value"] == Decimal(value)


def test_what_was_withdrawn_result_by_result_may_be_sent_for_the_right_person() -> None:
    async def work(desk: Desk) -> None:
        await desk.put({
            **PATIENT, "id": "syn-2", "birthDate": "1990-01-01",
            "identifier": [{**PATIENT["identifier"][0], "value": OTHER}],
            "name": [{"family": "Second", "given": ["Synthetic"]}],
        })  # fmt: skip
        value = obx(K, "4.0", unit="mmol/L")
        pid = f"PID|1||{OTHER}^^^NHS^NH||Second^Synthetic||19900101|M"
        await desk.send(message(value))
        with pytest.raises(OtherOwner):
            await desk.send(message(value, number="M2", pid=pid, time=LATER))
        gone = obx(K, "4.0", unit="mmol/L", status="W")
        await desk.send(message(gone, number="M3", time=LATER, status="C"))
        await desk.send(message(value, number="M4", pid=pid, time="20261128120000+0000"))
        states = {r["subject"]["reference"]: r["status"] for r in await desk.all("Observation")}
        assert states == {"Patient/syn-1": "entered-in-error", "Patient/syn-2": "final"}

    at_desk(work)


def test_a_hospital_number_is_no_nhs_number_whatever_its_check_digit() -> None:
    async def work(desk: Desk) -> None:
        pid = PID.replace("^NHS^NH", "^HOSP^MR")
        assert pid != PID
        came = await desk.send(message(obx(K, "4.0", unit="mmol/L"), pid=pid))
        assert "no NHS number" in came.why
        assert await desk.all("Observation") == []

    at_desk(work)
