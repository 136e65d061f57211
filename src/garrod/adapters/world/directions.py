"""A medicine at one strength as FHIR writes it: words, codes, dosage; each made once."""

from __future__ import annotations

from dataclasses import dataclass

from garrod.adapters.fhir.genomics_codes import SNOMED
from garrod.adapters.world.model import Medicine
from garrod.adapters.world.parts import FhirJson, coded, medicine_concept, quantity

COUNTS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight")
TIMES = ("", "once", "twice", "three times", "four times")
UNITS = {"mg": "mg", "ug": "micrograms", "[iU]": "units", "%": "%"}
# Source: SNOMED CT route concepts (unchecked but for their check digits).
ORAL, INHALED, UNDER_SKIN = "26643006", "447694001", "34206005"
SKIN, EYE, TONGUE, NOSE = "6064005", "54485002", "37839007", "46713006"
ROUTES = {
    "tablet": (ORAL, "Oral route"),
    "capsule": (ORAL, "Oral route"),
    "sachet": (ORAL, "Oral route"),
    "suspension": (ORAL, "Oral route"),
    "inhaler": (INHALED, "Inhalation route"),
    "injection": (UNDER_SKIN, "Subcutaneous route"),
    "cream": (SKIN, "Topical route"),
    "gel": (SKIN, "Topical route"),
    "eye drops": (EYE, "Ophthalmic route"),
    "mouth spray": (TONGUE, "Sublingual route"),
    "nasal spray": (NOSE, "Nasal route"),
}
PUFFS, WEEK = 200, 7  # of an inhaler; days
SPOON = 5  # ml of a suspension that hold its strength
# What one container holds is called, and for how many days it lasts. assumed
LASTS = {
    "injection": ("pen", 15),
    "cream": ("tube", 28),
    "gel": ("tube", 28),
    "eye drops": ("bottle", 28),
    "mouth spray": ("spray", 84),
    "nasal spray": ("spray", 28),
}
AS_NEEDED_SHARE = 0.5  # assumed: of the most that may be taken when needed


@dataclass(frozen=True, slots=True)
class Product:
    """A medicine at one strength."""

    medicine: Medicine
    concept: FhirJson
    dosage: list[FhirJson]
    a_day: float  # pieces a day, as supplied
    unit: str

    def supply(self, days: int) -> FhirJson:
        """Return the amount that lasts so many days."""
        return quantity(max(round(self.a_day * days), 1), self.unit, f"{{{self.unit}}}")


def product_of(medicine: Medicine, strength: int) -> Product:
    """Return a medicine at one of its strengths; made once."""
    key = (id(medicine), strength)
    found = _MADE.get(key)
    if found is None or found.medicine is not medicine:
        found = _MADE[key] = _product(medicine, medicine.strengths[strength])
    return found


_MADE: dict[tuple[int, int], Product] = {}


def _product(m: Medicine, strength: float) -> Product:
    per_day = m.pieces * m.times / (WEEK if m.every == "wk" else 1)
    per_day *= AS_NEEDED_SHARE if m.as_needed else 1
    unit = m.form
    if m.form == "inhaler":
        per_day = per_day / PUFFS
    elif m.form in LASTS:
        unit, days = LASTS[m.form]
        per_day = 1 / days
    elif m.form == "suspension":
        per_day, unit = per_day * SPOON, "ml"
    concept = medicine_concept(_name(m, strength), m.name, m.atc, m.rxnorm)
    return Product(m, concept, [_dosage(m, strength, _text(m, strength))], per_day, unit)


def _plain(number: float) -> str:
    return f"{number:g}"


def _name(medicine: Medicine, strength: float) -> str:
    """Return the words of a product: "Ramipril 5 mg capsules"."""
    name = medicine.name[0].upper() + medicine.name[1:]
    if medicine.form == "injection":
        return f"{name} 100 units/ml solution for injection pen"
    if medicine.form == "suspension":
        return f"{name} {_plain(strength)} mg/{SPOON} ml oral suspension"
    is_whole = medicine.form == "inhaler" or medicine.form in LASTS
    form = medicine.form if is_whole else f"{medicine.form}s"
    return f"{name} {_plain(strength)} {UNITS[medicine.unit]} {form}"


def _text(medicine: Medicine, strength: float) -> str:
    """Return the directions in words."""
    if medicine.directions:
        return medicine.directions
    number = COUNTS[medicine.pieces]
    plural = "s" if medicine.pieces > 1 else ""
    verb, piece = {
        "inhaler": ("Inhale", f"{number} puff{plural}"),
        "suspension": ("Take", f"{SPOON} ml"),
        "injection": ("Inject", f"{_plain(strength)} units under the skin"),
    }.get(medicine.form, ("Take", f"{number} {medicine.form}{plural}"))
    span = "a week" if medicine.every == "wk" else "a day"
    if medicine.as_needed:
        return f"{verb} {piece} when needed, up to {TIMES[medicine.times]} {span}"
    return f"{verb} {piece} {TIMES[medicine.times]} {span}"


def _dosage(medicine: Medicine, strength: float, text: str) -> FhirJson:
    code, words = ROUTES[medicine.form]
    found: FhirJson = {"text": text, "route": coded(SNOMED, code, words)}
    if medicine.directions:
        return found
    repeat = {"frequency": medicine.times, "period": 1, "periodUnit": medicine.every}
    found["timing"] = {"repeat": repeat}
    if medicine.as_needed:
        found["asNeededBoolean"] = True
    pieces = 1 if medicine.form == "injection" else medicine.pieces
    dose = quantity(round(strength * pieces, 3), UNITS[medicine.unit], medicine.unit)
    found["doseAndRate"] = [{"doseQuantity": dose}]
    return found
