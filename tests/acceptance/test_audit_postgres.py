"""A server and the commands whose audit log stands in a database of PostgreSQL of its own."""

import json
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx2 as httpx
import pytest

from garrod.adapters.audit import postgres
from garrod.adapters.audit.keys import read_key
from garrod.adapters.audit.postgres import Database, PostgresReading
from garrod.adapters.audit.postgres_link import Link
from garrod.adapters.audit.proofs import holds
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import AuditEntry, entry_read
from tests.acceptance.conftest import Run
from tests.contract import servers
from tests.making.server import server

NAME = "GARROD_AUDIT_DATABASE"
WORD = "secret-word"
PERSON = {"resourceType": "Patient", "name": [{"family": "Unmistakable"}]}
WHO = ("--analyst", "Practitioner/ann", "--project", "asthma", "--basis", "section-251")


@pytest.fixture
def url() -> Iterator[str]:
    """Return the address of an empty database."""
    with servers.server() as own:
        name = f"garrod_audit_test_{os.getpid()}"
        servers.run(own, f"CREATE DATABASE {name}")
        try:
            yield servers.named(own, name)
        finally:
            servers.run(own, f"DROP DATABASE {name} WITH (FORCE)")


def entries(url: str, folder: Path) -> list[AuditEntry]:
    reading = PostgresReading(Database(url), folder / "audit-postgresql")
    found = [entry_read(reading.entry(i)) for i in range(reading.seal().size)]
    reading.close()
    return found


