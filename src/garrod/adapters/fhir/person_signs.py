"""What was looked for in a person: when a birth is expected, ascites and encephalopathy.

Observation -> the day of birth that is expected · Sign (its grade in words, "" where none is said)
Source: HL7 FHIR R4 (4.0.1), Observation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.dates import day_in, latest_date, when
from garrod.adapters.fhir.genomics import USABLE
from garrod.adapters.fhir.json import Resource, codings, has_code, one, text, words_of
from garrod.adapters.fhir.units import ucum_of
from garrod.core.errors import UnitError
from garrod.core.person import Sign
from garrod.core.quantity import Quantity
from garrod.science.safety.atoms_body import TERM
from garrod.science.safety.liver import SIGNS, grade_in

# The day of birth that is expected, and how far a pregnancy is, in LOINC (unchecked)
DUE = ("11778-8", "11779-6", "11780-4", "11781-2")
AGE = ("18185-9", "11884-4", "11885-1", "49051-6")
# Signs in SNOMED CT (unchecked but for their check digits); they are known by their words too
CODES = {"ascites": "389026000", "encephalopathy": "13920009"}
# That a sign is not there: LOINC and SNOMED CT answers (unchecked), and words
ABSENT = ("LA9634-2", "LA32-8", "2667000", "260385009", "373067005", "N")
ABSENT_WORDS = ("absent", "none", "no", "nil", "not present", "negative", "not detected")


def due_date_of(own: Own) -> date | None:
    """Return the day on which a birth is expected, as the newest observation has it; or None."""
    found = [r for r in own.coded("Observation", *DUE, *AGE) if _stands(r)]
    newest = max(found, key=when, default={})
    if _is(newest, DUE):
        return latest_date(text(newest, "valueDateTime")[:10])
    return _by_age(newest)


def _by_age(observation: Resource) -> date | None:
    """Return the day of birth of a pregnancy that was so many weeks or days old on a day."""
    seen, value = day_in(when(observation)), one(observation, "valueQuantity")
    if seen is None or not value or "comparator" in value:
        return None
    try:
        age = Quantity(Decimal(str(value.get("value"))), ucum_of(value)).convert("d").value
    except (InvalidOperation, UnitError):
        return None
    return seen + timedelta(days=TERM - int(age)) if 0 <= age <= TERM else None


def signs_of(own: Own) -> Iterator[Sign]:
    """Yield ascites and encephalopathy as they were looked for, each with the day."""
    for resource in own.of("Observation"):
        if not _stands(resource):
            continue
        concept = one(resource, "code")
        words = words_of(concept).casefold()
        for name, code in CODES.items():
            if SIGNS[name] in words or has_code(concept, code):
                grade = _grade(resource)
                if grade is not None:
                    reference = f"Observation/{text(resource, 'id')}"
                    yield Sign(name, grade, day_in(when(resource)), reference)


def _grade(resource: Resource) -> str | None:
    """Return the grade that a value gives: "none", "mild", "severe", "" of one that gives none."""
    value = resource.get("valueBoolean")
    if isinstance(value, bool):
        return "" if value else "none"
    concept = one(resource, "valueCodeableConcept")
    said = text(resource, "valueString") or words_of(concept)
    if not said and not codings(concept):
        return None
    is_absent = said.strip().casefold() in ABSENT_WORDS or has_code(concept, *ABSENT)
    return "none" if is_absent else grade_in(said)


def _stands(resource: Resource) -> bool:
    return text(resource, "status") in USABLE


def _is(resource: Resource, codes: tuple[str, ...]) -> bool:
    return has_code(one(resource, "code"), *codes)
