"""Words as they are compared: without case, accents, or more than one space between them.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#string
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Return words folded: "Ordóñez " and "ORDONEZ" are the same."""
    if text.isascii():
        return " ".join(text.lower().split())
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in taken_apart if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())