def until(status: int, ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Return the first answer of a status: what is kept is sealed a little later."""
    for _ in range(1000):
        if (told := ask()).status_code == status:
            return told
        time.sleep(0.02)
    raise AssertionError(f"never {status}")


def is_whole(url: str, folder: Path) -> bool:
    opening = partial(postgres.opened_to_read, Database(url))
    key = read_key(folder / "audit.key").id
    return verified(folder / "audit-postgresql", key=key, opening=opening).flaw is None


def test_server_keeps_its_log_in_a_database_and_goes_on_with_it(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with server(folder, settings={NAME: url}) as running:
        made = running.ask("POST", "/fhir/Patient", json=PERSON)
        assert made.status_code == 201, made.text
        patient = made.json()["id"]
        for _ in range(20):
            assert running.ask("GET", f"/fhir/Patient/{patient}").status_code == 200
        history = running.ask("GET", f"/audit/people/{patient}").json()["entries"]
        assert [e["what"] for e in history] == ["read"] * 20 + ["create"]
        proof = running.ask("GET", f"/audit/proof/inclusion?index={history[0]['index']}").json()
        assert holds(json.dumps(proof).encode())
        assert running.ask("GET", "/audit/head").json()["size"] > 20
        event = running.ask("GET", f"/fhir/AuditEvent/entry-{history[0]['index']}")
        assert event.status_code == 200
        running.kill()
    assert not list(folder.glob("audit.db*"))
    with server(folder, settings={NAME: url}) as running:
        assert running.ask("GET", f"/fhir/Patient/{patient}").status_code == 200
        assert len(running.ask("GET", f"/audit/people/{patient}").json()["entries"]) >= 22
    requests = [e for e in entries(url, folder) if patient in e.patients]
    assert [e.deed for e in requests].count("read") == 22  # one of them of the AuditEvent
    assert is_whole(url, folder)
    assert url not in (tmp_path / "data.log").read_text()


def test_nothing_is_given_out_while_the_database_takes_nothing(url: str, tmp_path: Path) -> None:
    with server(tmp_path / "data", settings={NAME: url}) as running:
        patient = running.ask("POST", "/fhir/Patient", json=PERSON).json()["id"]
        owner = Link(url)
        owner.execute("ALTER TABLE entries ADD CONSTRAINT full_ CHECK (id < 0) NOT VALID")
        read = partial(running.ask, "GET", f"/fhir/Patient/{patient}")
        told = until(503, read)
        assert "Unmistakable" not in told.text
        assert running.ask("POST", "/fhir/Patient", json=PERSON).status_code == 503
        owner.execute("ALTER TABLE entries DROP CONSTRAINT full_")
        owner.close()
        assert until(200, read).json()["id"] == patient
    assert is_whole(url, tmp_path / "data")


def test_commands_use_the_database_too(
    run: Run, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, url)
    data, sent = tmp_path / "data", tmp_path / "sent"
    sent.mkdir()
    people = [{"resourceType": "Patient", "id": f"p{n}", "birthDate": "1950"} for n in range(3)]
    lines = "".join(f"{json.dumps(one)}\n" for one in people)
    (sent / "Patient.ndjson").write_text(lines)
    assert run("record", "import", sent, "--data", data).code == 0
    ran = run("release", "person", "p1", "--data", data, "-o", tmp_path / "copy")
    assert ran.code == 0, ran.err
    history = (tmp_path / "copy" / "access-history.ndjson").read_text().splitlines()
    assert [json.loads(line)["deed"] for line in history] == ["copy for the person", "import"]
    asked = ("--by", "sex", *WHO, "--data", data)
    assert run("release", "counts", sent, *asked).code == 0
    assert run("release", "register", "--data", data, "-o", tmp_path / "register").code == 0
    assert run("release", "register", "--check", tmp_path / "register", "--data", data).code == 0
    assert json.loads(run("audit", "proof", "--entry", 1, "--data", data).out)["treeSize"] > 1
    fresh = json.loads(run("audit", "rotate", "--data", data).out)["key"]
    ran = run("audit", "verify", "--data", data)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["key"] == fresh
    kept = tmp_path / "kept"
    assert run("record", "backup", kept, "--data", data).code == 0
    size = json.loads(run("audit", "verify", f"{kept}.audit").out)["entries"]
    owner = Link(url)
    owner.execute("DROP SCHEMA garrod_audit CASCADE")
    ran = run("record", "restore", kept, "--force", "--data", data)
    assert ran.code == 0, ran.err
    assert f"was put in place: {size:,} entries" in ran.err
    told = json.loads(run("audit", "verify", "--data", data).out)
    assert (told["valid"], told["entries"]) == (True, size + 3)  # so many, what was done, its end
    owner.execute("ALTER TABLE entries DISABLE TRIGGER USER")
    owner.execute("UPDATE entries SET entry = ? WHERE id = 2", (b"{}",))
    owner.close()
    ran = run("audit", "verify", "--data", data)
    assert ran.code == 19
    assert ran.err.splitlines()[-1].startswith("GARROD-AUD001: ")
    assert not (data / "audit.db").exists()


@pytest.mark.parametrize(
    ("named", "code", "said"),
    [
        ("sqlite:///somewhere", 2, "GARROD-USE031: "),
        (f"postgresql://someone:{WORD}@127.0.0.1:1/nothing", 14, "GARROD-AUD010: "),
    ],
)
def test_database_that_cannot_be_used_is_said_and_nothing_is_done(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, code: int, said: str
) -> None:
    monkeypatch.setenv(NAME, named)
    ran = run("record", "export", "--data", tmp_path / "data", "-o", tmp_path / "out")
    assert ran.code == code, ran.err
    assert ran.err.startswith(said)
    assert WORD not in ran.err
    assert not (tmp_path / "out").exists()


def test_database_that_goes_is_used_again_when_it_is_back_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    with servers.private_server() as held:
        url, folder = held.get_uri(), tmp_path / "data"
        with server(folder, settings={NAME: url}) as running:
            patient = running.ask("POST", "/fhir/Patient", json=PERSON).json()["id"]
            read = partial(running.ask, "GET", f"/fhir/Patient/{patient}")
            held.stop()
            told = until(503, read)
            assert told.json()["issue"][0]["diagnostics"] == "AUD010"
            held.ensure_postgres_running()
            until(200, read)
            given = [
                e["what"] for e in running.ask("GET", f"/audit/people/{patient}").json()["entries"]
            ]
            assert given.count("create") == 1
            assert given.count("read") >= 1
        assert is_whole(url, folder)
        log = entries(url, folder)
        assert [e.index for e in log] == list(range(len(log)))
