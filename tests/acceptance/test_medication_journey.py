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
from tests.making.server import Server, server

PATIENT = "w4"
DOCTORS = {"gp": "doctor", "hospital": "doctor", "community-pharmacy": "pharmacist"}


@dataclass
class Desk:
    """A setting at the door: what it reads and writes goes through HTTP."""

    server: Server
    setting: str

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        role = DOCTORS.get(self.setting, self.setting)
        headers = {"X-Garrod-Setting": self.setting, "X-Garrod-Role": role}
        return self.server.ask(
            method, f"/fhir/{path}", headers={**headers, **more.pop("headers", {})}, **more
        )

    def read(self, question: str = "") -> tuple[str, dict[str, dict[str, Any]], list[str]]:
        """Return the entity tag of the list, its lines by medicine, and what may be missing."""
        found = self.ask("GET", f"Patient/{PATIENT}/$medication-list{question}")
        assert found.status_code == 200, found.text
        return found.headers["etag"], lines_in(found), notes_in(found)

    def line(self, etag: str, **parts: Any) -> httpx.Response:
        """Do one act to one line."""
        return self.operate("line", etag, parameters(**parts))

    def operate(self, name: str, etag: str, body: Any, key: str = "") -> httpx.Response:
        headers = {"If-Match": etag} if etag else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return self.ask("POST", f"Patient/{PATIENT}/${name}", json=body, headers=headers)

    def write(self, resource: dict[str, Any]) -> None:
        path = f"{resource['resourceType']}/{resource['id']}"
        done = self.ask("PUT", path, json=resource)
        assert done.status_code in (200, 201), done.text


def lines_in(found: httpx.Response) -> dict[str, dict[str, Any]]:
    entries = [e["resource"] for e in found.json()["entry"]]
    return {
        e["medicationCodeableConcept"]["text"]: e
        for e in entries
        if e["resourceType"] == "MedicationStatement" and not superseded(e)
    }


def superseded(line: dict[str, Any]) -> bool:
    return bool(said_of(line, "supersededBy"))


def said_of(line: dict[str, Any], name: str) -> str:
    (mark,) = [e for e in line["extension"] if e["url"].endswith("/medication-line")]
    return next((e["valueString"] for e in mark["extension"] if e["url"] == name), "")


def notes_in(found: httpx.Response) -> list[str]:
    issues = found.json()["entry"][-1]["resource"]["issue"]
    return [i["details"]["text"] for i in issues]


def parameters(**parts: Any) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": parts_of(parts)}


