"""What an actor is a member of: what ties them to people, and what consents may call them by.

actor -> groups, roles and organisations of the record (kept for seconds, dropped by their events)
      -> for one person's consents: what those name besides, and what of it nobody can tell
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from garrod.care.govern.access import Actor
from garrod.care.govern.consent.model import Membership
from garrod.care.govern.relation import Standing
from garrod.care.record.meaning import PAGE, Meaning, all_found, named_versions
from garrod.care.record.ports import View
from garrod.care.record.query import Criterion, ParamType, Query, Reference, Token
from garrod.core.resource import Version

ORGANISATION = "Organization"
ROLE, PERSON = "PractitionerRole", "Practitioner/"
LISTING = frozenset(("Group", "CareTeam"))  # what lists its own members
KEPT = 5.0  # Not clinical: seconds that it is kept; an event that bears on it ends it before
MOST = 20_000  # Not clinical: actors of whom it is kept


class Belonging(NamedTuple):
    """What the record says of an actor. `groups` tie them to people; `versions` say all of it."""

    groups: frozenset[str]
    known: frozenset[str]  # with what the token says
    versions: tuple[Version, ...]
    member: Membership


class Belongings:
    """Knows what actors are members of. `seconds` is a clock that only goes forward."""

    def __init__(
        self, meaning: Meaning, clock: Callable[[], datetime], seconds: Callable[[], float]
    ) -> None:
        self._meaning = meaning
        self._clock = clock
        self._seconds = seconds
        self._kept: dict[tuple[str, str, frozenset[str]], tuple[float, Belonging]] = {}
        self._coded: dict[str, tuple[float, list[Version]]] = {}  # organisations by their code

    def forget(self) -> None:
        """Let go of all that is kept."""
        self._kept.clear()
        self._coded.clear()

    async def of(self, view: View, actor: Actor, *, is_kept: bool) -> Belonging:
        """Return what an actor is a member of; `is_kept` False: as a transaction sees it."""
        key, now = (actor.id, actor.organisation, actor.groups), self._seconds()
        kept = self._kept.get(key)
        if kept is not None and kept[0] > now:
            return kept[1]
        found = await self._read(view, actor, is_kept=is_kept)
        if is_kept:
            if len(self._kept) > MOST:
                self._kept.clear()
            self._kept[key] = (now + KEPT, found)
        return found

    async def toward(
        self, view: View, actor: Actor, standing: Standing, belonging: Belonging
    ) -> Membership:
        """Return what the consents of one person may call an actor by.

        Of a group or team that is not here nobody can tell who is in it.
        """
        bodies = self._meaning.bodies(standing) if standing.consents else frozenset[str]()
        if not bodies:
            return belonging.member
        read = await named_versions(view, bodies)
        versions = {f"{v.kind}/{v.id}": v for v in belonging.versions} | read
        found = await self._through(view, actor, versions, belonging.known)
        unseen = {name for name in bodies - read.keys() if name.partition("/")[0] in LISTING}
        return Membership(found.groups, (found.unsure | unseen) - found.groups)

    async def _organisations(self, view: View, code: str, *, is_kept: bool) -> list[Version]:
        """Return the organisations with a code, which all who work there have in common."""
        kept, now = self._coded.get(code), self._seconds()
        if kept is not None and kept[0] > now:
            return kept[1]
        asked = Criterion("identifier", ParamType.TOKEN, (Token(None, code),))
        found = await all_found(view, Query((ORGANISATION,), (asked,), count=PAGE))
        if is_kept:
            if len(self._coded) > MOST:
                self._coded.clear()
            self._coded[code] = (now + KEPT, found)
        return found

    async def _read(self, view: View, actor: Actor, *, is_kept: bool) -> Belonging:
        found = await self._listed(view, actor.id)
        is_named = "/" in actor.organisation
        if actor.organisation and not is_named:
            found += await self._organisations(view, actor.organisation, is_kept=is_kept)
        groups = self._meaning.membership(actor.id, found, self._clock()).groups
        groups |= {f"{v.kind}/{v.id}" for v in found if v.kind == ORGANISATION}
        known = groups | actor.groups | ({actor.organisation} if is_named else set())
        versions = {f"{v.kind}/{v.id}": v for v in found}
        member = await self._through(view, actor, versions, known)
        return Belonging(groups, known, tuple(versions.values()), member)

    async def _listed(self, view: View, who: str) -> list[Version]:
        """Return the groups and roles of somebody; of a role, itself and its person's groups."""
        kind, _, id = who.partition("/")
        if not id:
            return []
        found = await _naming(view, "Group", "member", who)
        if kind != ROLE:
            return found + await _naming(view, ROLE, "practitioner", who)
        found += (await named_versions(view, (who,))).values()
        groups = self._meaning.membership(who, found, self._clock()).groups
        for person in sorted(g for g in groups if g.startswith(PERSON) and "|" not in g):
            found += await _naming(view, "Group", "member", person)
        return found

    async def _through(
        self, view: View, actor: Actor, versions: dict[str, Version], known: frozenset[str]
    ) -> Membership:
        """Return a membership through the organisations that others are part of; adds them."""
        asked = set(versions)
        while True:
            listed = tuple(versions.values())
            member = self._meaning.membership(actor.id, listed, self._clock(), known)
            new = {g for g in member.groups if _is_organisation(g)} - asked
            if not new:
                return member
            asked |= new
            versions |= await named_versions(view, new)


async def _naming(view: View, of: str, param: str, who: str) -> list[Version]:
    """Return the resources of a type that name somebody."""
    kind, _, id = who.partition("/")
    named = Criterion(param, ParamType.REFERENCE, (Reference(kind, id),))
    return await all_found(view, Query((of,), (named,), count=PAGE))


def _is_organisation(name: str) -> bool:
    kind, _, id = name.partition("/")
    return kind == ORGANISATION and bool(id) and "|" not in id
