"""What may be used once: the jti of an assertion, a state, a nonce, a code."""

from __future__ import annotations

from typing import Protocol

MOST = 100_000  # Not clinical: used-up things remembered at once


class Used(Protocol):
    """Remembers what was used."""

    def use(self, name: str, until: float, now: float) -> bool:
        """Use something up; return whether it was not used before. Times are seconds."""
        ...


class Once:
    """Remembers what was used, until it would be of no use anyway."""

    def __init__(self) -> None:
        self._used: dict[str, float] = {}
        self._tidied = 0.0

    def use(self, name: str, until: float, now: float) -> bool:
        """Use something up; return whether it was not used before.

        `until`, `now`: seconds. Where too much is remembered, nothing more is let through.
        """
        if now >= self._tidied + 1 or len(self._used) >= MOST:
            self._used = {key: end for key, end in self._used.items() if end >= now}
            self._tidied = now
        if name in self._used or until < now or len(self._used) >= MOST:
            return False
        self._used[name] = until
        return True
