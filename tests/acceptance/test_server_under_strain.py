"""What a server bears: large and endless bodies, a crowd, its end while it writes, a full disk."""

import asyncio
import contextlib
import json
import resource
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.making.server import JSON, TOKEN, Server, server

PATIENT = {"resourceType": "Patient", "name": [{"family": "Testperson"}]}
LIMIT = 50_000_000


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("strained") / "data") as running:
        yield running


def written(fhir: Server) -> str:
    done = fhir.ask("POST", "/fhir/Patient", json=PATIENT)
    assert done.status_code == 201, done.text
    return str(done.json()["id"])


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["issue"][0]["diagnostics"])


def opened(fhir: Server, head: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", int(fhir.base.rpartition(":")[2])), timeout=10)
    begin = f"POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    line.sendall(f"{begin}Content-Type: {JSON}\r\n{head}\r\n".encode())
    return line


def test_body_beyond_the_limit_is_refused_by_its_length_alone(fhir: Server) -> None:
    with opened(fhir, f"Content-Length: {LIMIT + 1}\r\n") as line:
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    written(fhir)


def test_chunks_beyond_the_limit_are_refused(fhir: Server) -> None:
    chunk = b" " * 1_000_000

    def endless() -> Iterator[bytes]:
        for _ in range(LIMIT // len(chunk) + 3):
            yield chunk

    try:
        answer = fhir.ask("POST", "/fhir/Patient", content=endless())
        assert answer.status_code == 413
        assert code_of(answer) == "API007"
    except httpx.TransportError:
        pass  # it was refused while the rest was still being sent
    written(fhir)


def test_resource_beyond_what_one_may_have_is_refused(fhir: Server) -> None:
    long = {**PATIENT, "address": [{"text": "x" * (LIMIT - 1000)}]}
    answer = fhir.ask("POST", "/fhir/Patient", content=json.dumps(long))
    assert answer.status_code in (413, 422), answer.text[:300]
    written(fhir)


def test_bodies_that_never_end_harm_nobody_else(fhir: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            line = stack.enter_context(opened(fhir, "Content-Length: 1000\r\n"))
            line.sendall(b'{"resourceType":')
        began = time.monotonic()
        for _ in range(20):
            written(fhir)
        assert time.monotonic() - began < 5
    written(fhir)


def test_five_hundred_at_once_are_all_answered(fhir: Server) -> None:
    before = fhir.ask("GET", "/fhir/Patient?_summary=count").json()["total"]

    async def crowd() -> list[int]:
        limits = httpx.Limits(max_connections=500)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": JSON}
        async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60) as client:
            asked = [
                client.post(f"{fhir.base}/fhir/Patient", json=PATIENT)
                if n % 2
                else client.get(f"{fhir.base}/fhir/Patient?family=Testperson&_count=5")
                for n in range(500)
            ]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    statuses = asyncio.run(crowd())
    assert (statuses.count(200), statuses.count(201)) == (250, 250)
    assert fhir.ask("GET", "/fhir/Patient?_summary=count").json()["total"] == before + 250


def test_what_was_answered_before_an_orderly_end_is_there_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    ids: list[str] = []
    with server(folder) as first:

        def write() -> None:
            with httpx.Client(headers=dict(first.client.headers), timeout=30) as client:
                while True:
                    try:
                        answer = client.post(f"{first.base}/fhir/Patient", json=PATIENT)
                    except httpx.TransportError:
                        return
                    if answer.status_code != 201:
                        assert answer.status_code == 503
                        return
                    ids.append(answer.json()["id"])

        writers = [threading.Thread(target=write) for _ in range(8)]
        for writer in writers:
            writer.start()
        time.sleep(0.5)
        slow = opened(first, "Content-Length: 1000\r\n")  # does not hold the end up
        first.process.send_signal(signal.SIGTERM)
        first.process.wait(20)
        for writer in writers:
            writer.join(20)
        slow.close()
    assert len(ids) > 20
    with server(folder) as second:
        total = second.ask("GET", "/fhir/Patient?_summary=count").json()["total"]
        assert total >= len(ids)
        for id in ids:
            assert second.ask("GET", f"/fhir/Patient/{id}").status_code == 200


def check_refused(fhir: Server) -> None:
    """Hold that a write is refused: by the store, or since the audit cannot be written."""
    refused = fhir.ask("POST", "/fhir/Patient", json=PATIENT)
    assert refused.status_code == 503, refused.text
    assert code_of(refused)[:3] in ("STO", "AUD")
    assert refused.headers["retry-after"] in ("1", "5")


def until_refused(fhir: Server, most: int = 400) -> int:
    """Write until the disk is full; return how many were kept."""
    long = {**PATIENT, "address": [{"text": "x" * 20_000}]}
    for kept in range(most):
        done = fhir.ask("POST", "/fhir/Patient", json=long)
        if done.status_code != 201:
            assert done.status_code == 503, done.text
            assert code_of(done)[:3] in ("STO", "AUD")
            return kept
    raise AssertionError("the disk never was full")


def test_write_that_the_disk_refuses_is_told_and_the_next_is_kept(tmp_path: Path) -> None:
    with server(tmp_path / "data") as fhir:
        first, usual = written(fhir), resource.getrlimit(resource.RLIMIT_FSIZE)
        pid = fhir.process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (100, usual[1]))
        check_refused(fhir)
        read = fhir.ask("GET", f"/fhir/Patient/{first}")  # what leaves no entry is not given out
        assert (read.status_code, code_of(read)) == (503, "AUD010")
        assert fhir.ask("GET", "/health").status_code == 200
        resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)
        second = written(fhir)
        found = fhir.ask("GET", "/fhir/Patient?family=Testperson").json()
        assert {e["resource"]["id"] for e in found["entry"]} == {first, second}


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a disk in memory; skip where one may not."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here (it needs root)")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_full_disk_is_told_and_writes_go_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "6m") as disk, server(disk / "data") as fhir:
        filler = disk / "filler"
        filler.write_bytes(b"x" * 1_000_000)
        first = written(fhir)
        total = 1 + until_refused(fhir)
        filler.unlink()
        written(fhir)
        assert fhir.ask("GET", f"/fhir/Patient/{first}").status_code == 200
        # The refused one may have been kept, where only its entry in the audit was not.
        kept = fhir.ask("GET", "/fhir/Patient?_summary=count").json()["total"]
        assert total + 1 <= kept <= total + 2


def test_file_that_is_taken_away_is_told_and_not_written_past(tmp_path: Path) -> None:
    with server(tmp_path / "data") as fhir:
        first, held = written(fhir), fhir.folder / "record.db"
        held.rename(held.with_name("elsewhere.db"))
        check_refused(fhir)
        fhir.ask("GET", "/fhir/Patient?name=x")  # by a connection of its own
        assert not held.exists()
        held.with_name("elsewhere.db").rename(held)
        second = written(fhir)
        found = fhir.ask("GET", "/fhir/Patient?family=Testperson").json()
        assert {e["resource"]["id"] for e in found["entry"]} == {first, second}
