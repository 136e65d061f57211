"""What a site's events amount to: the keys trusted, the approvals given, the packs in force.

events, oldest first -> Ledger; nothing is ever taken out, a later event speaks over an earlier one
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrod.care.govern.model import (
    Activated,
    Approved,
    Content,
    Deactivated,
    Distrusted,
    Event,
    Trusted,
)


def person_of(text: str) -> str:
    """Return a person's id as it is compared: case and blanks around it do not count."""
    return text.strip().casefold()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A site's events in the order in which they happened."""

    events: tuple[Event, ...] = ()

    def with_event(self, event: Event) -> Ledger:
        """Return the ledger with one event more."""
        return Ledger((*self.events, event))

    def trusted(self) -> Mapping[str, Trusted]:
        """Return the keys trusted now, by id."""
        found: dict[str, Trusted] = {}
        for event in self.events:
            if isinstance(event, Trusted):
                found[event.key] = event
            elif isinstance(event, Distrusted):
                found.pop(event.key, None)
        return found

    def active(self) -> Mapping[str, Activated]:
        """Return the site's packs in force, by name."""
        found: dict[str, Activated] = {}
        for event in self.events:
            if isinstance(event, Activated):
                found[event.name] = event
            elif isinstance(event, Deactivated):
                found.pop(event.name, None)
        return found

    def approvals(self, content: Content) -> tuple[Approved, ...]:
        """Return the approvals of exactly that content, the last of each person."""
        mine = (e for e in self._approvals_of(content.pack) if e.sha256 == content.sha256)
        return tuple({person_of(e.by): e for e in mine}.values())

    def void(self, content: Content) -> tuple[Approved, ...]:
        """Return the approvals of that version when it had another content: they count no more."""
        return tuple(e for e in self._approvals_of(content.pack) if e.sha256 != content.sha256)

    def _approvals_of(self, pack: str) -> tuple[Approved, ...]:
        return tuple(e for e in self.events if isinstance(e, Approved) and e.pack == pack)
