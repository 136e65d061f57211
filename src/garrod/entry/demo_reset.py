"""Starting the demo over: its record is thrown away, and its people are stored anew.

A page wants it -> the server ends -> `garrod demo` removes the record's file and begins again, on
the same listening socket: who asks meanwhile waits, and is answered by the new one.

Only what a demo makes for itself is ever removed: its record, what was dropped there, and the
sessions of its people, so that everybody is signed out. The audit log stays as it is: who has
looked has looked.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.identity.sessions import DEMO_FILE as SESSIONS
from garrod.entry.housing import DEMO_FILE, Housing

BESIDE = ("", "-wal", "-shm")  # what SQLite keeps beside a file
FILES = "demo-files"  # the folder of what was dropped in a demo: never among real people's


@dataclass
class Reset:
    """Whether a page wants the demo to start over; `stop` ends the server (None: nobody may)."""

    stop: Callable[[], None] | None = None
    is_wanted: bool = False

    def ask(self) -> bool:
        """End the server so that it starts over; return whether that can be."""
        if self.stop is None:
            return False
        self.is_wanted = True
        self.stop()
        return True


RESET = Reset()  # of this process: the command that runs the server knows how to end it


def own_record(housing: Housing) -> Path | None:
    """Return the file that a demo has made for itself; None where the record is another."""
    path = housing.folder / DEMO_FILE
    return path if housing.is_demo and housing.database == f"sqlite:///{path}" else None


def forget(record: Path) -> None:
    """Remove a demo's record, what was dropped there, and who is signed in.  Raises: OSError."""
    assert record.name == DEMO_FILE
    shutil.rmtree(record.with_name(FILES), ignore_errors=True)
    for name in (DEMO_FILE, SESSIONS):
        for end in BESIDE:
            record.with_name(f"{name}{end}").unlink(missing_ok=True)
