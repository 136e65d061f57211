"""Finds a medicine by its name, a synonym or a brand; suggests spellings. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from garrod.knowledge.medicines import Medicine, Medicines

MOST = 12  # Not clinical: matches shown at once
SHORTEST = 2  # Not clinical: letters of a name that are looked for


@dataclass(frozen=True, slots=True)
class Match:
    """A medicine, and the spelling that was found where it is not the name itself."""

    drug: str
    name: str
    found: str = ""


def matches_of(medicines: Medicines, text: str) -> tuple[Match, ...]:
    """Return medicines one of whose names begins with a text, or has a word that does."""
    asked = text.casefold().strip()
    if len(asked) < SHORTEST:
        return ()
    ranked = []
    for medicine in medicines.by_drug.values():
        best = min(
            ((rank, name) for name in medicine.names if (rank := _rank(name, asked)) is not None),
            default=None,
        )
        if best is not None:
            ranked.append((best[0], medicine.name.casefold(), _match(medicine, best[1])))
    return tuple(match for _, _, match in sorted(ranked, key=lambda r: r[:2])[:MOST])


def suggested(medicines: Medicines, text: str) -> tuple[Match, ...]:
    """Return medicines that are spelled much like a text."""
    found = (medicines.find(name) for name in medicines.suggest(text))
    return tuple(Match(m.drug, _capital(m.name)) for m in dict.fromkeys(found) if m is not None)


def _rank(name: str, asked: str) -> int | None:
    """Return how well a name fits: whole, then its beginning, then that of a word in it."""
    folded = name.casefold()
    if folded == asked:
        return 0
    if folded.startswith(asked):
        return 1
    return 2 if f" {asked}" in f" {folded}" else None


def _match(medicine: Medicine, name: str) -> Match:
    is_own = name.casefold() in (medicine.name.casefold(), medicine.drug.casefold())
    return Match(medicine.drug, _capital(medicine.name), "" if is_own else name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
