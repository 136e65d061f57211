"""Reads what was measured: values with their units as they were sent, and whether flagged.

Observation -> Measure of each number in it; its value in words
Source: HL7 FHIR R4 (4.0.1), Observation
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from garrod.adapters.fhir.json import Resource, many, one, text

UNITS = {
    "umol/L": "µmol/L",
    "mm[Hg]": "mmHg",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "Cel": "°C",
    "10*9/L": "× 10⁹/L",
    "10*12/L": "× 10¹²/L",
    "ug/L": "µg/L",
    "1": "",
    "{ratio}": "",
    "{INR}": "",
}
# Source: HL7 v3 ObservationInterpretation, https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html
FLAGS = {
    "H": "high",
    "HH": "critically high",
    "HU": "significantly high",
    "L": "low",
    "LL": "critically low",
    "LU": "significantly low",
    "A": "abnormal",
    "AA": "critically abnormal",
}
DEAD = frozenset(("entered-in-error", "cancelled", "registered"))


@dataclass(frozen=True, slots=True)
class Measure:
    """One number. `key` is the same for the same thing measured; `flag` is the laboratory's."""

    key: str
    name: str
    value: Decimal
    unit: str
    comparator: str = ""
    flag: str = ""
    when: str = ""

    @property
    def words(self) -> str:
        """Return the value with its unit."""
        return f"{self.comparator}{self.value:f} {self.unit}".strip()


def measures_of(observation: Resource, when: str) -> tuple[Measure, ...]:
    """Return the numbers of an observation that stands."""
    if text(observation, "status") in DEAD:
        return ()
    return tuple(_measures(observation, when))


def value_words(observation: Resource) -> str:
    """Return what an observation found, in words; why there is nothing, where it says so."""
    own = _value(observation)
    parts = [f"{_name(p)} {said}" for p in many(observation, "component") if (said := _value(p))]
    flag = _flag(observation)
    said = "; ".join([*([own] if own else []), *parts])
    if said:
        return f"{said} ({flag})" if flag else said
    missing = one(observation, "dataAbsentReason")
    shown = next((text(c, "display") or text(c, "code") for c in many(missing, "coding")), "")
    why = text(missing, "text") or shown
    return f"No value: {why}" if why else "No value"


def _measures(observation: Resource, when: str) -> Iterator[Measure]:
    flag = _flag(observation)
    for part in (observation, *many(observation, "component")):
        amount = one(part, "valueQuantity")
        value = _number(amount)
        if value is not None:
            name = _name(part)
            unit, comparator = _unit(amount), text(amount, "comparator")
            yield Measure(_key(part, name), name, value, unit, comparator, flag, when)


def _value(part: Resource) -> str:
    amount = one(part, "valueQuantity")
    value = _number(amount)
    if value is not None:
        return f"{text(amount, 'comparator')}{value:f} {_unit(amount)}".strip()
    coded = one(part, "valueCodeableConcept")
    shown = next((text(c, "display") for c in many(coded, "coding") if text(c, "display")), "")
    plain = part.get("valueInteger")
    if isinstance(part.get("valueBoolean"), bool):
        return "Yes" if part["valueBoolean"] else "No"
    number = str(plain) if isinstance(plain, int) and not isinstance(plain, bool) else ""
    return text(coded, "text") or shown or text(part, "valueString") or number


def _number(amount: Resource) -> Decimal | None:
    value = amount.get("value")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    found = Decimal(value)
    return found if abs(found.adjusted()) < 20 else None  # longer than anybody reads


def _unit(amount: Resource) -> str:
    written, code = text(amount, "unit"), text(amount, "code")
    return UNITS.get(code, UNITS.get(written, written or code))


def _name(part: Resource) -> str:
    code = one(part, "code")
    shown = next((text(c, "display") for c in many(code, "coding") if text(c, "display")), "")
    return text(code, "text") or shown or "Not named"


def _key(part: Resource, name: str) -> str:
    for coding in many(one(part, "code"), "coding"):
        if text(coding, "code"):
            return f"{text(coding, 'system')}|{text(coding, 'code')}"
    return name


def _flag(observation: Resource) -> str:
    for concept in many(observation, "interpretation"):
        for coding in many(concept, "coding"):
            if text(coding, "code") in FLAGS:
                return FLAGS[text(coding, "code")]
    return ""
