"""The codes by which this room knows again what it wrote."""

from __future__ import annotations

from garrod.adapters.fhir.lines.names import ROOT

BOUGHT = f"{ROOT}/bought-without-prescription"
TAKING = f"{ROOT}/how-it-is-taken"
QUERY, STOPPED = "pharmacist-query", "person-stopped"
# How a medicine is taken, as a person tells it at the counter
TAKES = {
    "as-written": "Takes it as it is written",
    "misses-some": "Misses a dose now and then",
    "misses-many": "Misses many doses",
    "otherwise": "Takes it in another way",
}
# Why somebody stopped, as they tell it
STOPS = {
    "side-effect": "It made them feel unwell",
    "no-help": "It did not help",
    "felt-well": "They felt well without it",
    "cannot-take": "They cannot take it: swallowing, packs, times",
    "not-said": "They would rather not say",
}
