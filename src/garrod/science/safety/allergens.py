"""What recorded allergies are to: ingredients, classes, other substances, and how bad they were.

pack allergy-classes, Medicines -> Allergens; Allergy -> Recognised (what it is to, its weight)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from garrod.core.advice import Action, Tier
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.core.person import Allergy
from garrod.knowledge.clinical import SNOMED, Clinical
from garrod.knowledge.medicines import Medicines, Words, runs_of, words_of
from garrod.knowledge.pack import values_in
from garrod.knowledge.shelf import Shelf

PACK = "allergy-classes"
KEPT = 2_000  # Not clinical: recorded allergies that are kept as they were read
# "No known allergies except penicillin" tells of one: what follows such a word is read.
EXCEPT = re.compile(r"\b(?:except(?:ing)?|apart from|other than|but)\b(.*)", re.IGNORECASE)
DENIED = re.compile(r"\s*(?:no (?:known )?|not )(?:\w+ )?allerg", re.IGNORECASE)
OF_OTHERS = re.compile(r"\bfamily history\b", re.IGNORECASE)


class Weight(StrEnum):
    """How much a recorded reaction weighs."""

    SEVERE = "severe"  # at once and dangerous, or the record says it could kill
    DELAYED = "severe-delayed"  # of the skin or organs, after days: never again
    ALLERGY = "allergy"  # an allergy, mild or not described
    INTOLERANCE = "intolerance"  # a side effect: it can be given, and may do the same


@dataclass(frozen=True, slots=True)
class Reaction:
    """A kind of reaction: `weight` is "severe", "severe-delayed", "mild" or "intolerance"."""

    id: str
    name: str
    weight: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """What an allergy to one means for another: by `grade`, where a reaction was as listed.

    `named` are ingredients; `wholes` classes that were named as such. With no `reactions` it holds
    of every allergy, and of no intolerance.
    """

    named: frozenset[str]
    wholes: frozenset[str]
    to: frozenset[str]
    reactions: frozenset[str]
    grade: str
    effect: str
    manage: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recorded allergy and what is known of it. With nothing named it could not be read."""

    allergy: Allergy
    drugs: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    substances: tuple[str, ...] = ()  # "excipient:lactose": what medicines may contain
    is_elsewhere: bool = False  # pollen, cats: nothing that medicines contain
    reactions: tuple[Reaction, ...] = ()
    weight: Weight = Weight.ALLERGY

    @property
    def is_read(self) -> bool:
        """Return whether it names a medicine, a class, or something else that is known."""
        return bool(self.drugs or self.classes or self.substances or self.is_elsewhere)

    @property
    def words(self) -> str:
        """Return what was written: the text, or the words or code of a coding."""
        coded = (c.display or c.code for c in self.allergy.codings)
        return self.allergy.text or next(filter(None, coded), "")


