"""A formulary of the tests: ingredients as the line says, and a class for some."""

from collections.abc import Sequence
from itertools import combinations

from garrod.care.record.medication.likeness import Makeup, Pairing, Pairings
from garrod.care.record.medication.line import Content, MedicineOf

CLASSES = {"ramipril": "C09AA", "lisinopril": "C09AA", "codeine": "N02AJ"}


class Plain:
    """Knows what the line itself says, and the classes above."""

    def makeup(self, medicine: MedicineOf) -> Makeup:
        """Return what the line says it contains."""
        ingredients = frozenset(medicine.ingredients)
        return Makeup(ingredients, frozenset(CLASSES[i] for i in ingredients if i in CLASSES))

    def pairings(self, contents: Sequence[Content]) -> Pairings:
        """Return the pairs of one class."""
        made = [self.makeup(content.medicine).classes for content in contents]
        return {
            (one, two): Pairing(tuple(sorted(made[one] & made[two])))
            for one, two in combinations(range(len(made)), 2)
            if made[one] & made[two]
        }


FORMULARY = Plain()
