"""A server leaves one entry for each request, before the answer leaves, and tells who saw what."""

import base64
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from garrod.adapters.audit.keys import read_key
from garrod.adapters.audit.proofs import holds
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import AuditEntry, entry_read
from garrod.care.govern.merkle import leaf_hash
from tests.making.audits import reading_of
from tests.making.server import Server, server

NUMBER = "9000000009"
PERSON = {
    "resourceType": "Patient",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}],
    "name": [{"family": "Unmistakable", "given": ["Zebedee"]}],
}


def entries(folder: Path) -> list[AuditEntry]:
    reading = reading_of(folder / "audit.db")
    found = [entry_read(reading.entry(i)) for i in range(reading.seal().size)]
    reading.close()
    return [e for e in found if e.event == "request"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("audit") / "data") as found:
        yield found


def person(running: Server, **more: Any) -> str:
    """Return the id of a new person."""
    answer = running.ask("POST", "/fhir/Patient", json={**PERSON, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def observation(running: Server, patient: str) -> str:
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "potassium"},
        "subject": {"reference": f"Patient/{patient}"},
    }
    return str(running.ask("POST", "/fhir/Observation", json=body).json()["id"])


def last(running: Server, *, of: int = 1) -> AuditEntry:
    return entries(running.folder)[-of]


def test_each_request_leaves_one_entry_whatever_became_of_it(running: Server) -> None:
    patient = person(running)
    before = len(entries(running.folder))
    asked = [
        running.ask("GET", f"/fhir/Patient/{patient}"),
        running.ask("GET", "/fhir/Patient/not-there"),
        running.ask("GET", "/fhir/Patient?name=Unmistakable"),
        running.ask("GET", "/fhir/Patient?nonsense=1"),
        running.ask("GET", "/fhir/metadata"),
        running.ask("POST", "/fhir/Patient", json={"resourceType": "Patient", "gender": 7}),
        running.ask("POST", "/fhir", json={"resourceType": "Bundle", "type": "batch"}),
        running.ask("DELETE", "/nowhere/at/all"),
        running.ask("GET", "/openapi.json"),
        running.ask("GET", "/patients"),
        running.ask("GET", "/cds-services"),
        running.ask("POST", "/advice", json={"person": patient, "medicine": "codeine"}),
        running.ask("GET", "/audit/head"),
        httpx.get(f"{running.base}/fhir/Patient/{patient}"),
        httpx.get(f"{running.base}/fhir/Patient/{patient}", headers={"Host": "elsewhere"}),
    ]
    found = entries(running.folder)[before:]
    assert [e.status for e in found] == [a.status_code for a in asked]
    outcomes = Counter(e.outcome for e in found)
    assert outcomes["denied"] == [a.status_code in (401, 403) for a in asked].count(True) >= 2
    assert outcomes["failed"] >= 4
    assert not any(e.who for e in found[-2:])
    assert {e.who for e in found[:3]} == {"local"}
    unheard = [running.ask("GET", path) for path in ("/health", "/metrics", "/static/garrod.css")]
    assert [a.status_code for a in unheard] == [200, 200, 200]
    assert len(entries(running.folder)) == before + len(asked)


def test_many_at_once_leave_an_entry_each(running: Server) -> None:
    patient = person(running)
    before = len(entries(running.folder))
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: running.ask("GET", f"/fhir/Patient/{patient}"), range(200))
        )
    assert {a.status_code for a in answers} == {200}
    assert len(entries(running.folder)) == before + 200


def test_entry_says_who_did_what_to_whom_without_a_name_or_number(running: Server) -> None:
    patient = person(running)
    running.ask("GET", f"/fhir/Patient?name=Unmistakable&identifier={NUMBER}")
    assert last(running).route == "GET /fhir/Patient"
    assert patient in last(running).patients
    assert running.ask("GET", f"/fhir/Patient/{patient}").status_code == 200
    found = last(running)
    assert found.route == "GET /fhir/Patient/{id}"
    assert (found.who, found.role) == ("local", "system")
    assert (found.deed, found.purpose) == ("read", "TREAT")
    assert (found.kinds, found.patients, found.count) == (("Patient",), (patient,), 1)
    running.ask("GET", f"/fhir/Patient/{NUMBER}")
    running.ask("GET", f"/fhir/Unmistakable/Zebedee/{NUMBER}")
    running.ask("GET", f"/{NUMBER}?patient={NUMBER}")
    reading = reading_of(running.folder / "audit.db")
    whole = b"".join(reading.entry(i) for i in range(reading.seal().size))
    reading.close()
    for word in (NUMBER, "Unmistakable", "Zebedee"):
        assert word.encode() not in whole


