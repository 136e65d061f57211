"""Units as laboratories write them, in UCUM.

Source: UCUM, https://ucum.org/ucum (unchecked); spellings as reports of UK laboratories have them,
own collection.
"""

from __future__ import annotations

from garrod.adapters.fhir.json import Resource, text

UCUM = "http://unitsofmeasure.org"
# Spellings without blanks and in small letters, and the unit that is meant. One that would mean
# another unit in capitals (Mg, G) is not here.
_MEANT = {
    **{"": "1", "ratio": "1", "inr": "1", "{inr}": "1", "{ratio}": "1"},
    **{"mmol/l": "mmol/L", "umol/l": "umol/L", "micromol/l": "umol/L", "mcmol/l": "umol/L"},
    **{"nmol/l": "nmol/L", "pmol/l": "pmol/L", "mmol/mol": "mmol/mol", "mg/mmol": "mg/mmol"},
    **{"g/l": "g/L", "g/dl": "g/dL", "mg/l": "mg/L", "mg/dl": "mg/dL", "ug/l": "ug/L"},
    **{"mcg/l": "ug/L", "microgram/l": "ug/L", "ng/ml": "ng/mL", "ng/l": "ng/L", "ug/ml": "ug/mL"},
    **{"u/l": "U/L", "iu/l": "U/L", "[iu]/l": "[iU]/L", "mu/l": "m[iU]/L", "miu/l": "m[iU]/L"},
    **{"kiu/l": "k[iU]/L", "ml/min": "mL/min", "ml/min/1.73m2": "mL/min/{1.73_m2}"},
    **{"ml/min/1.73m^2": "mL/min/{1.73_m2}", "ml/min/1.73m*2": "mL/min/{1.73_m2}"},
    **{"ml/min/1.73sqm": "mL/min/{1.73_m2}", "ml/min/{1.73_m2}": "mL/min/{1.73_m2}"},
    **{"ml/min/1.73_m2": "mL/min/{1.73_m2}", "ml/min/{1.73m2}": "mL/min/{1.73_m2}"},
    **{"mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]", "kg": "kg", "cm": "cm", "kg/m2": "kg/m2"},
    **{"kg/m^2": "kg/m2", "bpm": "/min", "beats/min": "/min", "/min": "/min", "%": "%"},
    **{"percent": "%", "msec": "ms", "ms": "ms", "sec": "s", "secs": "s", "seconds": "s"},
    **{"10*9/l": "10*9/L", "10^9/l": "10*9/L", "x10^9/l": "10*9/L", "x10*9/l": "10*9/L"},
    **{"10e9/l": "10*9/L", "10*12/l": "10*12/L", "10^12/l": "10*12/L", "x10^12/l": "10*12/L"},
    **{"10*3/ul": "10*3/uL", "k/ul": "10*3/uL", "fl": "fL", "pg": "pg", "l/l": "L/L"},
}
_SIGNS = str.maketrans({"µ": "u", "μ": "u", "²": "2", "×": "x", "⁹": "^9", "·": "."})


def ucum_of(quantity: Resource) -> str:
    """Return the UCUM unit of a FHIR Quantity: its code, or what its words mean.

    No unit at all is a pure number, "1"; words that are not known are returned as they stand.
    """
    code, words = text(quantity, "code"), text(quantity, "unit")
    if code and text(quantity, "system") in (UCUM, ""):
        return _MEANT.get(_plain(code), code)
    return _MEANT.get(_plain(words), words) or code


def meant(words: str) -> str:
    """Return the UCUM unit that words mean, in any spelling that is known; "" for others."""
    return _MEANT.get(_plain(words), "") if words.strip() else ""


def _plain(written: str) -> str:
    return "".join(written.translate(_SIGNS).casefold().split())
