"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.dispense.page import dispense_page
from garrod.entry.web.places import Place, PlaceAbout

PLACES: tuple[Place, ...] = ()
ABOUT: tuple[PlaceAbout, ...] = (
    PlaceAbout("dispense", dispense_page, "Dispense", frozenset(("pharmacist",))),
)
