"""Puts a card into words. Pure.

Facts, Checked -> Shown
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from garrod.entry.wallet import Checked, Facts
from garrod.entry.web.prescribe.banner import day

NONE = {
    "Allergies": "None on our list. That is not the same as none.",
    "Medicines to avoid or check first": "None of those we looked at. Others were not looked at.",
    "Medicines now": "None on our list. That is not the same as none.",
    "Genes that matter": "None that we know of. You may not have been tested.",
}
GAPS = "We could not read all of the record then: {kinds}."
MADE_UP = "This is a made-up person."
OLD = "This card is too old to rely on. Ask for a new one."
FORMER = "An older key of ours signed it. It is still good."
SIGNED, SIGNED_OLD = "This card is as it was signed", "This card is as it was signed, but too old"
TOLD = (
    "It says what was on record on {made}. What came later is not on it. It is good until {until}. "
    "Key: {key}. {former}"
)
NOT_LISTED = "This card does not say. Ask for the list."
MORE = "{count} more that did not fit: ask for the list"
LEFT_OUT = "{count} more did not fit. Ask for the full record."
FAULTS = {
    "CRD001": "That is not the text of a card. Scan it again, all of it.",
    "CRD002": "We did not sign this card, or its key is no good now. Ask for a new card.",
    "CRD003": "This card is not as it was signed. Do not use it: ask for a new one.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One list of a card; `none`: what is said where it is empty."""

    title: str
    lines: tuple[str, ...]
    none: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A card in words."""

    name: str
    born: str
    made: str
    until: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    verdict: str = ""  # of a card that was checked, as the rest
    told: str = ""
    old: str = ""  # what is said where it is past its day


def shown(found: Checked, today: date) -> Shown:
    """Return a card that was checked on a day."""
    card, is_old = words_of(found.facts), found.facts.is_past(today)
    former = FORMER if found.is_former else ""
    told = TOLD.format(made=card.made, until=card.until, key=found.key, former=former).strip()
    verdict, old = (SIGNED_OLD, OLD) if is_old else (SIGNED, "")
    return replace(card, verdict=verdict, told=told, old=old)


def words_of(facts: Facts) -> Shown:
    """Return what a card says."""
    lists = (
        ("Allergies", facts.allergies),
        ("Medicines to avoid or check first", facts.avoid),
        ("Medicines now", _medicines(facts)),
        ("Genes that matter", facts.genes),
    )
    notes = (
        GAPS.format(kinds=", ".join(facts.unknown)) if facts.unknown else "",
        LEFT_OUT.format(count=facts.left_out) if facts.left_out else "",
        MADE_UP if facts.is_synthetic else "",
    )
    none = NONE if facts.medicines is not None else {**NONE, "Medicines now": NOT_LISTED}
    parts = tuple(Part(title, lines, none[title]) for title, lines in lists)
    made, until = day(facts.made), day(facts.until)
    return Shown(facts.name, facts.born, made, until, parts, tuple(n for n in notes if n))


def _medicines(facts: Facts) -> tuple[str, ...]:
    some = facts.medicines or ()
    more = (MORE.format(count=facts.more_medicines),) if facts.more_medicines else ()
    return (*some, *more)
