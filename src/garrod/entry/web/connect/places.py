"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.connect.page import connect_page
from garrod.entry.web.places import Place, PlaceAbout

SHOWN_TO = frozenset(("laboratory-scientist", "governance-officer"))
PLACES: tuple[Place, ...] = (Place("connect", connect_page, "Connect", SHOWN_TO),)
ABOUT: tuple[PlaceAbout, ...] = ()