def test_search_names_all_whose_data_it_gave(running: Server) -> None:
    people = [person(running) for _ in range(3)]
    for one in people:
        observation(running, one)
    asked = ",".join(f"Patient/{one}" for one in people[:2])
    answer = running.ask("GET", f"/fhir/Observation?subject={asked}&_include=Observation:subject")
    assert answer.json()["total"] == 2
    found = last(running)
    assert set(found.patients) == set(people[:2])
    assert (set(found.kinds), found.count, found.deed) == ({"Observation", "Patient"}, 4, "search")
    running.ask("GET", f"/fhir/Patient/{people[2]}/$everything")
    assert last(running).patients == (people[2],)
    assert last(running).route == "GET /fhir/Patient/{id}/$everything"


def test_writing_is_audited_by_whom_it_is_about(running: Server) -> None:
    patient = person(running)
    assert (last(running).deed, last(running).patients) == ("create", (patient,))
    written = observation(running, patient)
    found = last(running)
    assert (found.deed, found.patients, found.kinds) == ("create", (patient,), ("Observation",))
    running.ask("DELETE", f"/fhir/Observation/{written}")
    assert last(running).deed == "delete"


def test_stream_names_each_person_before_it_speaks_of_them(running: Server) -> None:
    one, other = person(running), person(running)
    with running.client.stream("GET", f"{running.base}/events", timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith(": listening"))
        for patient in (one, other):
            observation(running, patient)
            said = json.loads(next(x for x in lines if x.startswith("data: "))[6:])
            while said["patients"] != [patient]:
                said = json.loads(next(x for x in lines if x.startswith("data: "))[6:])
            reading = reading_of(running.folder / "audit.db")
            found = [entry_read(e) for e in reading.of_person(patient, None, 50)]
            reading.close()
            (more,) = [e for e in found if e.event == "more"]
            assert more.route == "GET /events"
            assert more.of > 0


def test_history_of_a_person_can_be_proved_entry_by_entry(running: Server) -> None:
    patient = person(running)
    observation(running, patient)
    running.ask("GET", f"/fhir/Patient/{patient}/$everything")
    told = running.ask("GET", f"/audit/people/{patient}").json()
    assert [e["what"] for e in told["entries"]] == ["operate", "create", "create"]
    assert {e["why"] for e in told["entries"]} == {"TREAT"}
    head = running.ask("GET", "/audit/head").json()
    for one in told["entries"]:
        asked = f"index={one['index']}&size={head['size']}"
        proof = running.ask("GET", f"/audit/proof/inclusion?{asked}").json()
        assert proof["root"] == head["root"]
        assert holds(json.dumps(proof).encode())
        leaf = leaf_hash(one["entry"].encode("ascii"))
        assert proof["leafHash"] == base64.b64encode(leaf).decode()
    later = running.ask("GET", "/audit/head").json()
    asked = f"from={head['size']}&to={later['size']}"
    growth = running.ask("GET", f"/audit/proof/consistency?{asked}").json()
    assert (growth["root1"], growth["root2"]) == (head["root"], later["root"])
    assert holds(json.dumps(growth).encode())


def test_history_comes_page_by_page(running: Server) -> None:
    patient = person(running)
    for _ in range(4):
        running.ask("GET", f"/fhir/Patient/{patient}")
    first = running.ask("GET", f"/audit/people/{patient}?_count=2").json()
    second = running.ask("GET", f"/audit/people/{patient}?before={first['before']}&_count=2").json()
    places = [e["index"] for e in (*first["entries"], *second["entries"])]
    assert places == sorted(places, reverse=True)
    assert len(set(places)) == 4


