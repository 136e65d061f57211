"""What the record holds of terminology: CodeSystem, ValueSet and ConceptMap, by url.

It is kept in memory as it was read, and follows the record by the record's own events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.terminology.resources import ResourceSystem
from garrod.care.record.ports import Event, HistoryOf, Store
from garrod.care.record.query import Query
from garrod.core.resource import Version

Json = dict[str, Any]
KINDS = ("CodeSystem", "ValueSet", "ConceptMap")
PAGE, PORTION = 200, 500  # Not clinical: read at once
_DIGITS = re.compile(r"([0-9]{1,18})")


def newest_first(resource: Json) -> tuple[bool, list[tuple[int, str]], str]:
    """Return a key that is greatest for the version to use where none is named.

    One that is active outranks one that is not; then the version counts, then the date.
    """
    parts = _DIGITS.split(str(resource.get("version", "")))
    numbered = [(int(p), "") if _DIGITS.fullmatch(p) else (-1, p) for p in parts if p]
    return resource.get("status") == "active", numbered, str(resource.get("date", ""))


class Stored:
    """The terminology in the record."""

    def __init__(self) -> None:
        self.position = 0  # of the newest event that was looked at
        self._held: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}  # by id
        self._urls: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
        self._systems: dict[str, ResourceSystem] = {}
        self._numbers: dict[tuple[str, str], int] = {}  # of the version that was taken last

    async def load(self, store: Store) -> None:
        """Read all that is there."""
        page = await store.history(HistoryOf(count=1))
        self.position = page.versions[0].sequence if page.versions else 0
        for kind in KINDS:
            query: Query | None = Query((kind,), count=PAGE)
            while query is not None:
                found = await store.search(query)
                for version in found.versions:
                    self.take(kind, version.id, version)
                query = Query((kind,), count=PAGE, cursor=found.cursor) if found.cursor else None

    async def refresh(self, store: Store) -> None:
        """Read what was written since; nothing is read twice."""
        while some := await store.events(self.position, PORTION):
            for event in some:
                await self.hear(store, event)

    async def hear(self, store: Store, event: Event) -> None:
        """Read what an event is of, where it is of terminology."""
        if event.kind in KINDS:
            self.take(event.kind, event.id, await store.read(event.kind, event.id))
        self.position = max(self.position, event.sequence)

    def take(self, kind: str, id: str, version: Version | None) -> None:
        """Hold a version in place of what was held under its id; an older one changes nothing."""
        if version is not None:
            if version.number < self._numbers.get((kind, id), 0):
                return
            self._numbers[kind, id] = version.number
        before = self._held[kind].pop(id, None)
        if before is not None:
            self._urls[kind].get(str(before.get("url", "")), []).remove(id)
        if kind == KINDS[0]:
            self._systems.pop(id, None)
        if version is None or version.is_deleted:
            return
        resource = parse(version.body)
        self._held[kind][id] = resource
        self._urls[kind].setdefault(str(resource.get("url", "")), []).append(id)

    def by_id(self, kind: str, id: str) -> Json | None:
        """Return a resource by its id, or None."""
        return self._held[kind].get(id)

    def by_url(self, kind: str, url: str, version: str = "") -> tuple[str, Json] | None:
        """Return id and resource of a url, of that version, else of the newest; or None."""
        found = [(id, self._held[kind][id]) for id in self._urls[kind].get(url, ()) if url]
        if version:
            found = [(id, r) for id, r in found if r.get("version") == version]
        return max(found, key=lambda f: newest_first(f[1]), default=None)

    def system(self, url: str, version: str = "") -> ResourceSystem | None:
        """Return the code system of a url, or None."""
        found = self.by_url(KINDS[0], url, version)
        return None if found is None else self.system_of(*found)

    def system_of(self, id: str, resource: Json) -> ResourceSystem:
        """Return the code system of a resource that is held; it is taken apart once."""
        if id not in self._systems:
            self._systems[id] = ResourceSystem(resource, f"CodeSystem/{id}")
        return self._systems[id]

    def maps(self) -> Iterator[Json]:
        """Yield the concept maps that are held."""
        yield from self._held[KINDS[2]].values()
