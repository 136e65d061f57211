"""Starts `garrod` for tests: by a fork of what has read its modules, or as a shell does it."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.making import nursery


class Child:
    """A process of the nursery, with as much of `subprocess.Popen` as tests use."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._told = line, b""
        self.returncode: int | None = None
        self.pid = int(self._next(None) or 0)

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended: its code, or a signal's number below zero.

        Raises: TimeoutExpired.
        """
        if self.returncode is None:
            told = self._next(timeout)
            if told is None:
                raise subprocess.TimeoutExpired(str(nursery.GARROD), timeout or 0)
            self.returncode = int(told)
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _next(self, timeout: float | None) -> str | None:
        """Return the next line that is told of it; None where none comes in time."""
        until = None if timeout is None else time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            while b"\n" not in self._told:
                left = None if until is None else max(0.0, until - time.monotonic())
                if not selector.select(left):
                    return None
                more = self._line.recv(100)
                assert more, "the nursery ended before its child"
                self._told += more
        line, _, self._told = self._told.partition(b"\n")
        return line.decode()


def started(
    arguments: Sequence[object],
    environment: Mapping[str, str],
    out: IO[Any],
    err: IO[Any] | None = None,
    *,
    is_fresh: bool = False,
) -> Child | subprocess.Popen[Any]:
    """Start `garrod`; what it says goes into the file `out`, its errors too unless `err` is given.

    Where a test is about the start itself (`is_fresh`), and where a process that has read so much
    cannot be forked, it is started as a shell does it.
    """
    words, files = [str(one) for one in arguments], (out, err or out)
    if is_fresh or sys.platform != "linux":
        command = [str(nursery.GARROD), *words]
        return subprocess.Popen(command, env=environment, stdout=files[0], stderr=files[1])
    told = {"arguments": words, "folder": str(Path.cwd()), "environment": dict(environment)}
    line = socket.socket(socket.AF_UNIX)
    line.connect(_door())
    socket.send_fds(line, [f"{json.dumps(told)}\n".encode()], [file.fileno() for file in files])
    return Child(line)


def ran(
    *arguments: object, settings: Mapping[str, str] | None = None, longest: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `garrod` to its end; return how it ended and what it said.  Raises: TimeoutExpired."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = started(arguments, {**os.environ, **(settings or {})}, out, err)
        try:
            code = process.wait(longest)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read())
    return subprocess.CompletedProcess(arguments, code, *said)


@cache
def _door() -> str:
    """Return where the nursery of this process of tests listens; it ends when this one does."""
    place = tempfile.TemporaryDirectory(prefix="garrod-nursery-")
    command = [sys.executable, "-P", nursery.__file__, f"{place.name}/door"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline(), "the nursery did not start"

    def ended() -> None:
        process.communicate()  # closes what it listens to
        place.cleanup()

    atexit.register(ended)
    return f"{place.name}/door"
