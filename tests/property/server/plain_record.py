"""A record as one would write it on paper: a dict of versions, searched by looking at each."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Name = tuple[str, str]  # kind and id


@dataclass(frozen=True)
class Past:
    """One version: how it came to be, and the resource as it was sent; None: deleted."""

    kind: str
    id: str
    number: int
    method: str
    body: Json | None


@dataclass
class PlainRecord:
    """Every version of everything, in the order written."""

    log: list[Past] = field(default_factory=list)

    def copied(self) -> PlainRecord:
        """Return another with the same past."""
        return PlainRecord(list(self.log))

    def of(self, name: Name) -> list[Past]:
        """Return the versions of a resource, the oldest first."""
        return [past for past in self.log if (past.kind, past.id) == name]

    def number(self, name: Name) -> int:
        """Return the newest version's number; 0 where there never was one."""
        return len(self.of(name))

    def now(self, name: Name) -> Json | None:
        """Return a resource as it is; None where it is not there."""
        past = self.of(name)
        return past[-1].body if past else None

    def is_gone(self, name: Name) -> bool:
        """Return whether a resource was deleted."""
        past = self.of(name)
        return bool(past) and past[-1].body is None

    def write(self, name: Name, method: str, body: Json | None) -> int:
        """Write the next version; return its number."""
        number = self.number(name) + 1
        self.log.append(Past(*name, number, method, copy.deepcopy(body)))
        return number

    def current(self, kind: str) -> Iterator[tuple[str, Json]]:
        """Yield id and resource of what is there of a kind."""
        for id in dict.fromkeys(past.id for past in self.log if past.kind == kind):
            body = self.now((kind, id))
            if body is not None:
                yield id, body

    def found(self, kind: str, is_wanted: Callable[[str, Json], bool]) -> set[str]:
        """Return the ids of what is there of a kind and wanted."""
        return {id for id, body in self.current(kind) if is_wanted(id, body)}


def plain(resource: Json) -> Json:
    """Return a resource without what the server adds: id, version and date."""
    kept = {k: v for k, v in resource.items() if k not in ("id", "meta")}
    meta = {
        k: v for k, v in resource.get("meta", {}).items() if k not in ("versionId", "lastUpdated")
    }
    return {**kept, **({"meta": meta} if meta else {})}
