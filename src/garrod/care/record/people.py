"""A person as the record knows them now, read once and kept for as long as nothing changes.

patient -> may they? -> events since then -> kept snapshot, or the compartment in one query
Of a person that was merged into another, that other is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from garrod.care.govern.access import Actor, Deed, Permit, demand
from garrod.care.record.people_log import Heard, Log
from garrod.care.record.query import Include, OfPatients, Query
from garrod.care.record.service import Record
from garrod.core.person import Person
from garrod.core.resource import Version

NOBODY = Actor("")
PATIENT = "Patient"
# What is not known of a person where resources of a kind may not be read.
TELLS: dict[str, tuple[str, ...]] = {
    "AllergyIntolerance": ("allergies",),
    "Condition": ("conditions",),
    "Procedure": ("conditions",),
    "MedicationStatement": ("medicines",),
    "MedicationRequest": ("medicines",),
    "MedicationDispense": (),
    "MedicationAdministration": (),
    "Observation": ("results", "genetics"),
    "DiagnosticReport": ("genetics", "requests"),
    "ServiceRequest": ("requests",),
    "Goal": (),
}
READ = frozenset((PATIENT, *TELLS))  # what a snapshot is made of; a Task or a card is not in it
# What is named by resources of a person and is in nobody's compartment.
BESIDE = (Include("MedicationRequest", "medication"), Include("MedicationStatement", "medication"))
_PAGE = 1000  # Not clinical: resources read at a time
_HOPS = 8  # Not clinical: merges of merges that are followed
MOST_FACTS = 200_000  # Not clinical: lines, results and the like kept in memory, about 0.5 kB each


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A person as of one version of the record (`version`: the newest event that is in it).

    `unread` are the kinds of resources that the one who asked may not read.
    """

    person: Person
    version: int
    unread: frozenset[str] = frozenset()


class PersonReader(Protocol):
    """Knows what resources tell of a person."""

    def absorbed_into(self, version: Version) -> str:
        """Return the id of the Patient that replaced this one; "" where none did."""
        ...

    def person(self, versions: Sequence[Version], beside: Sequence[Version]) -> Person:
        """Return the person that a compartment tells of, `beside` being what it names elsewhere."""
        ...


_Key = tuple[str, frozenset[str]]  # patient, kinds that were not read


@dataclass(frozen=True, slots=True)
class _Kept:
    snapshot: Snapshot
    patients: frozenset[str]  # whose events change it: those merged, too
    beside: frozenset[str]
    facts: int

    def is_touched(self, heard: Iterable[Heard]) -> bool:
        """Return whether something that was heard of may change it."""
        return any(
            event.name in self.beside
            or (event.kind in READ and not self.patients.isdisjoint(event.patients))
            for event in heard
        )


class People:
    """Tells of people of the record. Reads nothing twice that has not changed."""

    def __init__(
        self, record: Record, reader: PersonReader, *, most_facts: int = MOST_FACTS
    ) -> None:
        self.record = record
        self.reader = reader
        self._log = Log(record.store)
        self._most = most_facts
        self._facts = 0
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        # Whom an event is about is looked up: thousands may be kept, and each card is an event.
        self._by_patient: dict[str, set[_Key]] = {}
        self._by_name: dict[str, set[_Key]] = {}

    async def person(self, actor: object, patient: str) -> Person:
        """Return the person of a logical id; to whoever is no Actor nothing is told.

        Raises: AccessDenied, NotFound REC001, Gone REC002.
        """
        who = actor if isinstance(actor, Actor) else NOBODY
        return (await self.of(who, patient)).person

    async def of(self, actor: Actor, patient: str) -> Snapshot:
        """Return a person as they are now, and what could not be read.

        Raises: AccessDenied, NotFound REC001, Gone REC002.
        """
        demand(self.record.access, actor, Deed.READ, PATIENT, patients=(patient,))
        self._forget(await self._log.heard())
        unread = self._unread(actor, patient)
        kept = self._kept.get((patient, unread))
        if kept is not None:
            self._kept.move_to_end((patient, unread))
            return kept.snapshot
        with self._log.listening() as heard:
            at = self._log.newest
            kept = await self._read(actor, patient, unread, at)
        if not kept.is_touched(heard):
            self._keep((patient, unread), kept)
        return kept.snapshot

    def _unread(self, actor: Actor, patient: str) -> frozenset[str]:
        access, whose = self.record.access, (patient,)
        return frozenset(
            kind
            for kind in TELLS
            if not isinstance(access.decide(actor, Deed.SEARCH, kind, patients=whose), Permit)
        )

    async def _read(self, actor: Actor, patient: str, unread: frozenset[str], at: int) -> _Kept:
        patients = await self._chain(actor, patient)
        versions = await self._compartment(patients[-1], unread)
        beside = (await self.record.store.included(versions, BESIDE)).versions
        person = self.reader.person(versions, beside)
        unseen = frozenset(fact for kind in unread for fact in TELLS[kind])
        if unseen:
            person = replace(person, unseen=person.unseen | unseen)
        names = frozenset(f"{v.kind}/{v.id}" for v in beside)
        snapshot = Snapshot(person, at, unread)
        return _Kept(snapshot, frozenset(patients), names, len(versions))

    async def _chain(self, actor: Actor, patient: str) -> list[str]:
        """Return a person, and those that they were merged into, the last being who they are."""
        found = [patient]
        for _ in range(_HOPS):
            into = self.reader.absorbed_into(await self.record.read(actor, PATIENT, found[-1]))
            if not into or into in found:
                break
            demand(self.record.access, actor, Deed.READ, PATIENT, patients=(into,))
            found.append(into)
        return found

    async def _compartment(self, patient: str, unread: frozenset[str]) -> list[Version]:
        kinds = (PATIENT, *(kind for kind in TELLS if kind not in unread))
        query = Query(kinds, (OfPatients(frozenset((patient,))),), count=_PAGE)
        found: list[Version] = []
        while True:
            page = await self.record.store.search(query)
            found += [v for v in page.versions if v.kind != PATIENT or v.id == patient]
            if page.cursor is None:
                return found
            query = replace(query, cursor=page.cursor)

    def _keep(self, key: _Key, kept: _Kept) -> None:
        self._drop(key)
        self._kept[key] = kept
        for names, by in ((kept.patients, self._by_patient), (kept.beside, self._by_name)):
            for name in names:
                by.setdefault(name, set()).add(key)
        self._facts += kept.facts
        while self._facts > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: _Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is None:
            return
        self._facts -= gone.facts
        for names, by in ((gone.patients, self._by_patient), (gone.beside, self._by_name)):
            for name in names:
                by[name].discard(key)
                if not by[name]:
                    del by[name]

    def _forget(self, heard: Sequence[Heard] | None) -> None:
        """Let go of whom something was heard about; of everybody where too much was missed."""
        if heard is None:
            self._kept.clear()
            self._by_patient.clear()
            self._by_name.clear()
            self._facts = 0
            return
        for event in heard:
            about = [self._by_name.get(event.name, ())]
            if event.kind in READ:
                about += [self._by_patient.get(patient, ()) for patient in event.patients]
            for key in {key for keys in about for key in keys}:
                self._drop(key)
