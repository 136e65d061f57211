"""What is easily read over where two lists name the same medicine: units, brands, days. Pure.

entries of a row -> words, each a trap; they ask for a look, and judge nothing
Source: own choice (unchecked); after UK advice on writing micrograms and units in full.
"""

from __future__ import annotations

import re

from garrod.care.record.medication.compare import Difference, Row

_AMOUNT = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(mg|milligrams?|micrograms?|mcg|µg|nanograms?|g|grams?|ml|units?|iu)\b",
    re.IGNORECASE,
)
_SAME = {"milligram": "mg", "mcg": "microgram", "µg": "microgram", "gram": "g", "iu": "unit"}
_FEWER = re.compile(r"\b(week|weekly|alternate|monthly|month)", re.IGNORECASE)


def traps_of(row: Row) -> tuple[str, ...]:
    """Return the traps of a row, in words."""
    said = {e.source: _text(row, e.source) for e in row.entries}
    units = {source: frozenset(u for _, u in _amounts(text)) for source, text in said.items()}
    known = {source: found for source, found in units.items() if found}
    found = []
    if len(set(known.values())) > 1:
        parts = (f"{', '.join(sorted(u))} in {source}" for source, u in known.items())
        found.append(f"Units differ: {'; '.join(parts)}. Read the numbers again.")
    numbers: dict[str, set[str]] = {}
    for text in said.values():
        for number, unit in _amounts(text):
            numbers.setdefault(number, set()).add(unit)
    if any(len(of) > 1 for of in numbers.values()):
        found.append("The same number stands there with two units: one may be a slip.")
    if any(d.kind is Difference.BRAND for d in row.discrepancies):
        found.append("Brand differs: some medicines must stay with one brand. Check before change.")
    rare = {source for source, text in said.items() if _FEWER.search(text)}
    if rare and rare != set(said):
        found.append(f"Only {', '.join(sorted(rare))} says weekly or less often: check the days.")
    return tuple(found)


def _text(row: Row, source: str) -> str:
    line = row.of(source)
    assert line is not None, "an entry of the row"
    return f"{line.content.medicine.text} {line.content.directions}"


def _amounts(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for number, unit in _AMOUNT.findall(text):
        plain = unit.casefold()
        plain = plain if plain == "mg" else plain.removesuffix("s")
        found.append((number.replace(",", "."), _SAME.get(plain, plain)))
    return tuple(found)
