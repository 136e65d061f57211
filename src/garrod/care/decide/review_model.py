"""What a medication review yields: findings by what to do, plans, the load, what was not told."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from garrod.care.decide.model import Clear
from garrod.core.advice import Advice, NotAssessed, Tier
from garrod.core.evidence import Evidence


class Do(StrEnum):
    """What a finding asks for, in the order of a review."""

    STOP = "stop"
    CHANGE = "change"
    START = "start"
    MONITOR = "monitor"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class TaperStep:
    """A step of a plan for this person: the share of today's dose, mg a day where it is known."""

    dose_factor: Decimal
    daily_mg: Decimal | None
    days: int

    def as_json(self) -> dict[str, Any]:
        """Return the step as plain values."""
        mg = None if self.daily_mg is None else f"{self.daily_mg:f}"
        return {"dose_factor": f"{self.dose_factor:f}", "daily_mg": mg, "days": self.days}


@dataclass(frozen=True, slots=True)
class TaperPlan:
    """How one medicine is taken away; with `blocked` it is not offered, and that says why."""

    medicine: str
    blocked: str
    steps: tuple[TaperStep, ...]
    watch: tuple[str, ...]
    restart: str
    not_for: str
    evidence: Evidence

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return {
            "medicine": self.medicine,
            "blocked": self.blocked,
            "steps": [step.as_json() for step in self.steps],
            "watch": list(self.watch),
            "restart": self.restart,
            "not_for": self.not_for,
            "source": f"{self.evidence.source}: {self.evidence.locus}",
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, said once: `parts` are all that speak of it, the loudest first."""

    do: Do
    title: str
    medicines: tuple[str, ...]
    parts: tuple[Advice, ...]
    plans: tuple[TaperPlan, ...] = ()

    @property
    def lead(self) -> Advice:
        """Return the loudest of what is said."""
        return self.parts[0]

    @property
    def tier(self) -> Tier:
        """Return how loudly it is told."""
        return self.lead.tier

    @property
    def sources(self) -> tuple[Evidence, ...]:
        """Return the citations of all parts, each once."""
        return tuple(dict.fromkeys(e for part in self.parts for e in part.evidence))

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return {
            "do": self.do.value,
            "title": self.title,
            "medicines": list(self.medicines),
            "tier": self.tier.value,
            "advice": [part.as_json() for part in self.parts],
            "plans": [plan.as_json() for plan in self.plans],
        }


@dataclass(frozen=True, slots=True)
class Load:
    """How much is taken: `units` are tablets and capsules a day, of `counted` of the lines."""

    lines: int
    as_needed: int
    units: Decimal
    counted: int
    costs: tuple[tuple[str, tuple[str, ...]], ...]  # class, medicines; only those with a row

    def as_json(self) -> dict[str, Any]:
        """Return the load as plain values."""
        return {
            "lines": self.lines,
            "as_needed": self.as_needed,
            "tablets_a_day": f"{self.units:f}",
            "tablets_known_of_lines": self.counted,
            "cost": {name: list(medicines) for name, medicines in self.costs},
        }


@dataclass(frozen=True, slots=True)
class Review:
    """A whole list reviewed. `further` are findings beyond the budget, quiet ones only."""

    findings: tuple[Finding, ...]
    further: tuple[Finding, ...]
    load: Load
    clear: tuple[Clear, ...]
    not_assessed: tuple[NotAssessed, ...]

    def of(self, do: Do) -> tuple[Finding, ...]:
        """Return the findings that ask for one thing."""
        return tuple(f for f in self.findings if f.do is do)

    def as_json(self) -> dict[str, Any]:
        """Return the review as plain values, the groups in their order."""
        return {
            "findings": [f.as_json() for f in self.findings],
            "further": [f.as_json() for f in self.further],
            "load": self.load.as_json(),
            "clear": [c.as_json() for c in self.clear],
            "not_assessed": [n.as_json() for n in self.not_assessed],
        }
