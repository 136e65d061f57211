"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.genome.page import genome_page
from garrod.entry.web.places import Place, PlaceAbout

READERS = frozenset((
    "prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist",
))  # fmt: skip
PLACES: tuple[Place, ...] = ()
ABOUT: tuple[PlaceAbout, ...] = (PlaceAbout("genome", genome_page, "Genome", READERS),)
