"""How alike two medicines are: the same product, ingredient in another form, or class.

What a medicine contains, and which two of a list are one too many, comes from a `Formulary`: a
port, so that the packs or dm+d can answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from garrod.care.record.medication.line import Content, MedicineOf
from garrod.core.advice import Tier
from garrod.core.dosage import route_in
from garrod.core.medicine import MedicineLine
from garrod.knowledge.medicines import Medicine, Medicines
from garrod.science.safety.duplicate_rules import DuplicateRules
from garrod.science.safety.duplicates import PRN, Duplicate, Kind, pairs_in
from garrod.science.safety.subject import LOCAL_ROUTES, Taken

# Level 4 of the ATC (chemical subgroup) is its first five characters, as in B01AC.
# Source: WHO Collaborating Centre for Drug Statistics Methodology, ATC structure and principles.
_CLASS_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Makeup:
    """Ingredients (ids) and classes (ATC level 4) of a medicine; none: not known."""

    ingredients: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two medicines of a list that rules speak of.

    `groups` are the names of the classes of which they are two; `is_wanted` that both may stay.
    """

    groups: tuple[str, ...] = ()
    is_wanted: bool = False


NO_RULE = Pairing()
Pairings = Mapping[tuple[int, int], Pairing]  # by the places of the two, the lower first


class Formulary(Protocol):
    """Knows what medicines contain, and of which two one is enough."""

    def makeup(self, medicine: MedicineOf) -> Makeup:
        """Return what a medicine contains; empty where it is not known."""
        ...

    def pairings(self, contents: Sequence[Content]) -> Pairings:
        """Return the pairs among medicines that rules on duplicates speak of."""
        ...


@dataclass(frozen=True, slots=True)
class PackFormulary:
    """The packs as a formulary: medicines by id, then by code, then by the words of the line.

    The rules on duplicates are those by which an order is judged, so that a list says the same.
    """

    medicines: Medicines
    rules: DuplicateRules = field(default_factory=DuplicateRules)

    def makeup(self, medicine: MedicineOf) -> Makeup:
        """Return what a medicine contains as far as the drugs pack knows it."""
        found = self._found(medicine)
        ids = frozenset(medicine.ingredients) or frozenset(m.drug for m in found)
        codes = frozenset(
            code[:_CLASS_LENGTH] for m in found for code in m.atc if len(code) >= _CLASS_LENGTH
        )
        return Makeup(ids, codes)

    def pairings(self, contents: Sequence[Content]) -> Pairings:
        """Return the pairs among medicines that the pack duplicate-rules speaks of."""
        lines = [_line(content) for content in contents]
        places = {id(line): place for place, line in enumerate(lines)}
        taken = [
            Taken(m.drug, m.name, frozenset(), line, is_local=self._is_local(line))
            for line, content in zip(lines, contents, strict=True)
            for m in self._found(content.medicine)
        ]
        found: dict[tuple[int, int], list[Duplicate]] = {}
        for one in pairs_in(self.rules, taken, is_order=False):
            pair = (places[id(one.first.line)], places[id(one.second.line)])
            found.setdefault((min(pair), max(pair)), []).append(one)
        return {pair: self._pairing(said) for pair, said in found.items()}

    def _pairing(self, said: Sequence[Duplicate]) -> Pairing:
        groups = [one.of_class.name for one in said if one.of_class and one.kind is Kind.CLASS]
        tiers = [
            one.of_class.tier_review
            if one.of_class and one.kind is Kind.CLASS
            else self.rules.kinds[one.kind].tier_review
            for one in said
        ]
        return Pairing(tuple(dict.fromkeys(groups)), min(tiers) is Tier.T5)

    def _is_local(self, line: MedicineLine) -> bool:
        return line.route in LOCAL_ROUTES or (not line.route and self.medicines.is_local(line.text))

    def _found(self, medicine: MedicineOf) -> tuple[Medicine, ...]:
        by_id = tuple(self.medicines.by_id(drug) for drug in medicine.ingredients)
        if any(by_id):
            return tuple(m for m in by_id if m)
        by_code = (self.medicines.by_code(c.system, c.code) for c in medicine.codings)
        if coded := tuple(m for m in by_code if m):
            return coded
        return self.medicines.find_all(medicine.text)


class Likeness(IntEnum):
    """How alike two medicines are; the higher, the more alike."""

    NONE = 0
    CLASS = 1
    SHARED_INGREDIENT = 2  # one of several ingredients
    INGREDIENT = 3  # the same ingredients in another form or strength, or either not known
    PRODUCT = 4  # the same ingredients, form and strength


@dataclass(frozen=True, slots=True)
class Likened:
    """How alike two medicines are, and by which ingredients or classes."""

    likeness: Likeness
    by: tuple[str, ...] = ()


def _line(content: Content) -> MedicineLine:
    """Return what rules read of a line: its words, form and strength, whether when needed."""
    medicine = content.medicine
    words = " ".join(filter(None, (medicine.text, medicine.form, medicine.strength)))
    needed = bool(PRN.search(content.directions))
    return MedicineLine(words, route=route_in(words), is_as_needed=needed)


UNLIKE = Likened(Likeness.NONE)


def likeness_of(one: MedicineOf, other: MedicineOf, formulary: Formulary) -> Likened:
    """Return how alike two medicines are.

    A combination shares an ingredient with what has one of its own. Where nothing is known of
    either, the same words are the same product, and the same words before the strength the same
    ingredient: better one warning too many.
    """
    first, second = formulary.makeup(one), formulary.makeup(other)
    if not first.ingredients or not second.ingredients:
        if _folded(one.text) == _folded(other.text):
            return Likened(Likeness.PRODUCT, (one.text,))
        stem = _stem(one.text)
        if stem and stem == _stem(other.text):
            return Likened(Likeness.INGREDIENT, (stem,))
        return _by_class(first, second)
    shared = first.ingredients & second.ingredients
    if first.ingredients == second.ingredients:
        known = all((one.form, other.form, one.strength, other.strength))
        same = _folded(one.form) == _folded(other.form) and (
            _folded(one.strength) == _folded(other.strength)
        )
        likeness = Likeness.PRODUCT if known and same else Likeness.INGREDIENT
        return Likened(likeness, tuple(sorted(shared)))
    if shared:
        return Likened(Likeness.SHARED_INGREDIENT, tuple(sorted(shared)))
    return _by_class(first, second)


def _by_class(first: Makeup, second: Makeup) -> Likened:
    shared = first.classes & second.classes
    return Likened(Likeness.CLASS, tuple(sorted(shared))) if shared else UNLIKE


def _folded(text: str) -> str:
    return "".join(text.casefold().split())


def _stem(text: str) -> str:
    """Return the words of a product's name before its strength; "" where it names none."""
    words = text.casefold().split()
    at = next((n for n, word in enumerate(words) if word[0].isdecimal()), 0)
    return " ".join(words[:at])
