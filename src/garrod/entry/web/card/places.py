"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.card.page import check_page
from garrod.entry.web.places import Place, PlaceAbout

PLACES: tuple[Place, ...] = (Place("card", check_page),)
ABOUT: tuple[PlaceAbout, ...] = ()
