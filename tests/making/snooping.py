"""A small house of care for tests of the snooping detector: staff, people, contacts, looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from garrod.care.govern.snoop_model import Contact, Known, Look, Staff, Subject

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUSE, WARD = "Organization/hospital", "Organization/ward"
ANN, BEN = "Practitioner/ann", "Practitioner/ben"


@dataclass
class Told:
    """Sources that a test writes down."""

    seen: list[Look]
    facts: Known = field(default_factory=Known)

    def looks(self) -> Iterable[Look]:
        return self.seen

    def known(self) -> Known:
        return self.facts


def look(
    entry: int,
    patient: str,
    at: datetime = MONDAY,
    *,
    who: str = ANN,
    glass: bool = False,
    refused: bool = False,
) -> Look:
    return Look(entry, at, who, "nurse", HOUSE, patient, glass, refused)


def visit(*names: str, at: datetime = MONDAY, hours: float = 1) -> Contact:
    """Return a contact of some hours."""
    return Contact(frozenset(names), at, at + timedelta(hours=hours))


def usual(count: int = 400, *, who: str = BEN) -> tuple[list[Look], dict[str, list[Contact]]]:
    """Return the looks of somebody at people in their care, on the days of their visits."""
    looks, contacts = [], {}
    for number in range(count):
        at = MONDAY + timedelta(days=number % 5, hours=number % 7, minutes=number % 50)
        patient = f"usual-{number}"
        looks.append(look(10_000 + number, patient, at, who=who))
        contacts[patient] = [visit(who, HOUSE, at=at)]
    return looks, contacts


def told(
    looks: Sequence[Look],
    *,
    staff: dict[str, Staff] | None = None,
    people: dict[str, Subject] | None = None,
    contacts: dict[str, list[Contact]] | None = None,
) -> Told:
    """Return sources in which a colleague looks at those in their care, besides what is given."""
    background, held = usual()
    facts = Known(staff or {}, people or {}, {**held, **(contacts or {})})
    return Told([*looks, *background], facts)


def days(count: int, *, every: int = 1, at: datetime = MONDAY) -> Iterator[datetime]:
    """Yield the same hour of some days."""
    return (at + timedelta(days=every * n) for n in range(count))
