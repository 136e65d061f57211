"""What a decision yields: advice, what was checked and is clear, and what could not be assessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from garrod.core.advice import Advice, NotAssessed, Target


@dataclass(frozen=True, slots=True)
class Clear:
    """A medicine that was checked against results and needs no change, and why."""

    target: Target
    genes: tuple[str, ...]
    reason: str
    packs: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return {
            "target": self.target.as_json(),
            "subject": ", ".join(self.genes),
            "reason": self.reason,
            "packs": list(self.packs),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that can be said of a proposal or a review, the most urgent advice first."""

    advice: tuple[Advice, ...] = ()
    clear: tuple[Clear, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the three lists of the contract."""
        return {
            "advice": [a.as_json() for a in self.advice],
            "clear": [c.as_json() for c in self.clear],
            "not_assessed": [n.as_json() for n in self.not_assessed],
        }

    def joined(self, other: Decision) -> Decision:
        """Return both decisions as one."""
        return Decision(
            self.advice + other.advice,
            self.clear + other.clear,
            self.not_assessed + other.not_assessed,
        )


NOTHING = Decision()
