"""What to do about a proposed act: fast, never stored as truth, re-derived at each decision.

`Advice.as_json` writes exactly the keys of the contract in docs/reference/advice.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from garrod.core.evidence import Evidence


class Action(StrEnum):
    """The coded act that a piece of advice proposes."""

    AVOID = "avoid"
    PREFER_ALTERNATIVE = "prefer-alternative"
    START_LOWER = "start-lower"
    START_HIGHER = "start-higher"
    ADJUST = "adjust"
    MONITOR = "monitor"
    STOP = "stop"
    TAPER = "taper"
    ASK = "ask"
    TEST_FIRST = "test-first"
    CONSIDER_TEST = "consider-test"
    REFER = "refer"
    STANDARD = "standard"
    NO_RECOMMENDATION = "no-recommendation"


class Tier(StrEnum):
    """How loudly advice is given: T1 hard stop to T5 silent."""

    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T5 = "T5"


@dataclass(frozen=True, slots=True)
class Target:
    """The medicine (or test) that advice is about, with its codes as "system|code"."""

    name: str
    codes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the target as plain values."""
        return {"name": self.name, "codes": list(self.codes)}


@dataclass(frozen=True, slots=True)
class Because:
    """One hop of the proof chain: the step, in words, and a reference that opens it."""

    step: str
    text: str
    ref: str


@dataclass(frozen=True, slots=True)
class OptionDose:
    """How an alternative is usually given, as a cited row says: `days` 0 is without an end.

    `unit` is UCUM; `route` one of core.dosage.ROUTES; `words` the directions as a person reads
    them. `first` is an amount that is taken once before the others, 0 for none; `every_days` is 7
    for once a week; `most` is the most of a day, 0 where no row says.
    """

    words: str
    form: str
    route: str
    amount: Decimal
    unit: str
    times_a_day: int
    days: int
    evidence: Evidence
    first: Decimal = Decimal(0)
    every_days: int = 1
    is_as_needed: bool = False
    most: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Option:
    """An alternative; `order` is a draft MedicationRequest or None, ready to sign with a `dose`.

    `dose` is None where no row says how it is usually given to a person like this, and `no_dose`
    may say why: the prescriber chooses.
    """

    name: str
    reason: str
    codes: tuple[str, ...] = ()
    order: dict[str, Any] | None = None
    dose: OptionDose | None = None
    no_dose: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """One recommendation, how sure it is, and why. See the contract for the JSON keys."""

    id: str
    action: Action
    target: Target
    tier: Tier
    strength: str
    title: str
    summary: str
    because: tuple[Because, ...]
    evidence: tuple[Evidence, ...]
    packs: tuple[str, ...]
    options: tuple[Option, ...] = ()
    dose_factor: str | None = None  # exact decimal text, e.g. "0.5"; ranges "0.3-0.8"
    monitoring: tuple[str, ...] = ()
    population: str = "general"
    p_recommendation: float | None = None
    stable: bool | None = None
    next_position: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the advice as plain values with exactly the contract's keys."""
        return {
            "id": self.id,
            "action": self.action.value,
            "target": self.target.as_json(),
            "tier": self.tier.value,
            "strength": self.strength,
            "title": self.title,
            "summary": self.summary,
            "because": [{"step": b.step, "text": b.text, "ref": b.ref} for b in self.because],
            "options": [
                {"name": o.name, "codes": list(o.codes), "reason": o.reason, "order": o.order}
                for o in self.options
            ],
            "dose_factor": self.dose_factor,
            "monitoring": list(self.monitoring),
            "population": self.population,
            "p_recommendation": self.p_recommendation,
            "stable": self.stable,
            "next_position": self.next_position,
            "evidence": [
                {
                    "source": e.source,
                    "version": e.version,
                    "locus": e.locus,
                    "pmid": e.pmid,
                    "url": e.url,
                    "licence": e.licence,
                }
                for e in self.evidence
            ],
            "packs": list(self.packs),
        }


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """What could not be answered, and why: absence of a result never reads as normal."""

    target: Target
    subject: str  # a gene, a drug pair, a check
    reason: str
    code: str = "not-assessed"  # the codes are listed in the contract

    def as_json(self) -> dict[str, Any]:
        """Return the reason as plain values."""
        return {
            "target": self.target.as_json(),
            "subject": self.subject,
            "reason": self.reason,
            "code": self.code,
        }
