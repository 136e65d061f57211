"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.mine.page import mine_page
from garrod.entry.web.places import Place, PlaceAbout
from garrod.entry.web.told.page import told_page

PLACES: tuple[Place, ...] = (
    Place("mine", mine_page, "My record", frozenset(("patient", "proxy"))),
)
ABOUT: tuple[PlaceAbout, ...] = (PlaceAbout("told", told_page),)
