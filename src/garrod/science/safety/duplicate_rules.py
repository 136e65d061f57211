"""The rows on duplicates: classes of which one is enough, pairs that belong together, forms.

pack duplicate-rules, Clinical -> DuplicateRules
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from garrod.core.advice import Action, Tier
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.clinical import Clinical
from garrod.knowledge.medicines import Words, words_of
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

PACK = "duplicate-rules"
WHEN = ("", "as-needed", "release", "strength", "loading")


@dataclass(frozen=True, slots=True)
class DuplicateClass:
    """Medicines of which one is enough: two are said, by these acts."""

    id: str
    name: str  # plural: "NSAIDs"
    drugs: frozenset[str]
    tier_order: Tier
    tier_review: Tier
    action: Action
    manage: str
    evidence: Evidence
    vocabulary: frozenset[str] = frozenset()  # packs that say what its sets are


@dataclass(frozen=True, slots=True)
class AllowedPair:
    """Two medicines that belong together, and why. `of` is "ingredient" or "class"."""

    first: frozenset[str]
    second: frozenset[str]
    of: str
    when: str
    reason: str
    evidence: Evidence
    vocabulary: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KindRow:
    """How a kind of duplicate is said."""

    tier_order: Tier
    tier_review: Tier
    action: Action
    words: str
    manage: str
    evidence: Evidence
    vocabulary: frozenset[str] = frozenset()  # it names no set


@dataclass(frozen=True, slots=True)
class Grave:
    """Medicines of which twice is grave, so that it is said loudly."""

    drugs: frozenset[str]
    tier: Tier
    why: str
    evidence: Evidence
    vocabulary: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DuplicateRules:
    """The rows in force; without the pack none, and nothing is said."""

    classes: tuple[DuplicateClass, ...] = ()
    allowed: tuple[AllowedPair, ...] = ()
    kinds: Mapping[str, KindRow] = field(default_factory=dict)
    graves: tuple[Grave, ...] = ()
    forms: tuple[tuple[Words, str, str], ...] = ()  # words, form, release
    reference: str = ""

    @property
    def packs(self) -> frozenset[str]:
        """Return the pack, and those that say what its sets are; none without the pack."""
        found = {self.reference} - {""}
        found.update(*(row.vocabulary for row in self.classes))
        found.update(*(row.vocabulary for row in self.allowed))
        found.update(*(row.vocabulary for row in self.graves))
        return frozenset(found)

    def grave(self, drugs: frozenset[str]) -> Grave | None:
        """Return the row by which twice one of some ingredients is grave, or None."""
        return next((g for g in self.graves if g.drugs & drugs), None)


def load_duplicate_rules(shelf: Shelf, clinical: Clinical) -> DuplicateRules:
    """Return the rows of the pack.

    Raises: KnowledgeError KNO004, KNO005, KNO010 (a set or condition that is not there).

    Source: pack duplicate-rules; each row names its own.
    """
    if PACK not in shelf.names():
        return DuplicateRules()
    return DuplicateRules(
        tuple(_class(shelf, row, clinical) for row in shelf.rows(PACK, "classes")),
        tuple(_allowed(shelf, row, clinical) for row in shelf.rows(PACK, "allowed")),
        {row["kind"]: _kind(shelf, row) for row in shelf.rows(PACK, "kinds")},
        tuple(
            Grave(
                _members(row["members"], clinical),
                Tier(row["tier"]),
                row["why"],
                shelf.evidence(PACK, row["evidence"]),
                clinical.packs_of(values_in(row["members"])),
            )
            for row in shelf.rows(PACK, "grave")
        ),
        tuple(
            (words_of(words), row["form"], row["release"])
            for row in shelf.rows(PACK, "forms")
            for words in values_in(row["words"])
        ),
        shelf.reference(PACK),
    )


def _members(cell: str, clinical: Clinical) -> frozenset[str]:
    found: set[str] = set()
    for wanted in values_in(cell):
        try:
            found |= clinical.members(wanted)
        except KeyError:
            said = f"{PACK}: {wanted!r} is no set of medicines on the shelf"
            raise KnowledgeError(said, code="KNO010") from None
    return frozenset(found)


def _class(shelf: Shelf, row: Row, clinical: Clinical) -> DuplicateClass:
    return DuplicateClass(
        row["class"],
        row["name"],
        _members(row["members"], clinical),
        Tier(row["tier_order"]),
        Tier(row["tier_review"]),
        Action(row["action"]),
        row["manage"],
        shelf.evidence(PACK, row["evidence"]),
        clinical.packs_of(values_in(row["members"])),
    )


def _allowed(shelf: Shelf, row: Row, clinical: Clinical) -> AllowedPair:
    if row["when"] not in WHEN:
        raise KnowledgeError(f"{PACK}: when is one of {WHEN}, not {row['when']!r}", code="KNO010")
    return AllowedPair(
        _members(row["first"], clinical),
        _members(row["second"], clinical),
        row["kind"],
        row["when"],
        row["reason"],
        shelf.evidence(PACK, row["evidence"]),
        clinical.packs_of((*values_in(row["first"]), *values_in(row["second"]))),
    )


def _kind(shelf: Shelf, row: Row) -> KindRow:
    return KindRow(
        Tier(row["tier_order"]),
        Tier(row["tier_review"]),
        Action(row["action"]),
        row["words"],
        row["manage"],
        shelf.evidence(PACK, row["evidence"]),
    )
