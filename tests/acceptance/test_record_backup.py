"""A backup: the record and its audit log, taken while a server works, put back, gone on with."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import canonical, entry_read
from tests.acceptance.conftest import Run
from tests.making.audits import entry_of, opened
from tests.making.server import JSON, TOKEN, Server, server

GARROD = Path(sys.executable).with_name("garrod")
WITNESS = "GARROD_AUDIT_WITNESS"


def command(*told: object, settings: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(GARROD), *map(str, told)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(settings or {})},
    )


def with_key(data: Path, again: Path) -> None:
    """Bring the key, which no backup holds."""
    again.mkdir()
    shutil.copy2(data / "audit.key", again / "audit.key")


@dataclass
class Writers:
    """People who write without a pause, until the block ends."""

    running: Server

    def __enter__(self) -> None:
        self._ended = threading.Event()
        self._all = [threading.Thread(target=self._write) for _ in range(4)]
        for one in self._all:
            one.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for one in self._all:
            one.join()

    def _write(self) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": JSON}
        with httpx.Client(headers=headers, timeout=30) as client:
            while not self._ended.is_set():
                answer = client.post(
                    f"{self.running.base}/fhir/Patient", json={"resourceType": "Patient"}
                )
                assert answer.status_code == 201


@contextmanager
def slow(running: Server) -> Iterator[None]:
    """Have begun to write something, and end with the block."""
    where, body = urlsplit(running.base), b'{"resourceType":"Patient"}'
    head = (
        f"POST /fhir/Patient HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: {JSON}\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((where.hostname, where.port), 60) as client:
        client.sendall(head.encode() + body[:5])
        time.sleep(0.2)
        yield
        client.sendall(body[5:])
        assert client.recv(4096).startswith(b"HTTP/1.1 201")


def created(log: Path) -> set[str]:
    """Return the people whom entries say to have been created."""
    reading = Reading(log)
    found = [entry_read(reading.entry(i)) for i in range(reading.seal().size)]
    reading.close()
    return {p for e in found if e.deed == "create" for p in e.patients}


def test_backup_beside_a_server_is_put_back_and_gone_on_with(run: Run, tmp_path: Path) -> None:
    data, again, kept = tmp_path / "data", tmp_path / "again", tmp_path / "kept"
    witness = {WITNESS: str(tmp_path / "heads")}
    with server(data, settings=witness) as running, Writers(running):
        time.sleep(0.5)
        with slow(running):  # whoever has begun to write is awaited
            told = command("record", "backup", kept, "--data", data)
            with pytest.raises(subprocess.TimeoutExpired):
                told.wait(4)
            assert not kept.exists()
        _, said = told.communicate(timeout=120)
        assert told.returncode == 0, said
        running.ask("POST", "/fhir/Patient", json={"resourceType": "Patient", "id": "late"})
    assert run("audit", "verify", f"{kept}.audit").code == 0
    with_key(data, again)
    told = command("record", "restore", kept, "--data", again, settings=witness)
    _, said = told.communicate(timeout=120)
    assert told.returncode == 0, said
    size = verified(tmp_path / "kept.audit").entries
    assert f"warning: entries {size} to " in said
    assert run("record", "verify", "--data", again).code == 0
    with server(again, settings=witness) as running:
        people = set()
        url = f"{running.base}/fhir/Patient?_count=1000"
        while url:
            page = running.client.get(url).json()
            people |= {entry["resource"]["id"] for entry in page.get("entry", ())}
            links = [one["url"] for one in page["link"] if one["relation"] == "next"]
            url = links[0] if links else ""
        assert len(people) > 20
        entries = running.ask("GET", f"/audit/people/{min(people)}").json()["entries"]
        assert entries[-1]["what"] == "create"
        event = running.ask("GET", f"/fhir/AuditEvent/entry-{size}").json()
        assert event["resourceType"] == "AuditEvent"
        assert running.ask("POST", "/fhir/AuditEvent/$validate", json=event).status_code == 200
    assert people <= created(again / "audit.db")
    ran = run("audit", "verify", "--data", again)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["entries"] > size + 2
    ran = run("audit", "verify", "--data", again, "--witness", tmp_path / "heads")
    assert ran.code == 19
    assert "GARROD-AUD016: " in ran.err
    assert f"entries {size} to " in ran.err
    assert "were witnessed and are lost" in ran.err


@pytest.fixture
def data(run: Run, tmp_path: Path) -> Path:
    """Return a data folder with a record, and a log that takes some time to be copied."""
    log = opened(_made(tmp_path / "data"))
    for _ in range(15):
        log.append([(canonical(entry_of("p1")), ("p1",), False)] * 2000)
    log.close()
    person = tmp_path / "p1.json"
    person.write_text(json.dumps({"resourceType": "Patient", "id": "p1"}))
    assert run("record", "import", person, "--data", tmp_path / "data").code == 0
    return tmp_path / "data"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def killed_at(part: Path, *told: object) -> None:
    """Run a command, and kill it when a file is there that it has not finished."""
    with command(*told) as process:
        until = time.monotonic() + 60
        while not part.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_backup_that_is_killed_leaves_no_half_of_one_and_can_be_made_again(
    run: Run, data: Path
) -> None:
    kept = data.parent / "kept"
    killed_at(data.parent / "kept.audit.part", "record", "backup", kept, "--data", data)
    assert not kept.exists()
    assert not Path(f"{kept}.audit").exists()
    ran = run("record", "backup", kept, "--data", data)
    assert ran.code == 0, ran.err
    assert sorted(p.name for p in data.parent.glob("kept*")) == ["kept", "kept.audit"]
    assert verified(Path(f"{kept}.audit")).flaw is None


def test_restore_that_is_killed_leaves_no_half_of_one_and_can_be_made_again(
    run: Run, data: Path
) -> None:
    kept, again = data.parent / "kept", data.parent / "again"
    assert run("record", "backup", kept, "--data", data).code == 0
    with_key(data, again)
    killed_at(again / "audit.db.part", "record", "restore", kept, "--data", again)
    assert not (again / "audit.db").exists()
    assert not (again / "record.db").exists()
    ran = run("record", "restore", kept, "--data", again)
    assert ran.code == 0, ran.err
    assert run("audit", "verify", "--data", again).code == 0
    assert not list(again.glob("*.part*"))


def test_backup_whose_log_was_changed_is_not_put_back(run: Run, data: Path) -> None:
    kept = data.parent / "kept"
    assert run("record", "backup", kept, "--data", data).code == 0
    log = bytearray(Path(f"{kept}.audit").read_bytes())
    place = log.index(b"Practitioner/pr1", len(log) // 2)
    log[place : place + 16] = b"Practitioner/pr2"
    Path(f"{kept}.audit").write_bytes(log)
    with_key(data, again := data.parent / "again")
    ran = run("record", "restore", kept, "--data", again)
    assert ran.code == 19
    assert "GARROD-AUD001" in ran.err
    assert "Nothing was put back." in ran.err
    assert not list(again.glob("*.db"))


def test_log_that_was_changed_is_told_by_the_backup_that_is_kept_all_the_same(
    run: Run, data: Path
) -> None:
    log = bytearray((data / "audit.db").read_bytes())
    place = log.index(b"Practitioner/pr1", len(log) // 2)
    log[place : place + 16] = b"Practitioner/pr2"
    (data / "audit.db").write_bytes(log)
    ran = run("record", "backup", data.parent / "kept", "--data", data)
    assert ran.code == 19
    assert "GARROD-AUD001" in ran.err
    assert "The backup was kept." in ran.err
    assert (data.parent / "kept").exists()


def test_server_that_runs_keeps_its_record_from_being_put_back(run: Run, tmp_path: Path) -> None:
    """Told by the journal that a server holds; no server is started for it."""
    data = tmp_path / "data"
    opened(_made(data)).close()
    assert run("record", "verify", "--data", data).code == 0
    assert run("record", "backup", tmp_path / "kept", "--data", data).code == 0
    with (data / "audit.db.0123.journal").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        ran = run("record", "restore", tmp_path / "kept", "--force", "--data", data)
    assert ran.code == 2
    assert "GARROD-AUD025" in ran.err
