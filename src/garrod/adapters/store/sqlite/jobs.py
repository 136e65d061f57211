"""The works that wait for the writer: many threads put, one takes.

queue.SimpleQueue is not used: that of CPython 3.11 counts what is left of a timeout between two
tries of its lock, and where that is below zero it waits without an end. On a busy machine a server
stood still so, all its works begun and none committed, until the next work came.
"""

from __future__ import annotations

import threading
from collections import deque
from queue import Empty
from typing import Generic, TypeVar

T = TypeVar("T")


class Jobs(Generic[T]):
    """A queue of one taker."""

    def __init__(self) -> None:
        self._waiting: deque[T] = deque()
        self._news = threading.Event()

    def put(self, job: T) -> None:
        """Add one."""
        self._waiting.append(job)
        self._news.set()

    def get(self, timeout: float | None = None) -> T:
        """Return the next; wait for it for some seconds, or without an end.  Raises: Empty."""
        while True:
            self._news.clear()  # before the look: what comes after it is heard
            if self._waiting:
                return self._waiting.popleft()
            if timeout is not None and timeout <= 0:
                raise Empty
            if not self._news.wait(timeout):
                return self.get_nowait()

    def get_nowait(self) -> T:
        """Return the next.  Raises: Empty."""
        try:
            return self._waiting.popleft()
        except IndexError:
            raise Empty from None
