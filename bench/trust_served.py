"""A server of its own for the bench of trust, and a client that is cheap."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOKEN, AUDIENCE, ISSUER = "token-of-the-bench", "https://bench.example/fhir", "https://i.example"


@contextmanager
def served(folder: Path, keys: Path) -> Iterator[tuple[int, int]]:
    """Run a server that believes the bench's issuer; yield its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "GARROD_DEV_TOKEN": TOKEN,
        "GARROD_ISSUER": ISSUER,
        "GARROD_AUDIENCE": AUDIENCE,
        "GARROD_JWKS": str(keys),
        "GARROD_RATE": "off",
        "GARROD_RATE_UNKNOWN": "off",
    }
    command = [str(Path(sys.executable).with_name("garrod")), "serve", "--port", str(port)]
    process = subprocess.Popen([*command, "--data", str(folder / "data")], env=environment)
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


class Client:
    """One kept connection that asks and waits, as plainly as can be: the client must be cheap."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.head = (
            f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/fhir+json\r\n"
        )

    async def open(self) -> Client:
        """Connect."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def ask(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        """Send one request; return status and body."""
        length = f"Content-Length: {len(body.encode())}\r\n" if body else ""
        said = f"{method} {path} HTTP/1.1\r\n{self.head}{length}\r\n{body}"
        self.writer.write(said.encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        size = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                size = int(line[15:])
        return int(head[9:12]), await self.reader.readexactly(size) if size else b""


def spent(pid: int) -> float:
    """Return the processor time of a process, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
