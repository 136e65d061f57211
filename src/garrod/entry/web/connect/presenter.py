"""Puts what came of a message into words. Pure: what was read -> a view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FORMS = {
    "hl7": "HL7 v2 (ER7, “pipes”)",
    "xml": "FHIR as XML",
    "lines": "FHIR, a resource a line (NDJSON)",
    "json": "FHIR as JSON",
}
EMPTY = "Paste a message"
LONG = "It is too long to be pasted: use “garrod record import”"
NOBODY = "Nobody is found by that: give an NHS number or a record id"
UNSURE = "Say that you have compared what the message says with this person"
ACTS = (
    "This is a transaction or a batch: orders to a server, not a message. Send it to this "
    "server’s FHIR address."
)
SHOWN = 100  # Not clinical: faults and warnings that are told one by one


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    where: str
    what: str
    code: str


@dataclass(frozen=True, slots=True)
class View:
    """What is said of a message that was tried."""

    form: str
    holds: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]
    more: int
    notes: tuple[str, ...]
    verdict: str
    limit: str
    is_right: bool


def view_of(
    form: str,
    kinds: Mapping[str, int],
    results: Sequence[tuple[str, str]],
    wrong: Sequence[tuple[str, str, str]],
    *,
    notes: Sequence[str] = (),
    acts: bool = False,
    limit: str = "",
) -> View:
    """Return what is said of a message; `limit`: why it cannot be taken in though it is right."""
    holds = [(kind, f"{count:,}") for kind, count in sorted(kinds.items())]
    limit = limit or (ACTS if acts else "")
    faults = tuple(Fault(where or "The message", what, code) for where, what, code in wrong)
    return View(
        FORMS[form],
        (*holds, *results),
        faults[:SHOWN],
        max(0, len(faults) - SHOWN),
        tuple(notes[:SHOWN]),
        _verdict(len(faults)),
        limit,
        not faults and not acts,
    )


def _verdict(count: int) -> str:
    if not count:
        return "Nothing is wrong with it, as far as this program checks. Nothing was kept."
    things = "thing is" if count == 1 else "things are"
    return f"{count} {things} wrong. Nothing of what is wrong was kept: mend it and try again."


def taken(stored: str, known: str) -> str:
    """Return what came of a message that was taken in; "" where none was."""
    if not (stored.isascii() and stored.isdecimal() and known.isascii() and known.isdecimal()):
        return ""
    return f"Taken in: {int(stored[:9]):,} stored, {int(known[:9]):,} there already."
