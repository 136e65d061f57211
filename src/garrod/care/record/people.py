"""A person as the record knows them now, read once and kept for as long as nothing changes.

patient -> may they? -> events since then -> kept snapshot, or the compartment in one query
Of a person that was merged into another, that other is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from garrod.care.govern.access import LOCAL, Actor, Deed, Permit
from garrod.care.govern.point import Rights
from garrod.care.record.gate import PERSONAL
from garrod.care.record.people_log import Heard, Log
from garrod.care.record.ports import View
from garrod.care.record.query import Include, OfPatients, Query
from garrod.care.record.service import Record, there
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
_PAGE = 5000  # Not clinical: resources read at a time
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

    async def person(self, versions: Sequence[Version], beside: Sequence[Version]) -> Person:
        """Return the person that a compartment tells of, `beside` being what it names elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    snapshot: Snapshot
    patients: frozenset[str]  # whose events change it: those merged, too
    beside: frozenset[str]
    facts: int
    kept_by: frozenset[str] = frozenset()  # settings by which lines are kept private
    is_special: bool = False  # others are named in it, or labels borne that the house guards
    into: str = ""  # whom the person was merged into

    def is_for(self, actor: Actor) -> bool:
        """Return whether nothing in it is kept from one who may see the person whole."""
        return not self.is_special and (actor.role in PERSONAL or self.kept_by <= {actor.setting})

    def is_touched(self, heard: Iterable[Heard]) -> bool:
        """Return whether something that was heard of may change it."""
        return any(
            event.name in self.beside
            or (event.kind in READ and not self.patients.isdisjoint(event.patients))
            for event in heard
        )


class _Rights(NamedTuple):
    """Rights, and whether they are of all resources of each kind alike."""

    rights: Rights
    is_whole: bool


class _Key(NamedTuple):
    """Of whom a snapshot is, without which kinds, and by whose rights where those matter.

    Rights are made anew within a second, and so is what was seen by them.
    """

    patient: str
    unread: frozenset[str]
    rights: _Rights | None = None


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
        self._understood = 0  # how often what is known was to be understood anew

    def forget(self) -> None:
        """Let go of everybody: what the record tells is to be understood anew."""
        self._understood += 1
        self._forget(None)

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
        await self.record.demand(actor, Deed.READ, PATIENT, patient)
        self._forget(await self._log.heard())
        unread, rights = await self._unread(actor, patient)
        kept = await self._whole(patient, unread)
        if rights is None:
            return kept.snapshot
        if kept.into:  # who may see this person may not see that one
            return await self.of(actor, kept.into)
        if rights.is_whole and kept.is_for(actor):
            return kept.snapshot
        return (await self._at(actor, patient, _Key(patient, unread, rights))).snapshot

    async def know(self, patient: str) -> None:
        """Read a person, so that who is told of them next need not wait.  Raises: as `of`."""
        self._forget(await self._log.heard())
        await self._whole(patient, frozenset())

    async def hidden(self, actor: object, patient: str) -> Person | None:
        """Return the person with what is hidden from an actor; None where nothing is.

        For whoever judges whether what is hidden must be pointed to, and never to be shown.
        Raises: AccessDenied, NotFound REC001, Gone REC002.
        """
        who = actor if isinstance(actor, Actor) else NOBODY
        gate = self.record.gate
        if gate is None or gate.is_open(who):
            return None
        seen = await self.of(who, patient)
        whole = (await self._whole(patient, frozenset())).snapshot
        return None if whole is seen or whole.person == seen.person else whole.person

    async def _unread(self, actor: Actor, patient: str) -> tuple[frozenset[str], _Rights | None]:
        """Return the kinds that an actor may not read of a person, and the rights that say so."""
        access, gate, whose = self.record.access, self.record.gate, (patient,)
        unread = {
            kind
            for kind in TELLS
            if not isinstance(access.decide(actor, Deed.SEARCH, kind, patients=whose), Permit)
        }
        if gate is None or gate.is_open(actor):
            return frozenset(unread), None
        rights = await gate.rights(self.record.store, actor, patient)
        answers = {kind: rights.plain(Deed.SEARCH, kind) for kind in TELLS}
        unread |= {kind for kind, answer in answers.items() if not answer.is_permitted}
        is_whole = all(a.is_whole for k, a in answers.items() if k not in unread)
        return frozenset(unread), _Rights(rights, is_whole)

    async def _whole(self, patient: str, unread: frozenset[str]) -> _Kept:
        """Return a person as the record has them, but for kinds that are left out."""
        return await self._at(LOCAL, patient, _Key(patient, unread))

    async def _at(self, actor: Actor, patient: str, key: _Key) -> _Kept:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        with self._log.listening() as heard:
            at, understood = self._log.newest, self._understood
            kept = await self._read(actor, patient, key.unread, at)
        if not kept.is_touched(heard) and understood == self._understood:
            self._keep(key, kept)
        return kept

    async def _read(self, actor: Actor, patient: str, unread: frozenset[str], at: int) -> _Kept:
        view = self.record.store if actor is LOCAL else self.record.seen_by(actor)
        patients = await self._chain(view, patient)
        versions = await self._compartment(view, patients[-1], unread)
        beside = (await view.included(versions, BESIDE)).versions
        person = await self.reader.person(versions, beside)
        unseen = frozenset(fact for kind in unread for fact in TELLS[kind])
        if unseen:
            person = replace(person, unseen=person.unseen | unseen)
        names = frozenset(f"{v.kind}/{v.id}" for v in beside)
        snapshot = Snapshot(person, at, unread)
        kept_by, others = self._private(patients, versions)
        into = patients[-1] if patients[-1] != patient else ""
        return _Kept(snapshot, frozenset(patients), names, len(versions), kept_by, others, into)

    def _private(
        self, patients: Sequence[str], versions: Sequence[Version]
    ) -> tuple[frozenset[str], bool]:
        """Return by whom lines are kept private, and whether each resource must be asked about."""
        if self.record.gate is None:
            return frozenset(), False
        meaning, own = self.record.gate.meaning, frozenset(patients)
        kept_by = frozenset[str]().union(*(meaning.kept_by(v) for v in versions))
        named = [meaning.named(v) for v in versions]
        is_other = any(n is None or not own.issuperset(n) for n in named)
        return kept_by, is_other or not all(meaning.is_plain(v) for v in versions)

    async def _chain(self, view: View, patient: str) -> list[str]:
        """Return a person, and those that they were merged into, the last being who they are."""
        found = [patient]
        for _ in range(_HOPS):
            version = await view.read(PATIENT, found[-1])
            if version is None and view is not self.record.store:
                break  # who they are may not be seen, but something of theirs: that was demanded
            into = self.reader.absorbed_into(there(version, PATIENT, found[-1]))
            if not into or into in found:
                break
            found.append(into)
        return found

    async def _compartment(self, view: View, patient: str, unread: frozenset[str]) -> list[Version]:
        kinds = (PATIENT, *(kind for kind in TELLS if kind not in unread))
        query = Query(kinds, (OfPatients(frozenset((patient,))),), count=_PAGE)
        found: list[Version] = []
        while True:
            page = await view.search(query)
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
