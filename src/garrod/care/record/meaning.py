"""What the gate asks of the bytes of versions, and what it reads of a record to ask it (ports).

version -> whose it is, what consent may ask of it · resources of a person -> Standing
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from garrod.care.govern.access import Actor
from garrod.care.govern.consent.model import Features, Membership
from garrod.care.govern.relation import Standing
from garrod.care.govern.scopes import Token
from garrod.care.record.ports import View
from garrod.care.record.query import Query
from garrod.core.resource import Version

PAGE = 200  # Not clinical: resources read at a time; so few that stores read them at once


class Meaning(Protocol):
    """Knows what the bytes of a version say of whose it is."""

    def named(self, version: Version) -> Collection[str] | None:
        """Return everybody whom a version names, quickly; None: look closely."""
        ...

    def is_plain(self, version: Version) -> bool:
        """Return whether a version surely bears no label that the house guards."""
        ...

    def whose(self, version: Version) -> tuple[str, ...]:
        """Return the logical ids of those whose data a version is."""
        ...

    def features(self, version: Version) -> Features:
        """Return what consent may ask of a version."""
        ...

    def tokens(self, version: Version) -> Mapping[str, Collection[Token]]:
        """Return the codes of a version by search parameter."""
        ...

    def kept_by(self, version: Version) -> frozenset[str]:
        """Return the settings by which lines are kept private; none: it is open."""
        ...

    def standing(
        self, patient: str, versions: Sequence[Version], also: Mapping[str, Sequence[Version]]
    ) -> Standing:
        """Return what resources say of who may come near a person.

        `also` are Patients who are, by their links, a RelatedPerson of the person.
        """
        ...

    def membership(
        self, who: str, versions: Sequence[Version], at: datetime, also: Collection[str] = ()
    ) -> Membership:
        """Return what somebody is a member of at a time, as groups and roles say.

        `also` is what they are known to be a member of anyway.
        """
        ...

    def bodies(self, standing: Standing) -> frozenset[str]:
        """Return the groups, teams and organisations that the consents of a person name."""
        ...

    def related(self, standing: Standing) -> frozenset[str]:
        """Return the resources whose own references the consents of a person ask about."""
        ...

    def reaching(self, standing: Standing, versions: Mapping[str, Version]) -> Standing:
        """Return a standing whose consents know what the resources named in them refer to."""
        ...

    def owner(self, note: str) -> Actor | None:
        """Return who asked for a subscription, by the note that is kept of it."""
        ...


async def all_found(view: View, query: Query) -> list[Version]:
    """Return all that a query finds."""
    query = query if query.count == PAGE else replace(query, count=PAGE)
    found = list[Version]()
    while True:
        page = await view.search(query)
        found += page.versions
        if page.cursor is None:
            return found
        query = replace(query, cursor=page.cursor)


async def undeleted(view: View, version: Version) -> Version | None:
    """Return a version, or of a deletion what was deleted; None where that is not known."""
    found: Version | None = version
    while found is not None and found.is_deleted:
        found = await view.read_version(found.kind, found.id, found.number - 1)
    return found


async def named_versions(
    view: View, names: Collection[str], *, gone: bool = False
) -> dict[str, Version]:
    """Return the newest of each resource named as "Kind/id" that is here; `gone`: or was."""
    found = {}
    for name in names:
        kind, _, id = name.partition("/")
        newest = await view.read(kind, id)
        version = await undeleted(view, newest) if newest is not None and gone else newest
        if version is not None and not version.is_deleted:
            found[name] = version
    return found
