"""A site's rules about telling: the alert budget, who does what follows, what was tolerated.

pack prescribing -> Prescribing; a shelf without it has the budget of the code, and no more
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from garrod.care.decide.budget import Budget
from garrod.care.decide.outcomes import follow_up_of
from garrod.care.decide.ports import FollowUp
from garrod.core.evidence import Evidence
from garrod.knowledge.shelf import Shelf

PACK = "prescribing"


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A medicine whose harm by genes shows within `days`: longer without harm is tolerated."""

    drug: str
    days: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Prescribing:
    """The rows of the pack, ready to ask."""

    budget: Budget = field(default_factory=Budget)
    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)
    tolerated: Mapping[str, Tolerated] = field(default_factory=dict)
    reference: str = ""


def load_prescribing(shelf: Shelf) -> Prescribing:
    """Return the rules about telling; those of the code where the shelf has no such pack.

    Raises: KnowledgeError KNO004, KNO005; InputError INP001 (a follow-up without an owner).
    """
    if PACK not in shelf.names():
        return Prescribing()
    return Prescribing(
        Budget.of(shelf.rows(PACK, "alert_budget")[0]),
        {row["follow_up"]: follow_up_of(row) for row in shelf.rows(PACK, "follow_ups")},
        {
            row["drug"]: Tolerated(
                row["drug"], int(row["days"]), shelf.evidence(PACK, row["evidence"])
            )
            for row in shelf.rows(PACK, "tolerated")
        },
        shelf.reference(PACK),
    )
