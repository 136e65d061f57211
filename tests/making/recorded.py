"""A record as a server opens it, over any store: what is written, moved, merged, stopped in it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.care.govern.access import LOCAL, Access, LocalAccess
from garrod.care.record.medication.confirm import Entry
from garrod.care.record.medication.line import Act, Author, Setting, Transition
from garrod.care.record.medicines import Asking, Medicines
from garrod.care.record.medicines_merge import Merging
from garrod.care.record.people import People
from garrod.care.record.ports import Store, Tx
from garrod.care.record.reactions import Following
from garrod.care.record.service import Record
from garrod.entry.housing import DrugsPack
from garrod.entry.snapshots import people_of
from garrod.entry.wire import Services

BY = Author("Practitioner/1", "doctor", "", Setting.GP)
Resource = dict[str, Any]


@cache
def services() -> Services:
    """Return the services of all tests here, their packs read once."""
    return Services()


@cache
def codec() -> FhirCodec:
    """Return a codec that stores what it is given, unchecked."""
    return FhirCodec(services().shelf)


@dataclass
class Recorded:
    """A record over a store, with the list following what is written."""

    store: Store
    access: Access

    def __post_init__(self) -> None:
        ids = (f"new-{n}" for n in itertools.count(1))
        new_id = ids.__next__
        follow = Following(codec(), FhirLines(), FhirMerges(), new_id=new_id, formulary=DrugsPack())
        self.record = Record(self.store, codec(), self.access, new_id, reactions=(follow,))
        self.medicines = Medicines(self.record, FhirLines(), now, DrugsPack(), FhirMerges())
        self.people: People = people_of(self.record, services())

    def anew(self) -> People:
        """Return who tells of the same people and has kept nothing."""
        return people_of(self.record, services())

    async def write(self, *resources: Resource) -> None:
        """Write resources in one transaction, and let the list follow."""
        drafts = [
            codec().drafted(json.dumps(r).encode(), kind=r["resourceType"], id=r["id"])
            for r in resources
        ]

        async def work(tx: Tx) -> None:
            written = [await tx.put(draft, method="PUT") for draft in drafts]
            await self.record.react(tx, written)

        await self.store.transact(work)

    async def stop(self, patient: str, medicine: str) -> None:
        """Stop the line of a medicine."""
        held = await self.medicines.held(LOCAL, patient)
        (line,) = (x for x in held.list.lines if x.content.medicine.text == medicine)
        step = Transition(Act.STOP, BY, now(), now(), reason="a rash")
        asking = Asking(patient, BY, held.number)
        await self.medicines.act(LOCAL, asking, Entry(line.id, step))

    def merging(self, kinds: Sequence[str]) -> Merging:
        """Return who merges people."""
        return Merging(self.medicines, FhirMerges(), tuple(kinds))


def recorded(store: Store, access: Access | None = None) -> Recorded:
    """Return a record over a store; everything may be done unless another access says so."""
    return Recorded(store, access or LocalAccess())


def now() -> datetime:
    """Return a time after all that tests write."""
    return datetime(2026, 6, 1, 12, tzinfo=UTC)
