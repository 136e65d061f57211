"""What a server on PostgreSQL tells when its database goes, or may only be read; and migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.acceptance.conftest import Run
from tests.contract import servers
from tests.making.listening import wait_until
from tests.making.server import Server, server

PATIENT = {"resourceType": "Patient", "name": [{"family": "Testperson"}]}


@pytest.fixture(scope="module")
def own() -> Iterator[Any]:
    with servers.private_server() as held:
        yield held


@pytest.fixture(scope="module")
def fhir(own: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("faults") / "data"
    with server(data, database=own.get_uri()) as running:
        yield running


def write(fhir: Server) -> httpx.Response:
    return fhir.ask("POST", "/fhir/Patient", json=PATIENT)


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    issue = answer.json()["issue"][0]
    return answer.status_code, issue["diagnostics"], issue["details"]["text"]


def test_database_that_may_only_be_read_is_read_on_and_writes_say_what_to_do(
    own: Any, fhir: Server
) -> None:
    first = write(fhir).json()["id"]
    ours = "FROM pg_stat_activity WHERE application_name = 'garrod'"
    cut = f"SELECT pg_terminate_backend(pid) {ours}"
    setting = "ALTER SYSTEM SET default_transaction_read_only"
    servers.run(own.get_uri(), f"{setting} = on", "SELECT pg_reload_conf()", cut)
    wait_until(lambda: refused(write(fhir))[1] == "STO017")
    status, _, said = refused(write(fhir))
    assert (status, "give it back its right to be written" in said) == (503, True)
    assert fhir.ask("GET", f"/fhir/Patient/{first}").status_code == 200
    assert fhir.ask("GET", "/health").status_code == 200
    servers.run(own.get_uri(), f"{setting} = off", "SELECT pg_reload_conf()", cut)
    wait_until(lambda: write(fhir).status_code == 201)


def test_database_that_goes_is_told_and_used_again_when_it_is_back(own: Any, fhir: Server) -> None:
    first = write(fhir).json()["id"]
    own.stop()
    status, code, said = refused(write(fhir))
    assert (status, code in ("STO003", "STO004")) == (503, True)
    assert "send it again" in said or "sending it once more" in said
    status, code, said = refused(fhir.ask("GET", f"/fhir/Patient/{first}"))
    assert (status, code, "see that it runs" in said) == (503, "STO005", True)
    own.ensure_postgres_running()
    wait_until(lambda: fhir.ask("GET", f"/fhir/Patient/{first}").status_code == 200)
    assert write(fhir).status_code == 201


def test_migration_that_fails_half_way_leaves_the_record_and_says_what_to_do(
    run: Run, tmp_path: Path
) -> None:
    there = ("--data", tmp_path / "data")
    assert run("record", "verify", *there).code == 0
    path = tmp_path / "data" / "record.db"
    with closing(sqlite3.connect(path)) as raw:  # it stands at the first step, and the second fails
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
        raw.commit()
    failed = run("record", "verify", *there)
    assert failed.code == 14
    assert failed.err.startswith("GARROD-STO010: ")
    assert "see to the database or its disk" in failed.err
    with closing(sqlite3.connect(path)) as raw:
        stand = raw.execute("SELECT version_num FROM alembic_version").fetchall()
        assert stand == [("0001",)]
        raw.execute("DROP TABLE note")
        raw.commit()
    assert run("record", "verify", *there).code == 0
