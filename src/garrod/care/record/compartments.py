"""Everything of a person, read once and kept as the record holds it; each time it is asked for,
every version is asked about at the decision point again.

patient -> events since then -> versions kept, or all of them in pages -> those that the actor sees

What is kept is nobody's view: no answer of the decision point is in it. It is for pages that lay
out a whole person; who needs a part searches.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from weakref import WeakKeyDictionary

from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.audit import current
from garrod.care.record.gate import PATIENT
from garrod.care.record.people_log import Heard, Log
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.seen import HIDDEN
from garrod.care.record.service import Record
from garrod.core.resource import Version

PAGE = 5_000  # Not clinical: resources read at a time
MOST = 20_000  # Not clinical: resources of one person that are looked through
MOST_KEPT = 60_000  # Not clinical: resources kept in memory, about 1 kB each


@dataclass(frozen=True, slots=True)
class Compartment:
    """What of a person somebody may see, in the order in which it was first written.

    `mark` is the same for the same versions of the same reading: what is made of these alone may be
    kept by it. `is_whole`: nothing was left unread for its number.
    """

    versions: tuple[Version, ...]
    mark: tuple[int, frozenset[int]]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Kept:
    versions: tuple[Version, ...]
    names: frozenset[str]
    number: int
    is_whole: bool

    def is_touched(self, patient: str, heard: Iterable[Heard]) -> bool:
        """Return whether something that was heard of may change it."""
        return any(patient in one.patients or one.name in self.names for one in heard)


class Compartments:
    """Reads people whole. `kinds` are those that are read; what else there is stays unread."""

    def __init__(
        self, record: Record, kinds: tuple[str, ...], *, page: int = PAGE, most: int = MOST
    ) -> None:
        self._record = record
        self._kinds = kinds
        self._page, self._most = page, most
        self._log = Log(record.store)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._numbers = count(1)

    async def of(self, actor: Actor, patient: str) -> Compartment:
        """Return what an actor may see of a person.  Raises: AccessDenied, NotFound REC001."""
        await self._record.demand(actor, Deed.READ, PATIENT, patient)
        self._forget(await self._log.heard())
        kept = await self._raw(patient)
        gate = self._record.gate
        if gate is None or gate.is_open(actor):
            return Compartment(kept.versions, (kept.number, frozenset()), kept.is_whole)
        seen = await gate.seen(self._record.store, actor, kept.versions, Deed.SEARCH)
        if len(seen) == len(kept.versions):
            return Compartment(kept.versions, (kept.number, frozenset()), kept.is_whole)
        if not seen:
            current().denied(HIDDEN)
        shown = {id(version) for version in seen}
        hidden = frozenset(n for n, v in enumerate(kept.versions) if id(v) not in shown)
        return Compartment(tuple(seen), (kept.number, hidden), kept.is_whole)

    async def know(self, patient: str) -> Compartment:
        """Return all of a person, to make ready what whoever may see all of it will ask for next.

        Nobody is asked whether it may be told: it must be told to nobody.
        """
        self._forget(await self._log.heard())
        kept = await self._raw(patient)
        return Compartment(kept.versions, (kept.number, frozenset()), kept.is_whole)

    async def _raw(self, patient: str) -> _Kept:
        kept = self._kept.get(patient)
        if kept is not None:
            self._kept.move_to_end(patient)
            return kept
        with self._log.listening() as heard:
            kept = await self._read(patient)
        if not kept.is_touched(patient, heard):
            self._kept[patient] = kept
            while len(self._kept) > 1 and self._size() > MOST_KEPT:
                self._kept.popitem(last=False)
        return kept

    def _size(self) -> int:
        return sum(len(kept.versions) for kept in self._kept.values())

    async def _read(self, patient: str) -> _Kept:
        whose = (OfPatients(frozenset((patient,))),)
        found: list[Version] = []
        cursor, is_whole = None, False
        while not is_whole and len(found) < self._most:
            asked = Query(self._kinds, whose, count=self._page, cursor=cursor)
            page = await self._record.store.search(asked)
            found += page.versions
            cursor, is_whole = page.cursor, page.cursor is None
        names = frozenset(f"{v.kind}/{v.id}" for v in found)
        return _Kept(tuple(found), names, next(self._numbers), is_whole)

    def _forget(self, heard: Iterable[Heard] | None) -> None:
        """Let go of whom something was heard about; of everybody where too much was missed."""
        if heard is None:
            self._kept.clear()
            return
        told = list(heard)
        if told:
            gone = [one for one, kept in self._kept.items() if kept.is_touched(one, told)]
            for patient in gone:
                del self._kept[patient]


_ALL: WeakKeyDictionary[Record, dict[tuple[str, ...], Compartments]] = WeakKeyDictionary()


def compartments_of(record: Record, kinds: tuple[str, ...]) -> Compartments:
    """Return what reads people of a record whole: the same for every page of this process."""
    of_record = _ALL.setdefault(record, {})
    if kinds not in of_record:
        of_record[kinds] = Compartments(record, kinds)
    return of_record[kinds]
