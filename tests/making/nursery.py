"""A process that has read the modules of `garrod`, and forks one command after another.

Nearly all that a start takes is reading the same modules again: a second and a half of a core, of
two. What runs is the command as it is, with its own arguments, environment, folder
and end. The one module that looks at the environment while it is read is read after the fork.
`tests.making.starting` runs this file by itself and asks it.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

READ_LAST = "garrod.entry.asgi"
READ_EARLY = (  # by their names, as soon as a server starts
    "alembic.config", "alembic.operations", "alembic.runtime.migration", "alembic.script",
    "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite",
    "cedarpy", "uvicorn", "uvicorn.lifespan.on", "uvicorn.loops.auto", "uvloop",
    "uvicorn.protocols.websockets.auto",
    "garrod.adapters.fhir.person_record", "garrod.adapters.store.sqlite.opening",
    "garrod.entry.cli.app", "garrod.entry.cli.serve", "garrod.entry.demo_pages",
    "garrod.entry.hardening.protocol", "garrod.entry.hardening.tls",
)  # fmt: skip
GARROD = Path(sys.executable).with_name("garrod")


def warm() -> None:
    """Read what a server reads, but what looks at the environment."""
    source = find_spec(READ_LAST)
    assert source is not None
    assert source.origin is not None
    tree = ast.parse(Path(source.origin).read_text(encoding="utf-8"))
    named = [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    for name in (*READ_EARLY, *named):
        with suppress(ModuleNotFoundError):  # of an extra that is not installed here
            import_module(name)
    assert READ_LAST not in sys.modules


@dataclass
class Nursery:
    """Forks what is asked for at its door, and tells whoever asked how that ended."""

    door: socket.socket
    ended: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)
    asking: dict[int, socket.socket] = field(default_factory=dict)

    def tend(self) -> bool:
        """Answer until nobody can ask any more. Returns whether this is now a child."""
        for one in self.ended:
            one.setblocking(False)
        signal.set_wakeup_fd(self.ended[1].fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever runs the tests
        with selectors.DefaultSelector() as selector:
            for source in (sys.stdin, self.ended[0], self.door):
                selector.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if sys.stdin in ready:  # it is closed: the tests have ended
                    return False
                if self.ended[0] in ready:
                    self._reap()
                if self.door in ready and self._fork():
                    return True

    def _fork(self) -> bool:
        line, _ = self.door.accept()
        said, files, _, _ = socket.recv_fds(line, 65_536, 2)
        while not said.endswith(b"\n"):
            said += line.recv(65_536)
        pid = os.fork()
        if pid == 0:
            line.close()
            self._leave()
            become(json.loads(said), files)
            return True
        for file in files:
            os.close(file)
        self.asking[pid] = line
        line.sendall(b"%d\n" % pid)
        return False

    def _leave(self) -> None:
        """Let go of all that is the nursery's own."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in (self.door, *self.ended, *self.asking.values()):
            one.close()

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            self.ended[0].recv(4096)
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                line = self.asking.pop(found[0])
                with suppress(OSError):  # whoever asked may have gone
                    line.sendall(b"%d\n" % os.waitstatus_to_exitcode(found[1]))
                line.close()


def become(told: dict[str, Any], files: list[int]) -> None:
    """Take the arguments, the folder, the environment and the files that were asked for."""
    given = [os.open(os.devnull, os.O_RDONLY), *files]
    for mine, one in enumerate(given):
        os.dup2(one, mine)
        os.close(one)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    sys.argv = [str(GARROD), *told["arguments"]]


if __name__ == "__main__":
    warm()
    gc.collect()
    gc.freeze()  # a child's collector need not go through it
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(sys.argv[1])
    listening.listen()
    print("ready", flush=True)
    if Nursery(listening).tend():
        from garrod.entry.cli.app import main

        sys.exit(main())
