"""What an OBX says, as FHIR: its value with unit, its code, flag and range. Pure.

The unit is written as the laboratory wrote it, and beside it in UCUM where it is known.
Source: HL7 v2.5.1, table 0125 (OBX-2) and 2.A; HL7 FHIR R4 (4.0.1), Observation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from garrod.adapters.fhir.genomics_codes import ABSENT_SYSTEM
from garrod.adapters.fhir.units import UCUM, meant
from garrod.adapters.hl7v2.codes import CODED, WORDS
from garrod.adapters.hl7v2.er7 import Segment
from garrod.adapters.hl7v2.moments import moment_of
from garrod.adapters.hl7v2.states import FLAG_SYSTEM, FLAGS, SYSTEMS
from garrod.core.errors import UnitError
from garrod.core.quantity import Quantity

FhirJson = dict[str, Any]
Read = tuple[FhirJson, str]  # the elements of a value, and what to say of it
_PLAIN = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,9})?")  # without a sign of comparison
_POWER = re.compile(r"[x*]?\s*10", re.IGNORECASE)  # the beginning of a power of ten
_NUMBER = re.compile(r"(<=|>=|<|>)?\s*([+-]?\d{1,12}(?:\.\d{1,9})?)")
_MOMENTS = frozenset(("DT", "TS", "DTM"))
_LOINC = re.compile(r"\d{1,7}-\d")


def value_of(segment: Segment) -> Read:
    """Return the value of an OBX as an element of an Observation, and what to say of it."""
    kind, words = segment.text(2), _words(segment)
    if not segment.raw(5):
        return absent("unknown", "no value was sent"), ""
    if kind in CODED:
        return {"valueCodeableConcept": concept_of(segment.repeats(5)[0])}, ""
    if kind == "SN":
        return _structured(segment)
    if kind in _MOMENTS and moment_of(segment.text(5)):
        return {"valueDateTime": moment_of(segment.text(5))}, ""
    number = _NUMBER.fullmatch(words)
    if number and (kind == "NM" or (kind in WORDS and segment.raw(6))):
        return _quantity(segment, number[2], number[1] or "")
    said = "is no number though its type says so: kept as text" if kind == "NM" else ""
    return {"valueString": words}, said


def absent(code: str, words: str) -> FhirJson:
    """Return why an observation has no value."""
    coding = {"system": ABSENT_SYSTEM, "code": code}
    return {"dataAbsentReason": {"coding": [coding], "text": words}}


def concept_of(parts: Sequence[str]) -> FhirJson:
    """Return a coded value or name (CE, CWE); a code of the sender's own stands without system."""
    padded = (*parts, *[""] * 9)
    found, words = [], padded[8] or padded[1] or padded[4] or padded[0]
    for code, shown, name in (padded[0:3], padded[3:6]):
        system = SYSTEMS.get(name, "")
        if not system and not name and _LOINC.fullmatch(code):
            system = SYSTEMS["LN"]
        if code and system:
            found.append({"system": system, "code": code})
        elif code and code != words:
            found.append({"code": code, **({"display": shown} if shown else {})})
    return {**({"coding": found} if found else {}), "text": words}


def flag_of(segment: Segment) -> FhirJson:
    """Return the flag and the range of an OBX (OBX-8, OBX-7), where it has them."""
    found: FhirJson = {}
    if flag := segment.text(8):
        coding = {"coding": [{"system": FLAG_SYSTEM, "code": flag}]} if flag in FLAGS else {}
        found["interpretation"] = [{**coding, "text": flag}]
    if between := segment.text(7):
        found["referenceRange"] = [{"text": between}]
    return found


def _words(segment: Segment) -> str:
    signs = segment.signs
    return "; ".join(
        said
        for parts in segment.repeats(5)
        if (said := signs.component.join(p for p in parts if p))
    )


def _quantity(segment: Segment, number: str, comparator: str) -> Read:
    unit, said = _unit(segment)
    compared = {"comparator": comparator} if comparator else {}
    return {"valueQuantity": {"value": Decimal(number), **compared, **unit}}, said


def _unit(segment: Segment) -> tuple[FhirJson, str]:
    """Return the unit of an OBX (OBX-6), and what to say where it is not known in UCUM."""
    parts = (*segment.repeats(6)[0], *[""] * 6)
    whole = segment.signs.component.join(segment.repeats(6)[0]).strip(segment.signs.component)
    if meant(whole) or _POWER.fullmatch(parts[0]):  # 10^9/L, whose sign nobody escaped
        parts = (whole, *[""] * 6)
    written = parts[1] or parts[4] or parts[0]
    if not written:
        return {}, "has no unit: none is guessed"
    of_ucum = next((parts[n] for n in (0, 3) if parts[n] and parts[n + 2] == "UCUM"), "")
    code = meant(of_ucum) or _known(of_ucum) or meant(parts[0]) or meant(written)
    if code:
        return {"unit": written, "system": UCUM, "code": code}, ""
    return {"unit": written}, f"has a unit that is not known in UCUM ({written[:40]}): kept as text"


def _known(code: str) -> str:
    """Return a code of UCUM whose dimension is known here; "" for others."""
    try:
        Quantity(Decimal(1), code or "no unit")
    except UnitError:
        return ""
    return code


def _structured(segment: Segment) -> Read:
    """Return a structured number (SN): one number, a comparator, or a range."""
    sign, first, between, second = (*segment.repeats(5)[0], *[""] * 4)[:4]
    number, other = _PLAIN.fullmatch(first), _PLAIN.fullmatch(second)
    if number and not between and sign in ("", "=", "<", ">", "<=", ">="):
        return _quantity(segment, number[0], "" if sign == "=" else sign)
    if number and other and between == "-":
        unit, said = _unit(segment)
        ends = {
            name: {"value": Decimal(end[0]), **unit}
            for name, end in (("low", number), ("high", other))
        }
        return {"valueRange": ends}, said
    return {"valueString": f"{sign}{first}{between}{second}"}, ""
