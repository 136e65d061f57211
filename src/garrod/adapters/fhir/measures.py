"""What a bundle's observations say of a person: size, pregnancy, feeding, smoking; their group.

Observation -> the newest of each kind that has a value -> Measures; what cannot be read is noted
and not used, and an older value is not read in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.dates import day_in, when
from garrod.adapters.fhir.genomics import USABLE
from garrod.adapters.fhir.json import Resource, codings, has_code, many, one, text
from garrod.adapters.fhir.units import ucum_of
from garrod.core.errors import UnitError
from garrod.core.quantity import Quantity

# What an observation is of, in LOINC. Source: LOINC codes as HL7's IPS and US Core use them;
# 63895-7 (breastfeeding) as the German ISiK profile of it does.
HEIGHT, WEIGHT, SMOKING = "8302-2", "29463-7", "72166-2"
PREGNANCY, BREASTFEEDING = "82810-3", "63895-7"
INR = ("6301-6", "34714-6")
# Answers, in LOINC, SNOMED CT and HL7 v2: any other is not known. Source: the answer lists of those
# observations; SNOMED CT concepts (unchecked but for their check digits).
YES = ("LA33-6", "373066001", "Y")
NO = ("LA32-8", "373067005", "N")
PREGNANT = (*YES, "LA15173-0", "77386006")
NOT_PREGNANT = (*NO, "LA26683-5", "60001007")
FEEDING = (*YES, "LA29252-6", "413712001")
NOT_FEEDING = (*NO, "LA29253-4")
SMOKES = (
    *("LA18976-3", "LA18977-1", "LA18981-3", "LA18982-1", "449868002", "65568007"),
    *("428041000124106", "428061000124105", "428071000124103"),
)
SMOKES_NOT = ("LA18978-9", "LA15920-4", "266919005", "8517006", "8392000")
# Ethnic category of the NHS Data Dictionary, and of Wales (T): the letter, to a coarse group.
# Source: UK Core CodeSystems EthnicCategoryEngland and EthnicCategoryWales.
LETTERS = {
    **dict.fromkeys("ABC", "white"),
    **dict.fromkeys("DEFG", "mixed"),
    **dict.fromkeys("HJKLR", "asian"),
    **dict.fromkeys("MNP", "black"),
    **dict.fromkeys("ST", "other"),
}
# Race by the categories of OMB, as US Core has them: urn:oid:2.16.840.1.113883.6.238 (unchecked)
OMB = {
    **{"2106-3": "white", "2028-9": "asian", "2054-5": "black"},
    **dict.fromkeys(("1002-5", "2076-8", "2131-1"), "other"),
}
UK_ETHNICITY, US_RACE = "EthnicCategory", "us-core-race"  # within the URL of the extension
NOT_AIMED_AT = ("rejected", "cancelled", "completed", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a person's body and habits, and what could not be read."""

    weight_kg: Decimal | None = None
    weight_seen: date | None = None
    height_cm: Decimal | None = None
    is_pregnant: bool | None = None
    pregnancy_seen: date | None = None
    is_breastfeeding: bool | None = None
    breastfeeding_seen: date | None = None
    is_smoker: bool | None = None
    target_inr: Decimal | None = None
    notes: list[str] = field(default_factory=list)


def measures_of(own: Own) -> Measures:
    """Return the newest measures of a person."""
    notes: list[str] = []
    pregnancy, feeding = _newest(own, PREGNANCY), _newest(own, BREASTFEEDING)
    weight = _newest(own, WEIGHT)
    return Measures(
        weight_kg=_amount(weight, "weight", "kg", notes),
        weight_seen=day_in(when(weight)),
        height_cm=_amount(_newest(own, HEIGHT), "height", "cm", notes),
        is_pregnant=_answer(pregnancy, PREGNANT, NOT_PREGNANT),
        pregnancy_seen=day_in(when(pregnancy)),
        is_breastfeeding=_answer(feeding, FEEDING, NOT_FEEDING),
        breastfeeding_seen=day_in(when(feeding)),
        is_smoker=_answer(_newest(own, SMOKING), SMOKES, SMOKES_NOT),
        target_inr=_target_inr(own, notes),
        notes=notes,
    )


def ethnicity_of(patient: Resource) -> str:
    """Return the coarse group that a patient states; "" where none, or one not known here."""
    found: set[str] = set()
    for extension in many(patient, "extension"):
        url = text(extension, "url")
        if UK_ETHNICITY in url:
            concept = one(extension, "valueCodeableConcept")
            found.update(LETTERS.get(c.code, "") for c in codings(concept))
        elif url.endswith(US_RACE):
            parts = (p for p in many(extension, "extension") if text(p, "url") == "ombCategory")
            found.update(OMB.get(text(one(p, "valueCoding"), "code"), "") for p in parts)
    found.discard("")
    return next(iter(found)) if len(found) == 1 else "mixed" if found else ""


def _newest(own: Own, code: str) -> Resource:
    """Return the newest observation of a code that stands and has a value, or nothing."""
    found = [
        r
        for r in own.coded("Observation", code)
        if text(r, "status") in USABLE and any(key.startswith("value") for key in r)
    ]
    return max(found, key=when, default={})


def _amount(observation: Resource, what: str, ucum: str, notes: list[str]) -> Decimal | None:
    """Return the value of an observation in a unit; where that cannot be told, it is noted."""
    if not observation:
        return None
    value = one(observation, "valueQuantity")
    unit = text(value, "code") or text(value, "unit")
    try:
        found = Quantity(Decimal(str(value.get("value"))), ucum_of(value)).convert(ucum)
    except (InvalidOperation, UnitError):
        found = None
    if found is not None and found.value > 0 and "comparator" not in value:
        return found.value
    shown = f"unit {unit!r}" if unit else "no unit"
    notes.append(f"the newest {what} ({shown}) was not read and not used: record it in {ucum}")
    return None


def _answer(observation: Resource, yes: tuple[str, ...], no: tuple[str, ...]) -> bool | None:
    """Return what an observation answers; None for "unknown", and where it answers both."""
    value = observation.get("valueBoolean")
    if isinstance(value, bool):
        return value
    concept = one(observation, "valueCodeableConcept")
    is_yes, is_no = has_code(concept, *yes), has_code(concept, *no)
    return is_yes if is_yes is not is_no else None


def _target_inr(own: Own, notes: list[str]) -> Decimal | None:
    """Return the middle of the INR that goals of the person aim at."""
    goals = (g for g in own.of("Goal") if text(g, "lifecycleStatus") not in NOT_AIMED_AT)
    targets = [t for g in goals for t in many(g, "target") if has_code(one(t, "measure"), *INR)]
    found = {_middle(target) for target in targets}
    if len(found) == 1 and None not in found:
        return next(iter(found))
    if found:
        notes.append("the target INR could not be read, or there are several: none was used")
    return None


def _middle(target: Resource) -> Decimal | None:
    """Return the middle of a target, which has no unit: one number, or both ends of a range."""
    between = one(target, "detailRange")
    ends = (one(between, "low"), one(between, "high")) if between else ()
    found = []
    for end in ends or (one(target, "detailQuantity"),):
        try:
            found.append(Quantity(Decimal(str(end.get("value"))), text(end, "code") or "1"))
        except (InvalidOperation, UnitError):
            return None
    try:
        return sum((end.convert("1").value for end in found), Decimal(0)) / len(found)
    except UnitError:
        return None
