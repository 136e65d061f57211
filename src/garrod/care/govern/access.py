"""The one place where it is decided who may do what: every door asks here before the record acts.

actor, deed, what it is done to -> Permit or Deny. The rules themselves come with the trust room;
until then there is one actor, the local user of a server that listens on this machine only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

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

    id: str  # "Practitioner/ex-practitioner"; "local" for the local user
    role: str = ""  # prescriber, pharmacist, nurse … system
    organisation: str = ""  # an ODS code or "Organization/x"
    setting: str = ""
    purpose: str = "TREAT"  # a code of v3-PurposeOfUse, or "system#code" of a custom one
    scopes: frozenset[str] | None = None  # granted SMART scopes; None: not limited by scopes
    patient: str = ""  # launch context: only this person
    client: str = ""  # the software that asks (client_id)
    session: str = ""  # id of the session or token (jti)
    groups: frozenset[str] = frozenset()  # what the person is a member of: "Group/x"
    emergency: str = ""  # the reason, while the glass is broken (ETREAT)
    shown: int = 0  # when they last showed who they are: seconds since 1970; 0: not known
    level: str = ""  # how they did, as the issuer calls it (acr)

    def is_as(self, other: Actor) -> bool:
        """Return whether another acts as this one does: who, for whom, by which software.

        The session, the purpose and what is granted for now may differ.
        """
        return (self.id, self.role, self.organisation, self.client, self.patient) == (
            other.id, other.role, other.organisation, other.client, other.patient
        )  # fmt: skip


LOCAL = Actor("local", role="system")
PLAIN = (
    "id", "role", "organisation", "setting", "purpose", "patient", "client", "session", "emergency",
)  # fmt: skip
FORMERLY = {"care": "TREAT"}  # what earlier releases wrote for a purpose


def told_actor(actor: Actor) -> dict[str, Any]:
    """Return an actor as plain values, to be kept as JSON; what says nothing is left out."""
    told: dict[str, Any] = {name: value for name in PLAIN if (value := getattr(actor, name))}
    if actor.scopes is not None:
        told["scopes"] = sorted(actor.scopes)
    if actor.groups:
        told["groups"] = sorted(actor.groups)
    return told


def actor_told(told: Mapping[str, Any]) -> Actor:
    """Return the actor of what `told_actor` wrote, or an earlier release.

    Raises: TypeError where nobody is named.
    """
    plain: dict[str, Any] = {name: str(told[name]) for name in PLAIN if name in told}
    purpose = plain.pop("purpose", "TREAT")
    scopes = told.get("scopes")
    return Actor(
        **plain,
        purpose=FORMERLY.get(purpose, purpose),
        scopes=None if scopes is None else frozenset(scopes),
        groups=frozenset(told.get("groups", ())),
    )


@dataclass(frozen=True, slots=True)
class Permit:
    """It may be done."""


@dataclass(frozen=True, slots=True)
class Deny:
    """It may not; the reason is safe to show. `fault` is raised in its place where it says more."""

    reason: str
    fault: AccessDenied | None = None


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
        raise verdict.fault or AccessDenied(f"{verdict.reason}.")
