"""Carries the log into the file in a thread of its own, so that no commit waits for it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

from garrod.adapters.store.sqlite.connect import LOG, connected


class Checkpointer:
    """Works when the log has grown; the writer goes on meanwhile."""

    def __init__(self, path: Path) -> None:
        self._log = path.with_name(path.name + "-wal")
        self._connection = connected(path, ())
        self._wanted = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="garrod-checkpoint", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Begin, where the log is long."""
        with contextlib.suppress(OSError):
            if self._log.stat().st_size > LOG:
                self._wanted.set()

    def close(self) -> None:
        """End; blocks until then."""
        self._is_closed = True
        self._wanted.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._is_closed:
                return
            with contextlib.suppress(sqlite3.Error):  # the writer's own checkpoint will say it
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
