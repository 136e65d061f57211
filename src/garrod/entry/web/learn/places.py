"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.learn.page import learn_page
from garrod.entry.web.places import Place, PlaceAbout

CLINICAL = frozenset(
    ("prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist")
)  # fmt: skip
PLACES: tuple[Place, ...] = (Place("learn", learn_page, "Learn", CLINICAL),)
ABOUT: tuple[PlaceAbout, ...] = ()