def parts_of(parts: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name, value in parts.items():
        for one in value if isinstance(value, list) else [value]:
            held = {"part": parts_of(one)} if isinstance(one, dict) else {"valueString": one}
            found.append({"name": name, **held})
    return found


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


def order(id: str, medicine: str, directions: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "active",
        "intent": "order",
        "category": [{"coding": [{"code": more.pop("category", "community")}]}],
        "medicationCodeableConcept": {"text": medicine},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "dosageInstruction": [{"text": directions}],
        **more,
    }


def dispense(id: str, of: str, medicine: str, status: str = "completed") -> dict[str, Any]:
    return {
        "resourceType": "MedicationDispense",
        "id": id,
        "status": status,
        "medicationCodeableConcept": {"text": medicine},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "performer": [{"actor": {"display": "The Corner Pharmacy"}}],
        "authorizingPrescription": [{"reference": f"MedicationRequest/{of}"}],
    }


RAMIPRIL, AMLODIPINE = "Ramipril 5 mg capsules", "Amlodipine 5 mg tablets"
IBUPROFEN, BISOPROLOL = "Ibuprofen 200 mg tablets", "Bisoprolol 2.5 mg tablets"
ONCE = "Take 1 capsule by mouth, once a day"
TWICE = "Take 1 capsule by mouth, twice a day"
TABLET = "Take 1 tablet by mouth, once a day"


def test_a_person_goes_through_every_setting(house: Server) -> None:
    gp, ward = Desk(house, "gp"), Desk(house, "hospital")
    pharmacy, person = Desk(house, "community-pharmacy"), Desk(house, "person")
    gp.write({"resourceType": "Patient", "id": PATIENT, "active": True})

    # The GP's list: two prescriptions make two lines, to be confirmed.
    gp.write(order("r1", RAMIPRIL, ONCE))
    gp.write(order("r2", AMLODIPINE, TABLET, dispenseRequest={"numberOfRepeatsAllowed": 2}))
    etag, lines, notes = ward.read()
    assert set(lines) == {RAMIPRIL, AMLODIPINE}
    assert lines[RAMIPRIL]["basedOn"] == [{"reference": "MedicationRequest/r1"}]
    assert any(n.startswith("hospital: was not asked") for n in notes)
    all_stay = parameters(line=[{"line": x["id"]} for x in lines.values()])
    done = gp.operate("confirm-medication-list", etag, all_stay, key="visit-1")
    assert done.status_code == 200, done.text
    again = gp.operate("confirm-medication-list", etag, all_stay, key="visit-1")
    assert again.headers["etag"] == done.headers["etag"]
    assert any("under the same key" in n for n in notes_in(again))
    assert gp.operate("confirm-medication-list", "", all_stay).status_code == 428
    as_of_gp = done.headers["etag"]
    then = written_at(gp)

    # Admission: the hospital sets its own history beside the record, and decides each row.
    opened = ward.operate(
        "reconcile",
        "",
        parameters(
            step="open",
            move="admission",
            source={
                "name": "drug history",
                "setting": "hospital",
                "line": [
                    {"medicine": RAMIPRIL, "directions": TWICE},
                    {"medicine": BISOPROLOL, "directions": TABLET},
                ],
            },
        ),
    )
    assert opened.status_code == 201, opened.text
    case, rows = rows_in(opened)
    kinds = {d for row in rows.values() for d in row["discrepancies"]}
    assert {"frequency", "missing"} <= kinds
    decided = ward.operate(
        "reconcile",
        "",
        parameters(
            step="decide",
            reconciliation=case,
            decision=[
                {"row": rows[RAMIPRIL]["id"], "choice": "hold", "reason": "low blood pressure"}
                | {"resumesWhen": "blood pressure is above 110"},
                {"row": rows[BISOPROLOL]["id"], "choice": "continue"},
            ],
        ),
    )
    assert decided.status_code == 200, decided.text
    closed = ward.operate(
        "reconcile", as_of_gp, parameters(step="close", reconciliation=case, to="gp")
    )
    assert closed.status_code == 200, closed.text
    assert any(n == f"not decided at admission: {AMLODIPINE} (record)" for n in notes_in(closed))

    # Another setting's change made a linked line; the GP sees it, and its own stale write fails.
    etag, lines, notes = gp.read()
    assert lines[RAMIPRIL]["status"] == "on-hold"
    assert said_of(lines[RAMIPRIL], "supersedes")
    assert lines[BISOPROLOL]["status"] == "active"
    assert any(n.startswith("hospital: answered") for n in notes)
    stale = gp.line(as_of_gp, act="stop", line=lines[AMLODIPINE]["id"], reason="swollen ankles")
    assert stale.status_code == 412
    differing = differences(stale)
    assert ("stop reason", "mine", "swollen ankles") in differing
    assert any(side == "theirs" for _, side, _ in differing)
    unchanged = gp.read()
    assert unchanged[0] == etag
    handover = closed.headers["location"].rpartition("/")[2]
    seen = gp.operate("reconcile", "", parameters(step="seen", handover=handover))
    assert seen.status_code == 200, seen.text
    told = ward.ask("GET", f"Communication/{handover}").json()
    assert told["status"] == "completed"
    assert all("Amlodipine" not in p["contentString"] for p in told["payload"][:2])

    # The ward changes its own line, then discharges.
    changed = ward.line(
        etag, act="resume", line=lines[RAMIPRIL]["id"], reason="blood pressure is 124"
    )
    assert changed.status_code == 200, changed.text
    discharge(ward, changed.headers["etag"])

    # The pharmacy supplies; the person adds what it bought.
    pharmacy.write(dispense("d1", "r1", RAMIPRIL))
    person.write(
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
    etag, lines, _ = gp.read()
    assert {"reference": "MedicationDispense/d1"} in lines[RAMIPRIL]["derivedFrom"]
    assert verification(lines[IBUPROFEN]) == "stated-but-unverified"

    # A prescription at the dispenser cannot be recalled; one that waits can.
    gp.write(order("r3", AMLODIPINE, TABLET))
    pharmacy.write(dispense("d2", "r3", AMLODIPINE, status="in-progress"))
    etag, lines, _ = gp.read()
    stopped = gp.line(etag, act="stop", line=lines[AMLODIPINE]["id"], reason="swollen ankles")
    assert stopped.status_code == 200, stopped.text
    assert gp.ask("GET", "MedicationRequest/r2").json()["status"] == "cancelled"
    assert gp.ask("GET", "MedicationRequest/r3").json()["status"] == "active"
    tasks = pharmacy.ask("GET", f"Task?patient=Patient/{PATIENT}&status=requested").json()["entry"]
    (task,) = [t["resource"] for t in tasks]
    assert task["input"][0]["valueReference"] == {"reference": "MedicationRequest/r3"}
    assert "The Corner Pharmacy" in task["description"]

    # The GP confirms the whole, what the person said among it.
    etag, lines, _ = gp.read()
    open_lines = [x for x in lines.values() if x["status"] not in ("stopped", "completed")]
    proposal = [
        {"line": x["id"]} | ({"act": "verify"} if x is lines[IBUPROFEN] else {}) for x in open_lines
    ]
    done = gp.operate("confirm-medication-list", etag, parameters(line=proposal))
    assert done.status_code == 200, done.text
    assert verification(lines_in(done)[IBUPROFEN]) == "confirmed"

    # What was known after the GP's first confirmation is still known, to the byte.
    early, lines, _ = person.read(f"?asKnown={then}")
    assert early == as_of_gp
    assert set(lines) == {RAMIPRIL, AMLODIPINE}
    assert lines[RAMIPRIL]["status"] == "active"
    past = gp.ask("GET", f"List/medicines-{PATIENT}/_history").json()
    assert len(past["entry"]) == int(done.headers["etag"].strip('W/"'))


def discharge(ward: Desk, etag: str) -> None:
    opened = ward.operate("reconcile", "", parameters(step="open", move="discharge"))
    case, rows = rows_in(opened)
    decision = [{"row": row["id"], "choice": "continue"} for row in rows.values()]
    decided = ward.operate(
        "reconcile", "", parameters(step="decide", reconciliation=case, decision=decision)
    )
    assert decided.status_code == 200, decided.text
    closed = ward.operate("reconcile", etag, parameters(step="close", reconciliation=case, to="gp"))
    assert closed.status_code == 200, closed.text
    assert not any(n.startswith("not decided") for n in notes_in(closed))


def rows_in(found: httpx.Response) -> tuple[str, dict[str, dict[str, Any]]]:
    case, rows = "", {}
    for parameter in found.json()["parameter"]:
        if parameter["name"] == "reconciliation":
            case = parameter["valueString"]
        if parameter["name"] != "row":
            continue
        values = {p["name"]: p.get("valueString") for p in parameter["part"]}
        entry = next(p for p in parameter["part"] if p["name"] == "entry")
        medicine = next(p["valueString"] for p in entry["part"] if p["name"] == "medicine")
        kinds = [
            q["valueString"]
            for p in parameter["part"]
            if p["name"] == "discrepancy"
            for q in p["part"]
            if q["name"] == "kind"
        ]
        rows[medicine] = {"id": values["id"], "discrepancies": kinds}
    return case, rows


def differences(stale: httpx.Response) -> list[tuple[str, str, str]]:
    found = []
    for issue in stale.json()["issue"][1:]:
        parts = {
            p["url"]: p.get("valueString", p.get("valueCode", ""))
            for p in issue["extension"][0]["extension"]
        }
        found.append((parts["field"], parts["side"], parts.get("mine", "")))
    return found


def verification(line: dict[str, Any]) -> str:
    (mark,) = [e for e in line["extension"] if e["url"].endswith("/medication-line")]
    return next(e["valueCode"] for e in mark["extension"] if e["url"] == "verification")


def written_at(desk: Desk) -> str:
    found = desk.ask("GET", f"List/medicines-{PATIENT}").json()
    return str(found["date"])