def test_audit_event_is_valid_fhir_and_names_the_person(running: Server) -> None:
    patient = person(running)
    running.ask("GET", f"/fhir/Patient/{patient}")
    bundle = running.ask("GET", f"/fhir/AuditEvent?patient={patient}").json()
    newest = running.ask("GET", f"/fhir/AuditEvent?patient={patient}&_sort=-date").json()
    assert newest["entry"][-2:] == bundle["entry"]  # before them, that it was asked for
    others = running.ask("GET", f"/fhir/AuditEvent?patient={patient}&date=ge2020").json()
    (word,) = others["entry"]  # nobody takes that for "nobody looked"
    assert (others["total"], word["search"]["mode"]) == (0, "outcome")
    assert "AuditEvent?patient=ID" in word["resource"]["issue"][0]["details"]["text"]
    events = [e["resource"] for e in bundle["entry"]]
    assert [e["action"] for e in events] == ["R", "C"]
    for event in events:
        assert event["entity"][0]["what"] == {"reference": f"Patient/{patient}"}
        checked = running.ask("POST", "/fhir/AuditEvent/$validate", json=event)
        assert {i["severity"] for i in checked.json()["issue"]} <= {"information", "warning"}
    page = running.ask("GET", f"/fhir/AuditEvent?patient=Patient/{patient}&_count=1").json()
    assert [link["relation"] for link in page["link"]] == ["self", "next"]
    more = running.client.get(page["link"][1]["url"]).json()
    assert more["entry"][0]["resource"]["id"] < page["entry"][0]["resource"]["id"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/audit/proof/inclusion?index=0", 200),
        ("/audit/proof/inclusion", 400),
        ("/audit/proof/inclusion?index=-1", 400),
        ("/audit/proof/inclusion?index=x", 400),
        ("/audit/proof/inclusion?index=99999999", 400),
        ("/audit/proof/inclusion?index=0&size=99999999999999999999", 400),
        ("/audit/proof/inclusion?index=0&size=0", 400),
        ("/audit/proof/consistency?from=0", 400),
        ("/audit/proof/consistency?from=1", 200),
        ("/audit/proof/consistency?from=2&to=1", 400),
        ("/audit/people/nobody", 200),
    ],
)
def test_questions_to_the_audit(running: Server, path: str, status: int) -> None:
    answer = running.ask("GET", path)
    assert answer.status_code == status, answer.text
    assert httpx.get(f"{running.base}{path}").status_code == 401


def test_log_stands_at_the_end_and_a_cut_is_told_at_the_next_start(tmp_path: Path) -> None:
    folder, witness = tmp_path / "data", tmp_path / "witness"
    with server(folder, settings={"GARROD_AUDIT_WITNESS": str(witness)}) as running:
        person(running)
    with server(folder, settings={"GARROD_AUDIT_WITNESS": str(witness)}) as running:
        person(running)
        running.kill()
    key = read_key(folder / "audit.key").id
    assert verified(folder / "audit.db", witness=witness, key=key).flaw is None
    with sqlite3.connect(folder / "audit.db") as connection:
        connection.execute("DROP TRIGGER entries_delete")
        connection.execute("DELETE FROM entries WHERE id = (SELECT max(id) FROM entries)")
    connection.close()
    with pytest.raises(AssertionError, match="GARROD-AUD012"), server(folder):
        pass


def test_nothing_is_given_out_while_the_audit_cannot_be_written(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        patient = person(running)
        connection = sqlite3.connect(running.folder / "audit.db", isolation_level=None)
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
        read = running.ask("GET", f"/fhir/Patient/{patient}")
        while read.status_code == 200:  # kept in the journal, until its notary finds out
            read = running.ask("GET", f"/fhir/Patient/{patient}")
        assert read.status_code == 503
        assert "Unmistakable" not in read.text
        assert read.json()["issue"][0]["diagnostics"] == "AUD010"
        assert running.ask("GET", "/health").status_code == 200
        connection.execute("DROP TRIGGER full")
        connection.close()
        assert running.ask("GET", f"/fhir/Patient/{patient}").status_code == 200
    assert verified(running.folder / "audit.db").flaw is None
