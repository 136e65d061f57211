"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.places import Place, PlaceAbout
from garrod.entry.web.today.page import today_page

WORKS = frozenset((
    "prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist",
    "governance-officer",
))  # fmt: skip
PLACES: tuple[Place, ...] = (Place("today", today_page, "Today", WORKS),)
ABOUT: tuple[PlaceAbout, ...] = ()
