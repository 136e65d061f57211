"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.places import Place, PlaceAbout
from garrod.entry.web.register.page import register_page

PLACES: tuple[Place, ...] = (Place("register", register_page, "Uses of data"),)
ABOUT: tuple[PlaceAbout, ...] = ()
