"""For whom a medicine must not be used, whatever the genes: the rows of a policy, as values.

Whether a row holds for a person is asked in `limits`.
"""

from __future__ import annotations

from dataclasses import dataclass

from garrod.core.advice import Tier
from garrod.core.evidence import Evidence
from garrod.knowledge.pack import Row, values_in


@dataclass(frozen=True, slots=True)
class Limit:
    """A medicine, and the circumstances that together speak against it; a blank one asks nothing.

    `conditions` are names of indications, any of which will do; `below_age` is in completed years;
    `why` completes the sentence "it …".
    """

    drug: str
    conditions: frozenset[str]
    below_age: int | None
    needs_pregnancy: bool
    needs_breastfeeding: bool
    sex: str
    routes: tuple[str, ...]
    tier: Tier
    why: str
    evidence: Evidence


def limit_of(row: Row, evidence: Evidence) -> Limit:
    """Return the limit of a row of the table contraindications, with the row's citation."""
    return Limit(
        drug=row["drug"],
        conditions=frozenset(values_in(row["conditions"])),
        below_age=int(row["below_age"]) if row["below_age"] else None,
        needs_pregnancy=row["pregnant"] == "yes",
        needs_breastfeeding=row["breastfeeding"] == "yes",
        sex=row["sex"],
        routes=values_in(row["route"]),
        tier=Tier(row["tier"]),
        why=row["why"],
        evidence=evidence,
    )
