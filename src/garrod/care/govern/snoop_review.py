"""The queue of what somebody should be asked about: cases, and what was decided of each, once.

cases of a run, items of earlier ones -> what is new; item, outcome, note -> decided item
Nobody decides of their own looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from garrod.care.govern.snoop_model import Case, Evidence, Nearness, Sign
from garrod.core.errors import AccessDenied, ConflictError, InputError

LONGEST = 1000  # Not clinical: characters of a note
SHORTEST = 10  # Not clinical: … without which a note explains nothing


class Outcome(StrEnum):
    """What was decided of a case."""

    EXPLAINED = "explained"
    LOOK_INTO = "look-into"  # somebody is to look into it: no verdict either


class DecidedBefore(ConflictError):
    """Somebody has decided of the case already."""

    default_code = "SNP002"


class Verdict(NamedTuple):
    """What somebody sends: one of the outcomes, why, and who they are."""

    outcome: str
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class Item:
    """One case of the queue."""

    id: str
    case: Case
    found: datetime  # when it was put into the queue
    outcome: Outcome | None = None
    note: str = ""
    by: str = ""
    decided: datetime | None = None


def new_items(cases: Iterable[Case], known: Sequence[Item], now: datetime) -> Iterator[Item]:
    """Yield the items that a run adds or changes.

    An open item takes up what is new of its looks; of decided looks nobody is asked again.
    """
    for case in cases:
        alike = [item for item in known if _is_alike(item.case, case)]
        decided = {e for item in alike if item.outcome is not None for e in item.case.entries}
        left = tuple(entry for entry in case.entries if entry not in decided)
        if not left:
            continue
        fresh = replace(case, entries=left)
        held = next((i for i in alike if i.outcome is None and _overlap(i.case, fresh)), None)
        if held is None:
            yield Item(_id(fresh), fresh, now)
        elif held.case.entries != left:
            yield replace(held, case=fresh)


def decided(item: Item, verdict: Verdict, now: datetime) -> Item:
    """Return an item with what somebody decided of it.

    Raises: InputError SNP001 (no such outcome, or a note too short), DecidedBefore SNP002,
    AccessDenied SNP003 where it is about their own looks.
    """
    outcome, note, by = verdict
    if item.case.who == by:
        raise AccessDenied("nobody decides of their own looks: leave it to others.", code="SNP003")
    if item.outcome is not None:
        raise DecidedBefore("somebody has decided of this already: open the list again.")
    said = " ".join(note.split())[:LONGEST]
    if outcome not in set(Outcome) or len(set(said)) < 2 or len(said) < SHORTEST:
        raise InputError(
            f"choose what it is, and say why in {SHORTEST} characters or more.", code="SNP001"
        )
    return replace(item, outcome=Outcome(outcome), note=said, by=by, decided=now)


def told_item(item: Item) -> dict[str, Any]:
    """Return an item as plain values, to be kept as JSON."""
    case = item.case
    return {
        "id": item.id,
        "who": case.who,
        "role": case.role,
        "organisation": case.organisation,
        "patients": list(case.patients),
        "entries": list(case.entries),
        "first": case.first.isoformat(),
        "last": case.last.isoformat(),
        "points": case.points,
        "refused": case.refused,
        "evidence": [[e.sign.value, e.points, int(e.nearness), e.times] for e in case.evidence],
        "found": item.found.isoformat(),
        "outcome": item.outcome.value if item.outcome else "",
        "note": item.note,
        "by": item.by,
        "decided": item.decided.isoformat() if item.decided else "",
    }


def item_told(told: Mapping[str, Any]) -> Item:
    """Return the item of what `told_item` wrote."""
    case = Case(
        told["who"],
        told["role"],
        told["organisation"],
        tuple(told["patients"]),
        tuple(told["entries"]),
        datetime.fromisoformat(told["first"]),
        datetime.fromisoformat(told["last"]),
        told["points"],
        tuple(Evidence(Sign(s), p, Nearness(n), c) for s, p, n, c in told["evidence"]),
        told["refused"],
    )
    return Item(
        told["id"],
        case,
        datetime.fromisoformat(told["found"]),
        Outcome(told["outcome"]) if told["outcome"] else None,
        told["note"],
        told["by"],
        datetime.fromisoformat(told["decided"]) if told["decided"] else None,
    )


def _is_alike(one: Case, other: Case) -> bool:
    """Return whether two cases are of one member of staff and of one person, or both of many."""
    if one.who != other.who:
        return False
    is_many = len(one.patients) > 1, len(other.patients) > 1
    return all(is_many) or (not any(is_many) and one.patients == other.patients)


def _overlap(one: Case, other: Case) -> bool:
    return not set(one.entries).isdisjoint(other.entries)


def _id(case: Case) -> str:
    told = "|".join((case.who, *case.patients, str(case.entries[0])))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
