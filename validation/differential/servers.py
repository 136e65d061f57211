"""The two that are asked: Garrod over HTTP, a process of its own, and Medplum's router in Node."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FOLDER = Path(__file__).with_name("oracle")
FILES = ("package.json", "package-lock.json", "oracle.mjs")
TOKEN = "token-of-the-validation"
PATIENCE = 300  # seconds for an installation


class NotInstalled(Exception):
    """An oracle that cannot be had here."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a server answered: matches and what came with them, in order; its status otherwise."""

    status: int
    matches: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    total: int | None = None
    said: str = ""


class Garrod:
    """A Garrod server, asked over one connection that stays open."""

    def __init__(self, base: str) -> None:
        self.base = base
        place = urlsplit(base)
        self._path = place.path
        self._line = http.client.HTTPConnection(place.netloc, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, kind: str = "fhir") -> tuple[int, Any]:
        """Return status and body of an answer."""
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/fhir+json"}
        if sent is not None:
            headers["Content-Type"] = f"application/{kind}+json"
        try:
            self._line.request(method, f"{self._path}/{path}", sent, headers)
            answer = self._line.getresponse()
        except http.client.RemoteDisconnected:  # idle for too long: asked once more
            self._line.close()
            self._line.request(method, f"{self._path}/{path}", sent, headers)
            answer = self._line.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def search(self, url: str) -> Found:
        """Return the first page of a search."""
        status, body = self.ask("GET", url)
        return found_in(status, body)

    def pages(self, url: str, most: int = 50) -> list[Found]:
        """Return every page of a search."""
        pages: list[Found] = []
        while url and len(pages) < most:
            status, body = self.ask("GET", url)
            pages.append(found_in(status, body))
            links = {link["relation"]: link["url"] for link in body.get("link", ())}
            url = links.get("next", "").removeprefix(f"{self.base}/")
        return pages


def found_in(status: int, body: Any) -> Found:
    """Return what a searchset holds, or what an outcome says."""
    if status != 200:
        issue = body["issue"][0]
        said = issue.get("details", {}).get("text") or issue.get("diagnostics", "")
        return Found(status, said=str(said))
    of: dict[str, list[str]] = {"match": [], "include": [], "outcome": []}
    for entry in body.get("entry", ()):
        resource = entry["resource"]
        name = f"{resource['resourceType']}/{resource.get('id')}"
        of[entry["search"]["mode"]].append(name)
    return Found(status, tuple(of["match"]), tuple(of["include"]), body.get("total"))


@contextmanager
def garrod(folder: Path) -> Iterator[Garrod]:
    """Run a server on a record of its own, in a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = str(Path(sys.executable).with_name("garrod"))
    command = [program, "serve", "--port", str(port), "--data", str(folder / "data")]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, "GARROD_DEV_TOKEN": TOKEN}, stdout=log, stderr=log
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health", process)
            yield Garrod(f"http://127.0.0.1:{port}/fhir")
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


class Oracle:
    """Medplum's router: one JSON line out, one back."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, op: str, **more: Any) -> Any:
        """Return the answer to one question.  Raises: RuntimeError where the process is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **more}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the oracle ended")
        return json.loads(line)

    def search(self, url: str) -> Found:
        """Return what Medplum finds."""
        answer = self.ask("get", url=f"/{url}")
        matches = tuple(name for mode, name in answer["entries"] if mode == "match")
        more = tuple(name for mode, name in answer["entries"] if mode != "match")
        said = "" if answer["status"] == 200 else str(answer.get("said"))
        return Found(answer["status"], matches, more, answer.get("total"), said)


@contextmanager
def oracle(folder: Path) -> Iterator[Oracle]:
    """Install the oracle as its lock file says, and run it.  Raises: NotInstalled."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotInstalled("there is no node")
    place = folder / "oracle"
    place.mkdir()
    for name in FILES:
        shutil.copy(FOLDER / name, place)
    _install([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(place)])
    process = subprocess.Popen(
        [node, str(place / "oracle.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Oracle(process)
    finally:
        process.terminate()
        process.wait(30)


def _install(command: Sequence[str]) -> None:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(type(error).__name__) from error
    if ran.returncode:
        said = [line for line in ran.stderr.splitlines() if line.strip()]
        raise NotInstalled(said[-1][:120] if said else f"exit code {ran.returncode}")
