"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.medicines.page import medicines_page
from garrod.entry.web.places import Place, PlaceAbout

LOOKERS = frozenset(("prescriber", "pharmacist", "nurse", "geneticist", "laboratory-scientist"))
PLACES: tuple[Place, ...] = ()
ABOUT: tuple[PlaceAbout, ...] = (PlaceAbout("medicines", medicines_page, "Medicines", LOOKERS),)
