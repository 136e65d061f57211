"""Two Patients made one, and two again: lists, resources and links in one transaction each.

merge: both lists -> one; what belonged to the absorbed person refers to the kept one.
un-merge: every resource that nobody changed since has its former bytes again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.stepping import Act
from garrod.care.record.medication.line import Author
from garrod.care.record.medication.merge import Merged, Whose, merge, settled, unmerge
from garrod.care.record.medicines import Medicines, now_for
from garrod.care.record.medicines_load import Held, load, load_version
from garrod.care.record.medicines_merges import (
    MERGE,
    MergeCodec,
    MergeKept,
    Moved,
    Waiting,
    merge_id,
)
from garrod.care.record.medicines_write import Pen, write
from garrod.care.record.ports import Tx
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.service import NotFound
from garrod.core.errors import ConflictError
from garrod.core.resource import Version

PATIENT = "Patient"
# What tells of the past stays as it was written, whoever it is about.
_OF_THE_PAST = frozenset((PATIENT, "AuditEvent", "Provenance"))
_PAGE = 500  # Not clinical: resources read at a time


class Merging:
    """Merges and un-merges two people; `kinds` are all that the store may hold."""

    def __init__(self, medicines: Medicines, codec: MergeCodec, kinds: Sequence[str]) -> None:
        self.medicines = medicines
        self.codec = codec
        self.kinds = tuple(sorted(set(kinds) - _OF_THE_PAST))

    async def merge(
        self, actor: Actor, by: Author, kept: str, absorbed: str, *, reason: str
    ) -> MergeKept:
        """Make one person of two; the same again where that was done before.

        Raises: AccessDenied, NotFound REC001, InputError REC115, ConflictError REC124 where either
        was merged into somebody else.
        """
        await self._demand(actor, kept, absorbed)

        async def work(tx: Tx) -> MergeKept:
            await self._lock(tx, kept, absorbed)
            earlier = await tx.read(MERGE, merge_id(kept, absorbed))
            if earlier is not None and not earlier.is_deleted:
                known = self.codec.merge(earlier)
                if not known.is_undone:
                    return known
            people = await self._people(tx, kept, absorbed)
            lists = [await load(tx, self.medicines.lines, p) for p in (kept, absorbed)]
            pen = self._pen(tx, lists)
            one = merge(lists[0].list, lists[1].list, by=by, at=pen.at, reason=reason)
            after = await self._write_merged(pen, lists, one)
            moved = [await self._joined(pen, people[0], absorbed, is_absorbed=False)]
            moved.append(await self._joined(pen, people[1], kept, is_absorbed=True))
            moved += await self._move(pen, kept, absorbed)
            numbers = (lists[0].number, lists[1].number, after[0].number, after[1].number)
            done = MergeKept(kept, absorbed, *numbers, by, pen.at, reason, tuple(moved))
            await self._keep(pen, done, earlier)
            return done

        return await self.medicines.record.store.transact(work)

    async def unmerge(
        self,
        actor: Actor,
        kept: str,
        absorbed: str,
        decisions: Mapping[str, Whose],
    ) -> tuple[MergeKept, tuple[Moved, ...]]:
        """Make two people of one again; return the merge, and what was changed since.

        Resources changed since are given back as they are now, their reference alone turned back.
        Raises: AccessDenied, NotFound REC001, Waiting REC126, ConflictError REC116, InputError
        REC115.
        """
        await self._demand(actor, kept, absorbed)

        async def work(tx: Tx) -> tuple[MergeKept, tuple[Moved, ...]]:
            await self._lock(tx, kept, absorbed)
            version = await tx.read(MERGE, merge_id(kept, absorbed))
            known = None if version is None else self.codec.merge(version)
            if known is None or known.is_undone:
                raise NotFound(f"there is no merge of {absorbed} into {kept} to undo.")
            now = await load(tx, self.medicines.lines, kept)
            pen = self._pen(tx, [now])
            await self._part_lists(pen, known, now, decisions)
            changed = [
                moved for moved in known.moved if not await self._moved_back(pen, known, moved)
            ]
            done = replace(known, is_undone=True)
            await self._keep(pen, done, version)
            return done, tuple(changed)

        return await self.medicines.record.store.transact(work)

    async def _demand(self, actor: Actor, *patients: str) -> None:
        """Let those join people who may read everybody's: else they learn of whom they name."""
        self.medicines.record.demand_house(actor, PATIENT)
        for patient in patients:
            await self.medicines.record.demand(actor, Deed.OPERATE, PATIENT, patient)
        self.medicines.record.demand_fresh(actor, Act.MERGE_PEOPLE)

    async def _lock(self, tx: Tx, *patients: str) -> None:
        for patient in sorted(patients):
            await tx.lock(f"medicines {patient}")

    def _pen(self, tx: Tx, lists: Sequence[Held]) -> Pen:
        at = max(now_for(held, self.medicines.clock()) for held in lists)
        return Pen(tx, self.medicines.record.codec, self.medicines.lines, at)

    async def _people(self, tx: Tx, kept: str, absorbed: str) -> tuple[Version, Version]:
        found = []
        for patient in (kept, absorbed):
            version = await tx.read(PATIENT, patient)
            if version is None or version.is_deleted:
                raise NotFound(f"there is no {PATIENT}/{patient} here: is the id right?")
            other = self.codec.absorbed_into(version)
            if other:
                raise ConflictError(
                    f"{PATIENT}/{patient} was merged into {PATIENT}/{other} already: merge that "
                    "one, or un-merge first.",
                    code="REC124",
                )
            found.append(version)
        return found[0], found[1]

    async def _write_merged(
        self, pen: Pen, lists: Sequence[Held], one: Merged
    ) -> tuple[Held, Held]:
        kept, absorbed = lists
        both = replace(kept, versions={**kept.versions, **absorbed.versions})
        flags = {**kept.flags(), **absorbed.flags()}
        overrides = (*kept.head.overrides, *absorbed.head.overrides)
        head = replace(kept.head, overrides=overrides)
        first = await write(pen, both, one.list, flags=flags, head=head)
        empty = replace(absorbed.head, overrides=(), reconciled=None)
        second = await write(pen, absorbed, one.absorbed_after, flags={}, head=empty)
        return first, second

    async def _joined(self, pen: Pen, person: Version, other: str, *, is_absorbed: bool) -> Moved:
        body = self.codec.joined(person, other, is_absorbed=is_absorbed)
        return await _put(pen, person, body)

    async def _move(self, pen: Pen, kept: str, absorbed: str) -> list[Moved]:
        """Let every resource of the absorbed person refer to the kept one."""
        found: list[Version] = []
        query = Query(self.kinds, (OfPatients(frozenset((absorbed,))),), count=_PAGE)
        while True:
            page = await pen.tx.search(query)
            found += [v for v in page.versions if not self.medicines.lines.is_ours(v)]
            if page.cursor is None:
                break
            query = replace(query, cursor=page.cursor)
        moved = []
        for version in found:
            body = _pointing(pen, version, absorbed, kept)
            if body != version.body:
                moved.append(await _put(pen, version, body))
        return moved

    async def _keep(self, pen: Pen, done: MergeKept, earlier: Version | None) -> None:
        id = merge_id(done.kept, done.absorbed)
        draft = pen.codec.drafted(self.codec.merge_body(done), kind=MERGE, id=id)
        await pen.tx.put(draft, method="PUT", expected=earlier.number if earlier else 0)

    async def _part_lists(
        self, pen: Pen, known: MergeKept, now: Held, decisions: Mapping[str, Whose]
    ) -> None:
        lines, tx = self.medicines.lines, pen.tx
        kept = await load_version(tx, lines, known.kept, known.kept_before)
        absorbed = await load_version(tx, lines, known.absorbed, known.absorbed_before)
        after = await load_version(tx, lines, known.kept, known.list_after)
        emptied = await load(tx, lines, known.absorbed)
        merged = Merged(
            after.list,
            emptied.list,
            kept.list,
            absorbed.list,
            known.by,
            known.at,
            known.reason,
        )
        two = settled(unmerge(merged, now.list), decisions)
        if two.waiting:
            raise Waiting(two.waiting)
        both = replace(emptied, versions={**now.versions, **emptied.versions})
        await write(pen, now, two.kept, flags=kept.flags(), head=kept.head)
        await write(pen, both, two.absorbed, flags=absorbed.flags(), head=absorbed.head)

    async def _moved_back(self, pen: Pen, known: MergeKept, moved: Moved) -> bool:
        """Give a resource its former bytes; return False where it was changed since."""
        now = await pen.tx.read(moved.kind, moved.id)
        before = await pen.tx.read_version(moved.kind, moved.id, moved.before)
        if now is None or now.is_deleted or before is None:
            return False
        is_same = now.number == moved.after
        if is_same:
            body = before.body
        elif moved.kind == PATIENT:
            other = known.absorbed if moved.id == known.kept else known.kept
            body = self.codec.parted(now, other, before)
        else:
            body = _pointing(pen, now, known.kept, known.absorbed)
        if body != now.body:
            await _put(pen, now, body)
        return is_same


async def _put(pen: Pen, version: Version, body: bytes) -> Moved:
    draft = pen.codec.drafted(body, kind=version.kind, id=version.id)
    new = await pen.tx.put(draft, method="PUT", expected=version.number)
    return Moved(version.kind, version.id, version.number, new.number)


def _pointing(pen: Pen, version: Version, old: str, new: str) -> bytes:
    targets = {f"{PATIENT}/{old}": f"{PATIENT}/{new}"}
    return pen.codec.resolved(version.body, targets)
