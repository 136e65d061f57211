"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.laboratory.page import laboratory_page, takes
from garrod.entry.web.places import Place, PlaceAbout

SHOWN_TO = frozenset(("laboratory-scientist", "geneticist"))
PLACES: tuple[Place, ...] = (Place("laboratory", laboratory_page, "Laboratory", SHOWN_TO, takes),)
ABOUT: tuple[PlaceAbout, ...] = ()
