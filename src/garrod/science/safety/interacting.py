"""What a pack says of an interaction beside its rule: how it comes about, what belongs together.

table interactions of the packs -> Interaction, by (pack reference, rule)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from garrod.core.evidence import Evidence
from garrod.knowledge.pack import values_in
from garrod.knowledge.shelf import Shelf

TABLE = "interactions"


@dataclass(frozen=True, slots=True)
class Interaction:
    """How an interaction comes about. `mechanism` and `onset` are phrases, "" where not stated.

    Interactions of one `theme` that share a medicine are one piece of advice. The alternatives are
    ingredients that may stand in for the first and for the second medicine of the pair.
    """

    theme: str
    mechanism: str
    onset: str
    instead_of_first: tuple[str, ...]
    instead_of_second: tuple[str, ...]
    evidence: Evidence


Interactions = Mapping[tuple[str, str], Interaction]


def load_interactions(shelf: Shelf, packs: Iterable[str]) -> dict[tuple[str, str], Interaction]:
    """Return what packs say of their interactions.  Raises: KnowledgeError KNO004, KNO005.

    Source: each row names its own.
    """
    return {
        (shelf.reference(name), row["rule"]): Interaction(
            row["theme"],
            row["mechanism"],
            row["onset"],
            values_in(row["instead_of_first"]),
            values_in(row["instead_of_second"]),
            shelf.evidence(name, row["evidence"]),
        )
        for name in packs
        if TABLE in shelf.pack(name).tables
        for row in shelf.rows(name, TABLE)
    }
