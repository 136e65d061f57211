"""One person's medicines through every setting: GP, admission, ward, discharge, pharmacy, person.

Through HTTP alone, on SQLite and on PostgreSQL: each step is seen from the other settings.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.contract import servers
from tests.making.desks import Desk, lines_in, notes_in, said_of
from tests.making.server import Server, server

PATIENT = "w4"
RAMIPRIL, AMLODIPINE = "Ramipril 5 mg capsules", "Amlodipine 5 mg tablets"
IBUPROFEN, BISOPROLOL = "Ibuprofen 200 mg tablets", "Bisoprolol 2.5 mg tablets"
ONCE = "Take 1 capsule by mouth, once a day"
TWICE = "Take 1 capsule by mouth, twice a day"
TABLET = "Take 1 tablet by mouth, once a day"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with servers.server() as url:
        yield url


@pytest.fixture
def fresh_database(postgres: str) -> Iterator[str]:
    name = f"garrod_journey_{os.getpid()}"
    servers.run(postgres, f"CREATE DATABASE {name}")
    try:
        yield servers.named(postgres, name)
    finally:
        servers.run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    is_postgres = request.param == "postgresql"
    database = request.getfixturevalue("fresh_database") if is_postgres else ""
    with server(tmp_path / "data", database=database) as running:
        yield running


@dataclass
class Town:
    """Every setting that looks after the person."""

    gp: Desk
    ward: Desk
    pharmacy: Desk
    person: Desk


def test_a_person_goes_through_every_setting(house: Server) -> None:
    settings = ("gp", "hospital", "community-pharmacy", "person")
    town = Town(*(Desk(house, setting, PATIENT) for setting in settings))
    town.gp.write({"resourceType": "Patient", "id": PATIENT, "active": True})
    first = prescribed_and_confirmed(town)
    then = town.gp.ask("GET", f"List/medicines-{PATIENT}").json()["date"]
    admitted(town, first)
    stale_write_is_refused(town, first)
    discharged(town)
    supplied_and_stated(town)
    stopped_with_recall(town)
    last = confirmed_by_the_gp(town)
    seen_as_it_was(town, first, then, last)


def prescribed_and_confirmed(town: Town) -> str:
    """Two prescriptions make two lines, which the GP confirms, once for one key."""
    town.gp.order("r1", RAMIPRIL, ONCE)
    town.gp.order("r2", AMLODIPINE, TABLET, dispenseRequest={"numberOfRepeatsAllowed": 2})
    etag, lines, notes = town.ward.read()
    assert set(lines) == {RAMIPRIL, AMLODIPINE}
    assert lines[RAMIPRIL]["basedOn"] == [{"reference": "MedicationRequest/r1"}]
    assert any(n.startswith("hospital: was not asked") for n in notes)
    whole = {"line": [{"line": x["id"]} for x in lines.values()]}
    assert town.gp.operate("confirm-medication-list", **whole).status_code == 428
    done = town.gp.operate("confirm-medication-list", etag, "visit-1", **whole)
    assert done.status_code == 200, done.text
    again = town.gp.operate("confirm-medication-list", etag, "visit-1", **whole)
    assert again.headers["etag"] == done.headers["etag"]
    assert any("under the same key" in n for n in notes_in(again))
    return done.headers["etag"]


def admitted(town: Town, etag: str) -> None:
    """The hospital sets its history beside the record, decides rows, and leaves one open."""
    history = [
        {"medicine": RAMIPRIL, "directions": TWICE},
        {"medicine": BISOPROLOL, "directions": TABLET},
    ]
    source = {"name": "drug history", "setting": "hospital", "line": history}
    opened = town.ward.operate("reconcile", step="open", move="admission", source=source)
    assert opened.status_code == 201, opened.text
    case, rows = rows_in(opened)
    assert {"frequency", "missing"} <= {d for row in rows.values() for d in row["differ"]}
    hold = {"choice": "hold", "reason": "low blood pressure", "resumesWhen": "it is above 110"}
    decisions = [
        {"row": rows[RAMIPRIL]["id"], **hold},
        {"row": rows[BISOPROLOL]["id"], "choice": "continue"},
    ]
    decide(town.ward, case, decisions)
    closed = town.ward.operate("reconcile", etag, step="close", reconciliation=case, to="gp")
    assert closed.status_code == 200, closed.text
    assert f"not decided at admission: {AMLODIPINE} (record)" in notes_in(closed)
    received(town, closed.headers["location"].rpartition("/")[2])


def received(town: Town, handover: str) -> None:
    """Only changes leave, and that the GP has seen them is seen on the ward."""
    assert town.ward.ask("GET", f"Communication/{handover}").json()["status"] == "in-progress"
    not_theirs = town.pharmacy.operate("reconcile", step="seen", handover=handover)
    assert not_theirs.status_code == 400
    assert town.gp.operate("reconcile", step="seen", handover=handover).status_code == 200
    told = town.ward.ask("GET", f"Communication/{handover}").json()
    assert told["status"] == "completed"
    said = [p["contentString"] for p in told["payload"]]
    assert [s.partition(":")[0] for s in said] == [RAMIPRIL, BISOPROLOL, "not decided"]


def stale_write_is_refused(town: Town, stale: str) -> None:
    """The GP, still on its own version, is shown what the hospital did and what it would do."""
    etag, lines, notes = town.gp.read()
    assert lines[RAMIPRIL]["status"] == "on-hold"
    assert said_of(lines[RAMIPRIL], "supersedes")
    assert lines[BISOPROLOL]["status"] == "active"
    assert any(n.startswith("hospital: answered") for n in notes)
    stop = {"act": "stop", "line": lines[AMLODIPINE]["id"], "reason": "swollen ankles"}
    refused = town.gp.line(stale, **stop)
    assert refused.status_code == 412
    assert refused.headers["etag"] == etag
    differing = differences(refused)
    assert ("stop reason", "mine", "swollen ankles") in differing
    assert any(side == "theirs" for _, side, _ in differing)
    assert town.gp.read()[0] == etag


def discharged(town: Town) -> None:
    """The ward changes its own line, then decides every row."""
    etag, lines, _ = town.ward.read()
    resumed = town.ward.line(etag, act="resume", line=lines[RAMIPRIL]["id"], reason="124 now")
    assert resumed.status_code == 200, resumed.text
    opened = town.ward.operate("reconcile", step="open", move="discharge")
    case, rows = rows_in(opened)
    decide(town.ward, case, [{"row": r["id"], "choice": "continue"} for r in rows.values()])
    etag = resumed.headers["etag"]
    closed = town.ward.operate("reconcile", etag, step="close", reconciliation=case, to="gp")
    assert closed.status_code == 200, closed.text
    assert not any(n.startswith("not decided") for n in notes_in(closed))
    assert any(n.startswith("last reconciled at discharge") for n in town.gp.read()[2])


def supplied_and_stated(town: Town) -> None:
    """A supply is linked to its line; what the person adds is shown as stated only."""
    town.pharmacy.supply("d1", "r1", RAMIPRIL)
    town.person.write(
        {
            "resourceType": "MedicationStatement",
            "id": "s1",
            "status": "active",
            "medicationCodeableConcept": {"text": IBUPROFEN},
            "subject": {"reference": f"Patient/{PATIENT}"},
            "informationSource": {"reference": f"Patient/{PATIENT}"},
            "dosage": [{"text": "Take 1 tablet by mouth, as needed for pain"}],
        }
    )
    _, lines, _ = town.gp.read()
    assert {"reference": "MedicationDispense/d1"} in lines[RAMIPRIL]["derivedFrom"]
    assert said_of(lines[IBUPROFEN], "verification") == "stated-but-unverified"


def stopped_with_recall(town: Town) -> None:
    """A prescription that waits is recalled; one at the dispenser is named in a task."""
    town.gp.order("r3", AMLODIPINE, TABLET)
    town.pharmacy.supply("d2", "r3", AMLODIPINE, status="in-progress")
    etag, lines, _ = town.gp.read()
    done = town.gp.line(etag, act="stop", line=lines[AMLODIPINE]["id"], reason="swollen ankles")
    assert done.status_code == 200, done.text
    assert town.gp.ask("GET", "MedicationRequest/r2").json()["status"] == "cancelled"
    assert town.gp.ask("GET", "MedicationRequest/r3").json()["status"] == "active"
    sought = f"Task?patient=Patient/{PATIENT}&status=requested"
    (task,) = [t["resource"] for t in town.pharmacy.ask("GET", sought).json()["entry"]]
    assert task["input"][0]["valueReference"] == {"reference": "MedicationRequest/r3"}
    assert "The Corner Pharmacy" in task["description"]
    assert any(n.startswith(f"Task/{task['id']}") for n in notes_in(done))


def confirmed_by_the_gp(town: Town) -> str:
    """The GP confirms the whole, what the person said among it."""
    etag, lines, _ = town.gp.read()
    proposal = [
        {"line": x["id"]} | ({"act": "verify"} if x is lines[IBUPROFEN] else {})
        for x in lines.values()
        if x["status"] not in ("stopped", "completed")
    ]
    done = town.gp.operate("confirm-medication-list", etag, line=proposal)
    assert done.status_code == 200, done.text
    assert said_of(lines_in(done)[IBUPROFEN], "verification") == "confirmed"
    return done.headers["etag"]


def seen_as_it_was(town: Town, first: str, then: str, last: str) -> None:
    """What was known at the first confirmation is still known; every version is in history."""
    etag, lines, _ = town.person.read(f"?asKnown={then}")
    assert etag == first
    assert set(lines) == {RAMIPRIL, AMLODIPINE}
    assert {line["status"] for line in lines.values()} == {"active"}
    past = town.gp.ask("GET", f"List/medicines-{PATIENT}/_history").json()
    assert len(past["entry"]) == int(last.strip('W/"'))


def decide(desk: Desk, case: str, decisions: list[dict[str, str]]) -> None:
    done = desk.operate("reconcile", step="decide", reconciliation=case, decision=decisions)
    assert done.status_code == 200, done.text


def rows_in(found: httpx.Response) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the id of a reconciliation, and its rows by medicine."""
    given = found.json()["parameter"]
    case = next(p["valueString"] for p in given if p["name"] == "reconciliation")
    return case, dict(_row(p["part"]) for p in given if p["name"] == "row")


def _row(parts: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    id = next(p["valueString"] for p in parts if p["name"] == "id")
    entry = next(p["part"] for p in parts if p["name"] == "entry")
    medicine = next(p["valueString"] for p in entry if p["name"] == "medicine")
    differ = [
        q["valueString"]
        for p in parts
        if p["name"] == "discrepancy"
        for q in p["part"]
        if q["name"] == "kind"
    ]
    return medicine, {"id": id, "differ": differ}


def differences(refused: httpx.Response) -> list[tuple[str, str, str]]:
    """Return field, side and my value of each difference."""
    found = []
    for issue in refused.json()["issue"][1:]:
        parts = issue["extension"][0]["extension"]
        said = {p["url"]: p.get("valueString", p.get("valueCode", "")) for p in parts}
        found.append((said["field"], said["side"], said.get("mine", "")))
    return found
