"""Numbers and quantities: as they are stored, and as they are sought, with the precision written.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#number and #quantity
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from garrod.core.errors import UnitError
from garrod.core.quantity import read_unit

UCUM = "http://unitsofmeasure.org"
CURRENCY = "urn:iso:std:iso:4217"
NO_END = float("inf")

# Units between which a search converts; a litre may be written l or L.
# Source: The Unified Code for Units of Measure, https://ucum.org/ucum
_VOLUMES = ("L", "dL", "mL", "uL")
_MASSES = ("kg", "g", "mg", "ug", "ng", "pg")
_AMOUNTS = ("mol", "mmol", "umol", "nmol", "pmol")
_CONCENTRATIONS = (
    *("g/L", "g/dL", "g/mL", "mg/L", "mg/dL", "mg/mL", "ug/L", "ug/dL", "ug/mL"),
    *("ng/L", "ng/dL", "ng/mL", "pg/mL", "mol/L", "mmol/L", "umol/L", "nmol/L", "pmol/L"),
)
_OTHERS = ("m", "cm", "s", "min", "h", "d", "wk", "[iU]", "k[iU]", "[iU]/L", "k[iU]/L", "[iU]/mL")
_CODES = (*_VOLUMES, *_MASSES, *_AMOUNTS, *_CONCENTRATIONS, *_OTHERS)


def as_float(value: Any) -> float | None:
    """Return a JSON number as float; None for what is no number."""
    if type(value) is not int and type(value) is not Decimal:
        return None
    try:
        return float(value)
    except OverflowError:
        return NO_END if value > 0 else -NO_END


def half_step(text: Decimal) -> Decimal:
    """Return half of the last digit written: 0.5 for 100, 0.005 for 5.40, 5 for 1e2.

    Without exponent, noughts before the point are digits like others. With one, R4 prints
    [95, 105) for 1e2, so a positive exponent counts a tenth.
    """
    exponent = text.as_tuple().exponent
    if not isinstance(exponent, int):
        return Decimal(0)
    return Decimal(5).scaleb(exponent - (2 if exponent > 0 else 1))


@lru_cache(maxsize=256)
def alike(code: str) -> tuple[tuple[str, Fraction], ...]:
    """Return the UCUM units of the same sort, with how many of each make one of this; itself first.

    A unit that is not among those between which we convert stands alone.
    """
    own = (code, Fraction(1))
    try:
        dimension, size = read_unit(code[:-1] + "L" if _has_litre(code) else code)
    except UnitError:
        return (own,)
    if not any(c == code or _lower(c) == code for c in _CODES):
        return (own,)
    others = [
        (spelled, size / read_unit(other)[1])
        for other in _CODES
        if read_unit(other)[0] == dimension
        for spelled in dict.fromkeys((other, _lower(other)))
        if spelled != code
    ]
    return (own, *others)


def _lower(code: str) -> str:
    """Return a unit with its litre written small: mmol/l."""
    return code[:-1] + "l" if code.endswith("L") else code


def _has_litre(code: str) -> bool:
    return code.endswith("l") and not code.endswith("mol")