@dataclass(frozen=True, slots=True)
class Allergens:
    """The rows of the pack, ready to ask. `classes` gives the ingredients of each class."""

    medicines: Medicines
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # of classes
    by_words: Mapping[Words, tuple[str, str]] = field(default_factory=dict)  # kind, id
    by_snomed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    reactions: tuple[tuple[Words, Reaction], ...] = ()
    crossings: tuple[Crossing, ...] = ()
    grades: Mapping[tuple[str, str], tuple[Action, Tier]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    pen_fast: Mapping[str, int] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    reference: str = ""
    memory: dict[Allergy, tuple[Recognised | None]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def recognised(self, allergies: Iterable[Allergy]) -> tuple[Recognised, ...]:
        """Return what each recorded allergy is to; those that are over or denied are left out."""
        found = (self._once(a) for a in allergies if a.is_active)
        return tuple(one for one in found if one is not None)

    def _once(self, allergy: Allergy) -> Recognised | None:
        """Return an allergy as it was read before: it is asked about with each medicine."""
        kept = self.memory.get(allergy)
        if kept is None:
            if len(self.memory) >= KEPT:
                self.memory.clear()
            kept = self.memory[allergy] = (self._read(allergy),)
        return kept[0]

    def _read(self, allergy: Allergy) -> Recognised | None:
        tokens: list[tuple[str, str]] = []
        for coding in allergy.codings:
            medicine = self.medicines.by_code(coding.system, coding.code)
            if medicine is not None:
                tokens.append(("drug", medicine.drug))
            if coding.system == SNOMED and coding.code in self.by_snomed:
                tokens.append(self.by_snomed[coding.code])
        denied = 0
        texts = [t for t in (allergy.text, *(c.display for c in allergy.codings)) if t]
        for text in texts:
            told = self._told(text)
            denied += told is None
            tokens += told or ()
        kinds = {kind for kind, _ in tokens}
        if "none" in kinds or (not tokens and denied and denied == len(texts)):
            return None
        reactions = self._reactions((*allergy.reactions, *texts))
        return Recognised(
            allergy,
            frozenset(i for kind, i in tokens if kind == "drug"),
            frozenset(i for kind, i in tokens if kind == "class"),
            tuple(dict.fromkeys(i for kind, i in tokens if kind == "substance")),
            is_elsewhere="elsewhere" in kinds,
            reactions=reactions,
            weight=self._weight(allergy, reactions),
        )

    def _told(self, text: str) -> list[tuple[str, str]] | None:
        """Return what a text names; None where it says that there is no allergy."""
        if OF_OTHERS.search(text):
            return None
        if not DENIED.match(text) and not self._opens_with_none(words_of(text)):
            return list(self._scan(words_of(text)))
        rest = EXCEPT.search(text)
        return list(self._scan(words_of(rest[1]))) if rest else None

    def _opens_with_none(self, words: Words) -> bool:
        return any(
            self.by_words.get(words[:n], ("",))[0] == "none" for n in range(1, len(words) + 1)
        )

    def _scan(self, words: Words) -> Iterator[tuple[str, str]]:
        """Yield what stands in words, the longest name at each place."""
        longest = max((self.medicines.longest, *map(len, self.by_words)))
        place = 0
        while place < len(words):
            length = min(longest, len(words) - place)
            while length:
                part = words[place : place + length]
                if part in self.by_words or part in self.medicines.by_words:
                    break
                length -= 1
            part = words[place : place + length]
            if part in self.by_words:
                yield self.by_words[part]
            else:
                yield from (("drug", m.drug) for m in self.medicines.by_words.get(part, ()))
            place += max(length, 1)

    def _reactions(self, texts: Iterable[str]) -> tuple[Reaction, ...]:
        longest = max((len(words) for words, _ in self.reactions), default=0)
        said = frozenset(run for text in texts for run in runs_of(words_of(text), longest))
        return tuple(dict.fromkeys(r for words, r in self.reactions if words in said))

    def _weight(self, allergy: Allergy, reactions: tuple[Reaction, ...]) -> Weight:
        """Return the weight; a side effect only where every reaction that is written is one."""
        weights = {r.weight for r in reactions}
        if "severe-delayed" in weights:
            return Weight.DELAYED
        if "severe" in weights or allergy.criticality == "high":
            return Weight.SEVERE
        if "mild" in weights:
            return Weight.ALLERGY
        if allergy.kind == "intolerance":
            return Weight.INTOLERANCE
        is_mild = weights == {"intolerance"} and self.is_told(allergy)
        return Weight.INTOLERANCE if is_mild else Weight.ALLERGY

    def is_told(self, allergy: Allergy) -> bool:
        """Return whether each reaction that is written is one that is known here."""
        return all(self._reactions((text,)) for text in allergy.reactions)


def load_allergens(shelf: Shelf, clinical: Clinical, medicines: Medicines) -> Allergens:
    """Return the rows of the pack; without it only ingredients are recognised.

    Raises: KnowledgeError KNO004, KNO005, KNO010 (a row that cannot be read).

    Source: pack allergy-classes; each row names its own.
    """
    if PACK not in shelf.names():
        return Allergens(medicines)
    by_words: dict[Words, tuple[str, str]] = {}
    by_snomed: dict[str, tuple[str, str]] = {}
    for table, kind, column in TERMS:
        for row in shelf.rows(PACK, table):
            is_elsewhere = row.get("kind") == "elsewhere"
            named = f"{row['kind']}:{row[column]}" if kind == "substance" else row[column]
            token = ("elsewhere", named) if is_elsewhere else (kind, named)
            by_words |= {words_of(w): token for w in values_in(row["words"])}
            by_snomed |= dict.fromkeys(values_in(row["snomed"]), token)
    classes = shelf.rows(PACK, "allergens")
    return Allergens(
        medicines,
        {r["allergen"]: _members(r["members"], clinical) for r in classes},
        {r["allergen"]: r["name"] for r in classes},
        by_words,
        by_snomed,
        tuple(
            (words_of(word), Reaction(r["reaction"], r["name"], r["weight"]))
            for r in shelf.rows(PACK, "reactions")
            for word in values_in(r["words"])
        ),
        tuple(_crossing(shelf, row, clinical) for row in shelf.rows(PACK, "crossings")),
        {
            (r["grade"], r["weight"]): (Action(r["action"]), Tier(r["tier"]))
            for r in shelf.rows(PACK, "grades")
        },
        {r["code"]: r["text"] for r in shelf.rows(PACK, "phrases")},
        {r["item"]: int(r["value"]) for r in shelf.rows(PACK, "pen_fast")},
        {
            f"{table}:{r[key]}": shelf.evidence(PACK, r["evidence"])
            for table, key in (("pen_fast", "item"), ("grades", "grade"), ("allergens", "allergen"))
            for r in shelf.rows(PACK, table)
        },
        shelf.reference(PACK),
    )


TERMS = (
    ("allergens", "class", "allergen"),
    ("substances", "substance", "name"),
    ("none_known", "none", "words"),
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


def _crossing(shelf: Shelf, row: Mapping[str, str], clinical: Clinical) -> Crossing:
    """Return a row. "=penicillin" is the class named as a whole; "@penicillin" a member, or it."""
    named: set[str] = set()
    wholes: set[str] = set()
    for wanted in values_in(row["from"]):
        if wanted.startswith("="):
            wholes.add(wanted[1:])
        else:
            named |= _members(wanted, clinical)
            wholes |= {wanted[1:]} if wanted.startswith("@") else set()
    return Crossing(
        frozenset(named),
        frozenset(wholes),
        _members(row["to"], clinical),
        frozenset(values_in(row["reactions"])),
        row["grade"],
        row["effect"],
        values_in(row["manage"]),
        shelf.evidence(PACK, row["evidence"]),
    )
