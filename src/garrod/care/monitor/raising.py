"""The tasks that a change of somebody's advice makes: whose each is, by when, and while it holds.

what was said of each medicine before + what is said now -> Raised (owned, keyed by its content)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from garrod.care.decide.ports import FollowUp
from garrod.care.monitor.affected import ADVICE, Said
from garrod.core.advice import Action, Tier

Answers = Mapping[str, tuple[Said, ...]]  # by medicine
PRESCRIBER, PHARMACIST = "prescriber", "pharmacist"
MONITORING, LABORATORY = "monitoring", "laboratory"
TESTS = frozenset((Action.TEST_FIRST.value, Action.CONSIDER_TEST.value))
LOUD = frozenset((Tier.T1.value, Tier.T2.value))
CODES = ("advice-urgent", "advice-changed", "advice-monitor", "advice-test", "advice-withdrawn")
# What each kind of change asks of whom, within how many days. Source: the project's design; no
# clinician has reviewed it.
URGENT = FollowUp(CODES[0], "Decide again: advice on a medicine became urgent", PRESCRIBER, 1)
CHANGED = FollowUp(CODES[1], "Review a medicine: its advice changed", PHARMACIST, 7)
WATCH = FollowUp(CODES[2], "Arrange monitoring that is advised now", MONITORING, 14)
TEST = FollowUp(CODES[3], "Arrange a test that is advised now", LABORATORY, 14)
WITHDRAWN = FollowUp(CODES[4], "Check what was done on advice that no longer holds", PHARMACIST, 14)
FOLLOW_UPS = (URGENT, CHANGED, WATCH, TEST, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Raised:
    """One task about one medicine of one person. `patient` is a logical id, never a name.

    `new` is what is said now and was not; `gone` what was said and is not. It holds while any of
    `new` is said, or, with nothing new, while none of `gone` is said again.
    """

    patient: str
    medicine: str
    follow_up: FollowUp
    new: tuple[Said, ...]
    gone: tuple[Said, ...]

    @property
    def key(self) -> str:
        """Return the same for the same person, medicine, act and content: raised once."""
        content = [s.words for s in (self.new or self.gone)]
        parts = (self.patient, self.medicine, self.follow_up.code, *content)
        return sha256("\n".join(parts).encode()).hexdigest()[:40]

    @property
    def is_urgent(self) -> bool:
        """Return whether it cannot wait."""
        return self.follow_up is URGENT

    @property
    def words(self) -> str:
        """Return what changed, on one line: coded content alone."""
        now = "; ".join(s.words for s in self.new) or "nothing more"
        before = "; ".join(s.words for s in self.gone) or "nothing of it"
        return f"{self.medicine}: now {now}. Before: {before}."

    def holds(self, now: Answers) -> bool:
        """Return whether there is still something to do."""
        said = now.get(self.medicine, ())
        if self.new:
            return any(s in said for s in self.new)
        return not any(s in said for s in self.gone)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, to be remembered."""
        return {
            "medicine": self.medicine,
            "code": self.follow_up.code,
            "new": [s.as_json() for s in self.new],
            "gone": [s.as_json() for s in self.gone],
        }


def raised_of(patient: str, data: Mapping[str, Any]) -> Raised:
    """Return a task as it was remembered."""
    follow_up = next(f for f in FOLLOW_UPS if f.code == data["code"])
    new, gone = (tuple(said_of(s) for s in data[side]) for side in ("new", "gone"))
    return Raised(patient, data["medicine"], follow_up, new, gone)


def said_of(data: Mapping[str, Any]) -> Said:
    """Return what was said, as it was remembered."""
    parts: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Said(**parts)


def raised_by(patient: str, before: Answers, now: Answers) -> tuple[Raised, ...]:
    """Return the tasks that a change makes, by medicine; what is merely clear makes none."""
    found: list[Raised] = []
    for medicine in sorted({*before, *now}):
        old, said = before.get(medicine, ()), now.get(medicine, ())
        new = tuple(s for s in said if s not in old and s.kind == ADVICE)
        gone = tuple(s for s in old if s not in said and s.kind == ADVICE)
        if new:
            found += _by_owner(patient, medicine, new, gone)
        elif gone and said:  # of a medicine that is taken no more there is nothing to do
            found.append(Raised(patient, medicine, WITHDRAWN, (), gone))
    return tuple(found)


def _by_owner(
    patient: str, medicine: str, new: tuple[Said, ...], gone: tuple[Said, ...]
) -> Iterable[Raised]:
    parts: dict[str, tuple[FollowUp, list[Said]]] = {}
    for said in new:
        follow_up = follow_up_of(said)
        parts.setdefault(follow_up.code, (follow_up, []))[1].append(said)
    return [Raised(patient, medicine, f, tuple(mine), gone) for f, mine in parts.values()]


def follow_up_of(said: Said) -> FollowUp:
    """Return what new advice asks for: every act and loudness has an owner."""
    if said.action in TESTS:
        return TEST
    if said.tier in LOUD:
        return URGENT
    return WATCH if said.action == Action.MONITOR.value else CHANGED
