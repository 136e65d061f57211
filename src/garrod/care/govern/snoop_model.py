"""Looks at people's records, and what is known of who looks and who is looked at.

entries of the audit -> Look; the record -> Known; both through the port `Sources`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple, Protocol


class Look(NamedTuple):
    """One member of staff looked at one person's record, or tried to."""

    entry: int  # the place in the audit log
    at: datetime
    who: str  # "Practitioner/x"
    role: str
    organisation: str  # as the audit has it: a code or a reference
    patient: str  # logical id
    is_glass: bool = False  # the glass was broken
    is_refused: bool = False


class Nearness(IntEnum):
    """How near what is on record brings somebody to a person at a time; 0 is nearest."""

    NAMED = 0  # somebody is named in the person's care about then
    TEAM = 1  # their ward, clinic or team is
    SEEN = 2  # their organisation saw the person within days
    AROUND = 3  # … or some weeks before or after; or their team did
    KNOWN = 4  # the person is registered there, or was seen there before
    NONE = 5


class Contact(NamedTuple):
    """What ties people of care to a person: a visit, a stay, a request, a registration.

    Without a beginning and an end it lasts, as a registration does.
    """

    names: frozenset[str]  # who, their teams, their organisations; references and codes
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works in care, as far as it is known."""

    family: str = ""  # folded
    address: str = ""  # house and postcode, folded
    patient: str = ""  # their own record as a person
    organisations: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()  # wards, clinics, care teams


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose record it is."""

    family: str = ""
    address: str = ""
    works_at: frozenset[str] = frozenset()
    is_public: bool = False  # flagged as of public interest


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of staff, people and the contacts between them."""

    staff: Mapping[str, Staff] = field(default_factory=dict)
    people: Mapping[str, Subject] = field(default_factory=dict)
    contacts: Mapping[str, Sequence[Contact]] = field(default_factory=dict)


class Sources(Protocol):
    """Where looks and facts come from: a real log and record, or a synthetic year."""

    def looks(self) -> Iterable[Look]:
        """Return looks, in the order of the log."""
        ...

    def known(self) -> Known:
        """Return what is known of those whom the looks name."""
        ...


class Sign(StrEnum):
    """What speaks for a look that care does not explain."""

    FAR = "far"  # nothing on record brings them near
    FAMILY = "same-family-name"
    ADDRESS = "same-address"
    OWN = "own-record"
    COLLEAGUE = "colleague"
    PUBLIC = "public-interest"
    AGAIN = "again-and-again"
    MANY = "many-people"
    HOUR = "unusual-hour"
    GLASS = "broken-glass"


class Evidence(NamedTuple):
    """One sign: how rare it is (1 in 10 to the `points`), and what it rests on."""

    sign: Sign
    points: float
    nearness: Nearness = Nearness.NONE
    times: int = 0  # days (AGAIN), people (MANY)


@dataclass(frozen=True, slots=True)
class Case:
    """Looks of one member of staff that a person should judge; never a verdict.

    `points`: by chance alone such looks are 1 in 10 to the points.
    """

    who: str
    role: str
    organisation: str
    patients: tuple[str, ...]
    entries: tuple[int, ...]
    first: datetime
    last: datetime
    points: float
    evidence: tuple[Evidence, ...]  # the strongest first
    refused: int = 0  # so many of them
