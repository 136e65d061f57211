"""The places of this room."""

from __future__ import annotations

from garrod.entry.web.places import Place, PlaceAbout
from garrod.entry.web.reconcile.page import reconcile_page

RECONCILERS = frozenset(("prescriber", "pharmacist", "nurse"))
PLACES: tuple[Place, ...] = ()
ABOUT: tuple[PlaceAbout, ...] = (PlaceAbout("reconcile", reconcile_page, "Reconcile", RECONCILERS),)
