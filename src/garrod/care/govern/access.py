"""The one place where it is decided who may do what: every door asks here before the record acts.

actor, deed, what it is done to -> Permit or Deny. The rules themselves come with the trust room;
until then there is one actor, the local user of a server that listens on this machine only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from garrod.core.errors import AccessDenied


class Deed(StrEnum):
    """What somebody wants to do."""

    READ = "read"
    SEARCH = "search"
    HISTORY = "history"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    OPERATE = "operate"
    LISTEN = "listen"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a logical id, the role, the organisation and the care setting they act in."""

    id: str
    role: str = ""
    organisation: str = ""
    setting: str = ""
    purpose: str = "care"


LOCAL = Actor("local", role="system")


@dataclass(frozen=True, slots=True)
class Permit:
    """It may be done."""


@dataclass(frozen=True, slots=True)
class Deny:
    """It may not; the reason is safe to show."""

    reason: str


class Access(Protocol):
    """Decides. Asked for every read, hit, include, history entry, event and write."""

    def decide(
        self, actor: Actor, deed: Deed, kind: str, *, patients: Collection[str] = ()
    ) -> Permit | Deny:
        """Return whether an actor may do something to a resource of some people."""
        ...

    def reach(self, actor: Actor) -> frozenset[str] | None:
        """Return the people whose data an actor may find; None: everybody's."""
        ...


class LocalAccess:
    """Lets the local user of a development server do everything, and nobody else anything."""

    def decide(
        self, actor: Actor, deed: Deed, kind: str, *, patients: Collection[str] = ()
    ) -> Permit | Deny:
        """Return a permit for the local user."""
        if actor == LOCAL:
            return Permit()
        return Deny(f"{actor.id} is not known here, so may not {deed} {kind or 'anything'}")

    def reach(self, actor: Actor) -> frozenset[str] | None:
        """Return everybody for the local user, nobody for others."""
        return None if actor == LOCAL else frozenset()


def demand(
    access: Access, actor: Actor, deed: Deed, kind: str, *, patients: Collection[str] = ()
) -> None:
    """Raise AccessDenied ACC001 where an actor may not do something."""
    verdict = access.decide(actor, deed, kind, patients=patients)
    if isinstance(verdict, Deny):
        raise AccessDenied(f"{verdict.reason}.")
