"""A formulary of the tests: ingredients as the line says, and a class for some."""

from garrod.care.record.medication.likeness import Makeup
from garrod.care.record.medication.line import MedicineOf

CLASSES = {"ramipril": "C09AA", "lisinopril": "C09AA", "codeine": "N02AJ"}


class Plain:
    """Knows what the line itself says, and the classes above."""

    def makeup(self, medicine: MedicineOf) -> Makeup:
        """Return what the line says it contains."""
        ingredients = frozenset(medicine.ingredients)
        return Makeup(ingredients, frozenset(CLASSES[i] for i in ingredients if i in CLASSES))


FORMULARY = Plain()
