"""Clients that others wrote, each against a real server: who understands it, and how far.

fhirpy and fhirclient (SMART's client-py) from PyPI, fhir-kit-client from npm, each installed in a
temporary folder; what cannot be installed is said, and is no failure.
Run: python -m validation fhir_clients (asked for by name: it needs the package registries)
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).with_name("fhir_client_scripts")
TOKEN = "token-of-the-validation"
PATIENCE = 300  # seconds for an installation, or for a client


@dataclass(frozen=True, slots=True)
class Client:
    """A client, the package that it is, and the script that uses it."""

    name: str
    package: str
    script: str
    is_node: bool = False


CLIENTS = (
    Client("fhirpy", "fhirpy>=2,<3", "with_fhirpy.py"),
    Client("fhirclient", "fhirclient>=4.3,<5", "with_fhirclient.py"),
    Client("fhir-kit-client", "fhir-kit-client@2", "with_fhirkit.mjs", is_node=True),
)


class NotInstalled(Exception):
    """A client that cannot be had here."""


def main() -> int:
    """Print what each client could do; return 1 where one that is installed could not."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="garrod-clients-") as held:
        folder = Path(held)
        with _server(folder) as base:
            for client in CLIENTS:
                try:
                    command = _installed(client, folder)
                except NotInstalled as why:
                    print(f"{client.name}: not installed here ({why}); nothing was tried.")
                    continue
                missed += not _tried(client, [*command, base, TOKEN])
    return int(missed > 0)


def _installed(client: Client, folder: Path) -> list[str]:
    """Return the command that runs a client's script.  Raises: NotInstalled."""
    place = folder / client.name
    if client.is_node:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise NotInstalled("there is no node")
        place.mkdir()
        _install(
            [npm, "install", "--no-audit", "--no-fund", "--prefix", str(place), client.package]
        )
        shutil.copy(SCRIPTS / client.script, place)
        return [node, str(place / client.script)]
    _install([sys.executable, "-m", "venv", str(place)])
    python = str(place / "bin" / "python")
    _install([python, "-m", "pip", "install", "--quiet", client.package])
    return [python, str(SCRIPTS / client.script)]


def _install(command: list[str]) -> None:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(type(error).__name__) from error
    if ran.returncode:
        said = [line for line in ran.stderr.splitlines() if line.strip()]
        raise NotInstalled(said[-1][:120] if said else f"exit code {ran.returncode}")


def _tried(client: Client, command: list[str]) -> bool:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        print(f"{client.name}: FAILED, no end after {PATIENCE} s")
        return False
    done = "; ".join(ran.stdout.splitlines())
    print(f"{client.name}: {'works' if ran.returncode == 0 else 'FAILED after'}: {done}")
    if ran.returncode:
        print("\n".join(f"    {line}" for line in ran.stderr.splitlines()[-25:]))
    return ran.returncode == 0


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Run a server on a record of its own; yield the address of its FHIR door."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    garrod = Path(sys.executable).with_name("garrod")
    command = [str(garrod), "serve", "--port", str(port), "--data", str(folder / "data")]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, "GARROD_DEV_TOKEN": TOKEN}, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}/fhir"
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
