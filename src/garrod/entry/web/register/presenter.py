"""Puts uses of data into plain words. Pure: lines of the ledger -> rows, for patients as well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from garrod.care.govern.consent.purposes import PLANNING, RESEARCH
from garrod.care.govern.numbers.basis import BASES
from garrod.care.govern.numbers.release import COUNTS, GIVEN, NOISE, RECORDS, SPENT, Line

WHAT = {
    COUNTS: "Counts of people. No one’s own record.",
    NOISE: "Counts of people, made less exact on purpose. No one’s own record.",
    RECORDS: "Records with a code in place of each name, and with dates moved.",
}
LAW = {
    "consent": "Each person said yes",
    "section-251": "A law lets this be done with no yes from each person",
    "public-task": "It is part of the work of running health care",
}
AGREES = "We checked: each use is in the sealed log too."
NOT_CHECKED = "We could not check this against the sealed log just now."
FEW = "Seven or fewer (≤ 7), or not told"


@dataclass(frozen=True, slots=True)
class Row:
    """One use of data."""

    id: int
    when: str
    who: str
    project: str
    why: str
    law: str
    act: str
    what: str
    data_set: str
    people: str
    outcome: str


def rows_of(lines: Iterable[Line]) -> tuple[Row, ...]:
    """Return the uses, the newest first."""
    return tuple(sorted(map(_row, lines), key=lambda row: -row.id))


def checked(faults: int | None) -> str:
    """Return in words whether the audit log agrees."""
    if faults is None:
        return NOT_CHECKED
    if not faults:
        return AGREES
    return f"This list and the sealed log do not agree in {faults}: please tell the site."


def _row(line: Line) -> Row:
    asked, is_given = line.asked, line.outcome == GIVEN
    why = "Research" if asked.purpose in RESEARCH else ""
    why = why or ("Planning of care" if asked.purpose in PLANNING else asked.purpose)
    basis = BASES.get(asked.basis)
    refused = (
        "Refused: all that this person may ask for was used up"
        if line.because == SPENT
        else "Refused: the answer could have told of one person"
    )
    return Row(
        line.id,
        _day(line.at),
        asked.analyst,
        asked.project,
        why,
        LAW.get(asked.basis, asked.basis),
        basis.law if basis else "",
        WHAT.get(asked.deed, asked.deed),
        asked.data_set,
        (line.people or FEW) if is_given else "No one",
        "Given" if is_given else refused,
    )


def _day(at: str) -> str:
    try:
        return f"{datetime.fromisoformat(at):%-d %B %Y, %H:%M} UTC"
    except ValueError:
        return at
