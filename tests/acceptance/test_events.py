"""/events as a listener meets it: a real server, real streams."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.making.listening import Listener, wait_until
from tests.making.server import TOKEN, Server, server

PATIENT = {"resourceType": "Patient", "name": [{"family": "Testperson", "given": ["Ada"]}]}


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("served") / "data") as running:
        yield running


def person(fhir: Server) -> str:
    answer = fhir.ask("POST", "/fhir/Patient", json=PATIENT)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def result(who: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "a weight"},
        "subject": {"reference": f"Patient/{who}"},
    }


def order(who: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "a medicine"},
        "subject": {"reference": f"Patient/{who}"},
    }


def write(fhir: Server, who: str, times: int = 1) -> list[str]:
    """Write results of a person; return their ids."""
    ids = []
    for _ in range(times):
        answer = fhir.ask("POST", "/fhir/Observation", json=result(who))
        assert answer.status_code == 201, answer.text
        ids.append(str(answer.json()["id"]))
    return ids


def test_listener_hears_of_its_person_and_of_nobody_else(fhir: Server) -> None:
    mine, other = person(fhir), person(fhir)
    listener = Listener(fhir.base, f"?patient={mine}")
    write(fhir, other)
    (made,) = write(fhir, mine)
    (event,) = listener.wait_for(1)
    assert (event["kind"], event["id"], event["version"]) == ("Observation", made, 1)
    assert event["patients"] == [mine]
    assert event["topics"] == ["resource-changed", "result-arrived"]
    assert "Testperson" not in json.dumps(event)
    listener.close()


def test_topics_choose_what_is_heard(fhir: Server) -> None:
    who = person(fhir)
    listener = Listener(fhir.base, f"?patient={who}&topics=medication-list-changed")
    fhir.ask("PUT", f"/fhir/Patient/{who}", json={**PATIENT, "id": who, "gender": "female"})
    write(fhir, who)
    fhir.ask("POST", "/fhir/MedicationRequest", json=order(who))
    (event,) = listener.wait_for(1)
    assert (event["topic"], event["kind"], event["version"]) == ("list.changed", "List", 1)
    listener.close()


def test_who_comes_back_misses_nothing_and_hears_nothing_twice(fhir: Server) -> None:
    who = person(fhir)
    first = Listener(fhir.base, f"?patient={who}")
    made = write(fhir, who, 3)
    first.wait_for(3)
    first.close()
    made += write(fhir, who, 4)
    second = Listener(fhir.base, f"?patient={who}", last_id=first.heard.last_id)
    made += write(fhir, who, 2)
    second.wait_for(6)
    heard = first.heard.events + second.heard.events
    assert [event["id"] for event in heard] == made
    numbers = first.heard.sequences + second.heard.sequences
    assert numbers == sorted(set(numbers))
    by_parameter = Listener(fhir.base, f"?patient={who}&Last-Event-ID={numbers[4]}")
    assert by_parameter.wait_for(4)[0]["sequence"] == numbers[5]
    second.close()
    by_parameter.close()


def test_killed_server_comes_back_and_the_listener_catches_up(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        who = person(running)
        listener = Listener(running.base, f"?patient={who}")
        made = write(running, who, 2)
        listener.wait_for(1)
        running.kill()
        wait_until(lambda: not listener.heard.is_open)
    with server(tmp_path / "data") as running:
        made += write(running, who)
        again = Listener(running.base, f"?patient={who}", last_id=listener.heard.last_id)
        wait_until(lambda: len(listener.heard.events) + len(again.heard.events) >= 3)
        assert [e["id"] for e in (*listener.heard.events, *again.heard.events)] == made
        again.close()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?patient=nobody", 404),
        ("?patient=", 404),
        ("?patients=1", 400),
        ("?topics=everything", 400),
        ("?Last-Event-ID=nine", 400),
        ("?Last-Event-ID=99999999", 400),
        ("?patient=1&patient=2", 400),
    ],
)
def test_question_that_is_not_understood_is_refused(fhir: Server, query: str, status: int) -> None:
    answer = fhir.ask("GET", f"/events{query}")
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")


def test_nobody_listens_without_the_token(fhir: Server) -> None:
    answer = fhir.ask("GET", "/events", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401


def test_head_ends_at_once(fhir: Server) -> None:
    answer = fhir.ask("HEAD", "/events")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_server_ends_though_somebody_listens_and_says_so(tmp_path: Path) -> None:
    with server(tmp_path / "data") as running:
        listener = Listener(running.base)
        running.process.terminate()
        assert running.process.wait(60) in (0, -15, 143)
        assert listener.heard.others == [("ending", '{"reason":"the server ends"}')]
        listener.close()


def test_client_that_does_not_read_harms_nobody(fhir: Server) -> None:
    who = person(fhir)
    port = int(fhir.base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.sendall(
            f"GET /events?Last-Event-ID=0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
        )
        listener = Listener(fhir.base, f"?patient={who}")
        made = write(fhir, who, 40)
        assert [event["id"] for event in listener.wait_for(40)] == made
        listener.close()
