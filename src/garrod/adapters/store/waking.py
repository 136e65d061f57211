"""Wakes those who follow events, and lets them look for themselves now and then."""

from __future__ import annotations

import asyncio

LOOK = 1.0  # seconds after which one looks unwoken: another process may have written


class Ring:
    """One moment that somebody waits for."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Let those who wait go on."""
        self._event.set()

    async def wait(self) -> None:
        """Return when it is set, or after a while."""
        try:
            await asyncio.wait_for(self._event.wait(), LOOK)
        except TimeoutError:
            return


class Bell:
    """Rung after every commit, in the thread of the loop."""

    def __init__(self) -> None:
        self._ring = Ring()

    def ring(self) -> None:
        """Wake all who heard it last."""
        self._ring.set()
        self._ring = Ring()

    def heard(self) -> Ring:
        """Return what is set at the next ring."""
        return self._ring
