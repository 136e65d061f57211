"""A real server, as `garrod serve` starts it, on a free port of this machine."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.making.starting import Child, started

Process = Child | subprocess.Popen[Any]
TOKEN = "token-of-the-tests"
JSON = "application/fhir+json"
RECORD = "demo.db"
OTHERWISE = (
    "GARROD_PACKS",
    "GARROD_DATABASE",
    "GARROD_TERMINOLOGY",
)  # change what is stored, or where
WORKER = "popen-gw"  # how pytest names the folder of a worker; beside it stands what all share


@dataclass
class Server:
    """Where it listens, and a client with its token."""

    base: str
    folder: Path
    process: Process
    client: httpx.Client = field(repr=False)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request; a dict as `json` goes as FHIR JSON."""
        headers = {"Content-Type": JSON, **more.pop("headers", {})}
        return self.client.request(method, f"{self.base}{path}", headers=headers, **more)


def free_port() -> int:
    """Return a port that nobody listens on now.

    It is below those that the system hands out by itself: one of these can go to a connection of
    another test before the server that is to listen on it has started.
    """
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("a hundred ports were tried, and somebody listens on each")


def seed(folder: Path) -> None:
    """Give a demo that begins in an empty folder the people whom the first of this run stored.

    They are always the same. Only the record is copied: each demo has keys and a log of its own.
    Where tests run one at a time, each demo stores its people.
    """
    run = next((place.parent for place in folder.parents if place.name.startswith(WORKER)), None)
    if run is None or (folder / RECORD).exists() or any(name in os.environ for name in OTHERWISE):
        return
    made, kept = run / "demo-of-all", run / "demo-of-all.db"
    with (run / "demo-of-all.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of the workers one stores them, the others wait
        if not kept.exists():
            with server(made, demo=True):
                pass
            assert not (made / f"{RECORD}-wal").exists()  # all of it is in the one file
            (made / RECORD).replace(kept)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, folder / RECORD)


@contextmanager
def server(
    folder: Path,
    *,
    database: str = "",
    port: int = 0,
    demo: bool = False,
    settings: Mapping[str, str] | None = None,
    is_fresh: bool = False,
) -> Iterator[Server]:
    """Run a server on a data folder until the block ends; `settings` go into its environment.

    `is_fresh`: started as a shell does it, where that is what a test is about.
    """
    port = port or free_port()
    command = ["serve", "--port", str(port), "--data", str(folder)]
    command += ["--database", database] if database else []
    command += ["--demo"] if demo else []
    if demo and not database and not any(name in (settings or ()) for name in OTHERWISE):
        seed(folder)
    log = (folder.parent / f"{folder.name}.log").open("ab")
    environment = {**os.environ, "GARROD_DEV_TOKEN": TOKEN, **(settings or {})}
    process = started(command, environment, log, is_fresh=is_fresh)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    try:
        with httpx.Client(headers=headers, timeout=30) as client:
            base = f"http://127.0.0.1:{port}"
            _wait(client, base, process, Path(log.name))
            yield Server(base, folder, process, client)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait(client: httpx.Client, base: str, process: Process, log: Path) -> None:
    for _ in range(1200):  # two minutes: two hundred people are stored first, on a busy machine
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {log.read_text()}")
        try:
            if client.get(f"{base}/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text()}")
