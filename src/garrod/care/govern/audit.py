"""The audit: what an entry holds, how one comes to be during a request, and the port of the log.

request -> Trail (who, what was seen, what was denied) -> AuditEntry -> canonical bytes -> log

An entry never holds a name, an identifier or a value of a resource: logical ids and kinds alone.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any, Protocol

from garrod.care.govern.access import Access, Actor, Deed, Deny, Permit
from garrod.core.identifiers import is_mod11

PERMITTED, DENIED, FAILED = "permitted", "denied", "failed"
REQUEST, MORE, TASK, KEY = "request", "more", "task", "key"
RESTORED = "restored"  # the log was put back to a copy, of as many entries as stand before it
SCOPE = "garrod.audit"  # where a request's ASGI scope carries its Trail
REASONS, LONGEST = 20, 300  # Not clinical: reasons of one entry, and characters of one
PEOPLE = 1000  # Not clinical: people of one entry; further ones stand in entries that follow it
EMERGENCY = "ETREAT"
DIGITS = 10  # Not clinical: of an NHS number
UNKNOWN, REFUSED = 401, 403  # of who is not signed in, and of who may not


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the log. Its order of fields is that of its bytes; what says nothing is left out.

    `event` more: what was given after the entry `of` was written, or did not fit into it.
    """

    at: str  # UTC, ISO 8601
    event: str = REQUEST
    of: int = -1
    who: str = ""
    role: str = ""
    organisation: str = ""
    setting: str = ""
    client: str = ""
    session: str = ""
    purpose: str = ""
    emergency: str = ""
    deed: str = ""
    route: str = ""
    kinds: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    outcome: str = ""
    status: int = 0
    count: int = 0
    because: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)  # of a key, a copy: what `audit_heads` says
    index: int = -1  # the place in the log; -1: not there yet

    @property
    def is_emergency(self) -> bool:
        """Return whether the glass was broken."""
        return bool(self.emergency) or self.purpose == EMERGENCY


def is_glass(told: Mapping[str, Any]) -> bool:
    """Return whether an entry as plain values says that the glass was broken."""
    return bool(told.get("emergency")) or told.get("purpose") == EMERGENCY


_ORDER = tuple(f.name for f in fields(AuditEntry) if f.name != "index")
_WRITTEN = json.JSONEncoder(separators=(",", ":")).encode
_LISTS = ("kinds", "patients", "because")


def canonical(entry: AuditEntry) -> bytes:
    """Return an entry as JSON without its place: ASCII, no blanks, fields in their order."""
    told: dict[str, Any] = {}
    for name in _ORDER:
        value = getattr(entry, name)
        if value >= 0 if name == "of" else value:
            told[name] = value
    return written(told)


def written(told: dict[str, Any]) -> bytes:
    """Return the bytes of an entry's plain values, which are in their order."""
    return _WRITTEN(told).encode("ascii")


def placed(body: bytes, index: int) -> bytes:
    """Return the bytes of an entry as the log holds them: its place first."""
    return b'{"index":%d,' % index + body[1:]


def entry_read(content: bytes) -> AuditEntry:
    """Return the entry of what the log holds.  Raises: ValueError where it is none."""
    told = json.loads(content)
    if not isinstance(told, dict) or not {"index", "at"} <= told.keys() <= {*_ORDER, "index"}:
        raise ValueError("no audit entry")
    for name in _LISTS:
        if name in told:
            told[name] = tuple(told[name])
    return AuditEntry(**told)


Said = tuple[
    Actor | None, str, str, tuple[str, ...], str, int, int, tuple[str, ...]
]  # who, deed, route, kinds, outcome, status, count, because


