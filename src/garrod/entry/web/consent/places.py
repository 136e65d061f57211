"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.consent.page import consent_page
from garrod.entry.web.places import Place, PlaceAbout

PLACES: tuple[Place, ...] = ()
ABOUT: tuple[PlaceAbout, ...] = (PlaceAbout("consent", consent_page, "Choices"),)
