"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.documents.page import documents_page
from garrod.entry.web.places import Place, PlaceAbout

CLINICAL = frozenset(
    ("prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist")
)  # fmt: skip
PLACES: tuple[Place, ...] = ()
ABOUT: tuple[PlaceAbout, ...] = (
    PlaceAbout("documents", documents_page, "Documents", CLINICAL),
)  # fmt: skip
