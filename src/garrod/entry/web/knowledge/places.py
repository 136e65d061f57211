"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.knowledge.page import knowledge_page
from garrod.entry.web.places import Place, PlaceAbout

ANSWER_FOR_IT = frozenset(("pharmacist", "clinical-safety-officer", "governance-officer"))
PLACES: tuple[Place, ...] = (Place("knowledge", knowledge_page, "Knowledge", ANSWER_FOR_IT),)
ABOUT: tuple[PlaceAbout, ...] = ()
