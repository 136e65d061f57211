"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.places import Place, PlaceAbout
from garrod.entry.web.safety.page import safety_page

SHOWN_TO = frozenset(("prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist",
                      "governance-officer", "clinical-safety-officer"))  # fmt: skip
PLACES: tuple[Place, ...] = (Place("safety", safety_page, "Safety case", SHOWN_TO),)
ABOUT: tuple[PlaceAbout, ...] = ()
