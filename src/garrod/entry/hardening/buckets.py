"""Token buckets: each asker's fills steadily up to a level, and each request takes one out.

Pure: the time is given. The least used asker is forgotten first, so that no flood of names fills
the memory; whoever is forgotten starts with a full bucket.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from garrod.entry.hardening.limits import Rate

MOST = 50_000  # Not clinical: askers that are remembered


@dataclass(slots=True)
class Buckets:
    """The buckets of one rate."""

    rate: Rate
    most: int = MOST
    _levels: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, asker: str, now: float) -> float:
        """Take one out; return 0, or for how many seconds there is none and nothing was taken."""
        wait = self.wait(asker, now)
        if not wait:
            self.spend(asker, now)
        return wait

    def wait(self, asker: str, now: float) -> float:
        """Return for how many seconds there is nothing to take: 0 where there is something."""
        level = self._level(asker, now)
        return 0.0 if level >= 1 else (1 - level) / self.rate.each_second

    def spend(self, asker: str, now: float, *, many: float = 1.0) -> None:
        """Take some out whether or not they are there (negative: give back)."""
        level = min(self._level(asker, now) - many, self.rate.at_once)
        self._levels[asker] = (max(level, -self.rate.at_once), now)
        self._levels.move_to_end(asker)
        if len(self._levels) > self.most:
            self._levels.popitem(last=False)

    def _level(self, asker: str, now: float) -> float:
        found = self._levels.get(asker)
        if found is None:
            return self.rate.at_once
        level, at = found
        return min(level + max(now - at, 0.0) * self.rate.each_second, self.rate.at_once)
