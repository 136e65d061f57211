"""Streams that never end would keep a server from ending: they are told when it is asked to."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def ended_at_signal(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` in the loop when the process is asked to end, then whoever was asked before.

    Does nothing outside the main thread, where no signal arrives. It is undone only where nobody
    has taken its place meanwhile.
    """
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def asked(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended before
            loop.call_soon_threadsafe(end)
        former = before[number]
        if callable(former):
            former(number, frame)

    try:
        for number in SIGNALS:
            before[number] = signal.getsignal(number)
            signal.signal(number, asked)
    except ValueError:
        before.clear()
    try:
        yield
    finally:
        for asked_by, former in before.items():
            if signal.getsignal(asked_by) is asked:
                signal.signal(asked_by, former)
