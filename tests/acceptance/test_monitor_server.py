"""A real server: a kidney that fails over HTTP becomes an owned task, found by whose it is."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from garrod.adapters.fhir.cards import OWNERS
from tests.making.laboratory import bench
from tests.making.persons import LOINC, UCUM, WHO, concept, request
from tests.making.server import Server, server
from tests.unit.hl7v2 import lab

pytestmark = pytest.mark.slow
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1960-05-01"}
REMEMBERED = "SELECT count(*) FROM note WHERE room = 'monitor-said' AND id = ?"
MOST = 120.0  # seconds that a busy machine is given


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("monitor") / "data") as running:
        yield running


def egfr(id: str, value: int, days: int) -> dict[str, Any]:
    seen = datetime.now(UTC) - timedelta(days=days)
    unit = {"unit": "mL/min/1.73m2", "system": UCUM, "code": "mL/min/{1.73_m2}"}
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": concept(LOINC, "62238-1", "eGFR"),
        "subject": WHO,
        "effectiveDateTime": seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "valueQuantity": {"value": value, **unit},
    }


def put(live: Server, resource: dict[str, Any]) -> None:
    path = f"/fhir/{resource['resourceType']}/{resource['id']}"
    answer = live.ask("PUT", path, json=resource)
    assert answer.status_code in (200, 201), answer.text


def together(live: Server, *resources: dict[str, Any]) -> None:
    """Write resources in one transaction, so that nobody looks when some are there alone."""
    entries = [
        {"resource": r, "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}}
        for r in resources
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert live.ask("POST", "/fhir", json=bundle).status_code == 200


def remembered(folder: Path, who: str = "p1") -> bool:
    """Return whether the monitor has looked at the person once: before, nothing can change."""
    with closing(sqlite3.connect(f"file:{folder / 'record.db'}?mode=ro", uri=True)) as record:
        return bool(record.execute(REMEMBERED, (who,)).fetchone()[0])


def tasks(live: Server, more: str = "", who: str = "p1") -> list[dict[str, Any]]:
    answer = live.ask("GET", f"/fhir/Task?patient={who}{more}")
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", ())]


def of(owner: str) -> str:
    return f"&owner:identifier={quote(f'{OWNERS}|{owner}')}"


def until(check: Any) -> Any:
    end = time.monotonic() + MOST
    while not (found := check()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)
    return found


def test_result_that_falls_is_an_owned_task_and_is_closed_when_it_was_wrong(live: Server) -> None:
    together(
        live,
        PATIENT,
        request("r1", "Metformin 500 mg tablets", authoredOn="2025-01-02"),
        egfr("o1", 72, 30),
    )
    until(lambda: remembered(live.folder))
    assert tasks(live) == []

    put(live, egfr("o2", 22, 1))
    (task,) = until(lambda: tasks(live, of("prescriber")))
    assert task["description"].startswith("metformin: now stop T2")
    assert task["status"] == "requested"
    assert task["priority"] == "urgent"
    assert task["for"] == {"reference": "Patient/p1"}
    assert task["owner"]["identifier"] == {"system": OWNERS, "value": "prescriber"}
    assert task["restriction"]["period"]["end"]
    assert task["id"] in {t["id"] for t in tasks(live)}
    assert task["id"] in {t["id"] for t in tasks(live, f"{of('prescriber')}&status=requested")}
    assert task["id"] not in {t["id"] for t in tasks(live, of("laboratory"))}
    assert tasks(live, of("nobody")) == []

    put(live, {**egfr("o2", 22, 1), "status": "entered-in-error"})
    until(lambda: task["id"] in {t["id"] for t in tasks(live, "&status=cancelled")})
    assert task["id"] not in {t["id"] for t in tasks(live, "&status=requested")}


def test_result_of_a_laboratory_message_is_a_task_and_its_correction_closes_it(
    live: Server,
) -> None:
    who = {"reference": f"Patient/{lab.PATIENT['id']}"}
    id = str(lab.PATIENT["id"])
    metformin = request("r2", "Metformin 500 mg tablets", authoredOn="2025-01-02")
    together(
        live, lab.PATIENT, {**metformin, "subject": who}, {**egfr("o3", 72, 30), "subject": who}
    )
    until(lambda: remembered(live.folder, id))
    at = datetime.now(UTC).strftime("%Y%m%d%H%M%S+0000")

    def sent(value: str, **more: str) -> str:
        code, unit = "62238-1^eGFR^LN", "mL/min/1.73m2"
        result = lab.obx(code, value, unit=unit, status=more.pop("letter", "F"))
        return lab.message(result, time=at, **more).replace("20261127090000", at)

    with bench(live) as made:
        for text in (sent("22"), sent("71", letter="C", number="M2", status="C")):
            made.open("/connect")
            form = {"csrf": made.hidden()["csrf"], "message": text, "do": "take"}
            assert "MSA|AA" in made.client.post("/connect", data=form).text
            if "|22|" in text:
                (task,) = until(lambda: tasks(live, "&status=requested", id))
                assert task["description"].startswith("metformin: now stop T2")
    until(lambda: task["id"] in {t["id"] for t in tasks(live, "&status=cancelled", id)})