class Trail:
    """What is known of a request while it runs; every call is cheap, and none fails."""

    def __init__(self, at: str, route: str = "", deed: str = "") -> None:
        self.at, self.route, self.deed = at, route, deed
        self.actor: Actor | None = None
        self.because: list[str] = []
        self.is_denied = False
        self.written = -1  # the log's ticket of its entry, once it is kept
        self._kinds: set[str] = set()
        self._asked: set[str] = set()  # people asked about, given or not
        self._asked_kinds: set[str] = set()  # told where nothing was given
        self._patients: set[str] = set()
        self._told: set[str] = set()  # people whom an entry names already
        self._count = 0  # resources that were said to be seen
        self._given = 0  # resources that were found in the answer

    def acted(self, actor: Actor) -> None:
        """Say who acts."""
        self.actor = actor

    def did(self, deed: str) -> None:
        """Say what is done, where the path does not say it well enough."""
        self.deed = deed

    def about(self, kind: str = "", patients: Iterable[str] = ()) -> None:
        """Say of what and whom something is asked, whether or not anything is given."""
        if kind:
            self._asked_kinds.add(kind)
        for patient in patients:
            if len(patient) != DIGITS or not _is_number(patient):
                self._asked.add(patient)

    def saw(self, kind: str, id: str = "", patients: Iterable[str] = ()) -> None:
        """Say that a resource of some people is given or written (an event too)."""
        self._count += 1
        self._kinds.add(kind)
        self._patients.update(patients)

    def gave(self, kinds: Iterable[str], patients: Iterable[str], count: int) -> None:
        """Say what an answer was found to hold as it left: so many resources of some people."""
        self._given += count
        self._kinds.update(kinds)
        self._patients.update(patients)

    def denied(self, because: str | Iterable[str] = ()) -> None:
        """Say that something was refused or hidden, and why, in words without its content."""
        self.is_denied = True
        for reason in (because,) if isinstance(because, str) else because:
            if reason[:LONGEST] not in self.because and len(self.because) < REASONS:
                self.because.append(reason[:LONGEST])

    @property
    def is_new(self) -> bool:
        """Return whether people were given something since the last entry."""
        return self.written >= 0 and len(self._patients) > len(self._told)

    def said(self, status: int) -> tuple[Said, list[str]] | None:
        """Return what the request's first entry says, and whom it names.

        None where one entry does not hold everybody; `entries` does then.
        """
        people, outcome = self._people(status)
        if len(people) > PEOPLE:
            return None
        self._told.update(people)
        kinds = self._kinds or self._asked_kinds
        return (
            self.actor,
            self.deed,
            self.route,
            tuple(kinds) if len(kinds) < 2 else tuple(sorted(kinds)),
            outcome,
            status,
            self._count or self._given,
            tuple(self.because),
        ), people

    def entries(self, status: int, *, event: str = REQUEST, of: int = -1) -> tuple[AuditEntry, ...]:
        """Return the entry of the request, or what came since; more than one of very many people.

        `of`: where the first entry of the request stands. Those after the first of this call
        say -1 if there is none: whoever writes them puts in where it stands.
        """
        people, outcome = self._people(status)
        self._told.update(people)
        first = AuditEntry(
            at=self.at,
            event=event if self.written < 0 else MORE,
            of=of,
            **_of_actor(self.actor),
            deed=self.deed,
            route=self.route,
            kinds=tuple(sorted(self._kinds or self._asked_kinds)),
            patients=tuple(people[:PEOPLE]),
            outcome=outcome,
            status=status,
            count=self._count or self._given,
            because=tuple(self.because),
        )
        rest = range(PEOPLE, len(people), PEOPLE)
        return first, *(
            replace(first, event=MORE, patients=tuple(people[at : at + PEOPLE])) for at in rest
        )

    def _people(self, status: int) -> tuple[list[str], str]:
        """Return whom the next entry names, and the outcome."""
        outcome = self._outcome(status)
        if self._asked and outcome != FAILED and status != UNKNOWN:
            self._patients |= self._asked  # else anything may stand in the path
        if len(self._patients) < 2 and not self._told:
            return list(self._patients), outcome
        return sorted(self._patients - self._told), outcome

    def _outcome(self, status: int) -> str:
        if status in (UNKNOWN, REFUSED) or (self.is_denied and not self._count and not self._given):
            return DENIED
        return PERMITTED if status < 400 else FAILED


_OF_ACTOR = ("role", "organisation", "setting", "client", "session", "purpose")


@lru_cache(maxsize=1024)
def _of_actor(actor: Actor | None) -> dict[str, Any]:
    """Return what entries say of who acts."""
    if actor is None:
        return {}
    told = {"who": actor.id, **{name: getattr(actor, name) for name in _OF_ACTOR}}
    told["emergency"] = actor.emergency[:LONGEST]
    return {name: value for name, value in told.items() if value}


def told_of(at: str, event: str, said: Said, people: Sequence[str]) -> dict[str, Any]:
    """Return an entry as plain values, in the order of its bytes."""
    actor, deed, route, kinds, outcome, status, count, because = said
    told = {
        "deed": deed, "route": route, "kinds": kinds, "patients": people, "outcome": outcome,
        "status": status, "count": count, "because": because,
    }  # fmt: skip
    who = {"at": at, "event": event} | _of_actor(actor)
    return who | {name: value for name, value in told.items() if value}


_TRAIL: ContextVar[Trail | None] = ContextVar("garrod_trail", default=None)
follow, unfollow = _TRAIL.set, _TRAIL.reset  # what `following` does, for who is in a hurry


def current() -> Trail:
    """Return the trail of the request or task that runs here; one that nobody reads, if none."""
    return _TRAIL.get() or Trail("")


@contextmanager
def following(trail: Trail) -> Iterator[Trail]:
    """Make a trail the current one until the block ends."""
    token = _TRAIL.set(trail)
    try:
        yield trail
    finally:
        _TRAIL.reset(token)


def _is_number(patient: str) -> bool:
    """Return whether what somebody gave for a person's id can be their NHS number."""
    return (
        len(patient) == DIGITS and patient.isascii() and patient.isdecimal() and is_mod11(patient)
    )


class Trailed:
    """An `Access` that tells the current trail what it is asked and what it answers."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def decide(
        self, actor: Actor, deed: Deed, kind: str, *, patients: Collection[str] = ()
    ) -> Permit | Deny:
        """Return the verdict; the trail knows it then."""
        verdict = self.access.decide(actor, deed, kind, patients=patients)
        trail = current()
        trail.acted(actor)
        trail.about(kind, patients)
        if isinstance(verdict, Deny):
            trail.denied(verdict.reason)
        return verdict

    def reach(self, actor: Actor) -> frozenset[str] | None:
        """Return the people whose data an actor may find; None: everybody's."""
        return self.access.reach(actor)


class AuditStore(Protocol):
    """The log. What `append` answered outlives the process and stands under a seal."""

    def append(self, entry: AuditEntry) -> Awaitable[int]:
        """Return where an entry stands, once it is durable.  Raises: OutsideError."""
        ...

    async def of_person(
        self,
        patient: str,
        *,
        before: int | None = None,
        most: int = 1000,
        glass: bool | None = None,
    ) -> Sequence[AuditEntry]:
        """Return the entries that name a person, the newest first; `glass`: broken, or not."""
        ...
