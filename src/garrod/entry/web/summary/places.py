"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.places import Place, PlaceAbout
from garrod.entry.web.summary.page import live_page, summary_page

CARES = frozenset(("prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist"))
PLACES: tuple[Place, ...] = ()
ABOUT: tuple[PlaceAbout, ...] = (
    PlaceAbout("", summary_page, "Summary", CARES),
    PlaceAbout("live", live_page),
)
