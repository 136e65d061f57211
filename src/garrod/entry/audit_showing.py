"""What of the audit somebody is shown: nobody hears of others by an entry about themselves.

entry -> those it names whom the actor may be told of -> the entry with them alone, or "not there"

One entry may name many people, who were found by one search. An entry bears no label and has no
author: a consent bears on it by its kind, its purpose and its time alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from garrod.care.govern.access import Actor, Deed, demand
from garrod.care.govern.audit import AuditEntry, entry_read
from garrod.care.govern.audit_own import only
from garrod.care.govern.consent.model import Features
from garrod.care.govern.point import Seen
from garrod.care.record.guarded import missing
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.service import NotFound, Record
from garrod.core.errors import AccessDenied

KIND, PATIENT = "AuditEvent", "Patient"


class Showing:
    """What one actor is shown of the audit in one request."""

    def __init__(self, record: Record, actor: Actor, deed: Deed = Deed.READ) -> None:
        """Ask whether they may do that to anybody's entries.  Raises: AccessDenied ACC001."""
        demand(record.access, actor, deed, KIND)
        self.record, self.actor, self.deed = record, actor, deed
        gate = record.gate
        self.is_open = gate is None or record.sees_all(actor)
        self.is_for_everybody = self.is_open or bool(gate and gate.may_reach_all(actor, deed, KIND))
        self._may: dict[str, bool] = {}

    async def demand(self, patient: str) -> None:
        """Return nothing where a person's entries may be shown.

        Whoever oversees everybody's knows of people without seeing their records.
        Raises: AccessDenied ACC001, NotFound REC001.
        """
        if not self.is_for_everybody:
            await self.record.demand(self.actor, self.deed, KIND, patient)
        elif not await self.may(patient):
            raise missing(PATIENT, patient)

    async def may(self, patient: str) -> bool:
        """Return whether the actor may be told of a person."""
        found = self._may.get(patient)
        if found is None:
            found = self._may[patient] = await self._asked(patient)
        return found

    async def shown(self, entry: AuditEntry) -> AuditEntry | None:
        """Return an entry as the actor is shown it; None where it is not there for them."""
        if self.is_open or (self.is_for_everybody and not entry.patients):
            return entry
        named = entry.patients if self.is_for_everybody else await self._known(entry.patients)
        people = [patient for patient in named if await self.may(patient)]
        return only(entry, people) if people else None

    async def of_one(self, content: bytes, patient: str) -> tuple[AuditEntry, bytes | None]:
        """Return an entry that a person was found by, and its bytes where all it names is shown."""
        entry = entry_read(content)
        if not self.is_for_everybody:
            seen = only(entry, (patient,))
        else:
            seen = await self.shown(entry) or only(entry, (patient,))
        return seen, content if seen.patients == entry.patients else None

    async def _asked(self, patient: str) -> bool:
        record, gate = self.record, self.record.gate
        if gate is None or self.is_open:
            return True
        if self.is_for_everybody:
            rights = await gate.rights(record.store, self.actor, patient)
            return rights.allows(self.deed, Seen(_features(patient))).is_permitted
        try:
            await record.demand(self.actor, self.deed, KIND, patient)
        except (AccessDenied, NotFound):
            return False
        return True

    async def _known(self, people: Sequence[str]) -> list[str]:
        """Return those of some people whom the actor sees at all, whatever an app was granted."""
        if not people:
            return []
        who = replace(self.actor, scopes=None)
        asked = Query((PATIENT,), (OfPatients(frozenset(people)),), count=len(people))
        page, _ = await self.record.search(who, asked)
        return [version.id for version in page.versions]


def _features(patient: str) -> Features:
    """Return what consent may ask of an entry."""
    return Features(KIND, KIND, (patient,), frozenset(("N",)))
