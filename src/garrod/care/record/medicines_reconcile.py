"""Reconciliation over the store: opened, decided row by row, closed by one confirmation.

open -> Case (kept) -> decide ... -> close: the list confirmed, and what changed handed over
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrod.care.govern.access import Actor, Deed
from garrod.care.record.medication.compare import Row, SourceList
from garrod.care.record.medication.confirm import Confirmed
from garrod.care.record.medication.handover import Handover, handed_over
from garrod.care.record.medication.line import Author, Setting
from garrod.care.record.medication.reconcile import (
    RECORD,
    Decision,
    Move,
    Reconciliation,
    begin_reconciliation,
    decide,
    proposal_of,
)
from garrod.care.record.medicines import Asking, Medicines, Written, hidden_from
from garrod.care.record.medicines_cases import CASE, HANDOVER, Case, CaseCodec
from garrod.care.record.medicines_load import Held, load_version
from garrod.care.record.medicines_ports import Reconciled
from garrod.care.record.medicines_whose import refuse_absorbed
from garrod.care.record.medicines_write import Pen
from garrod.care.record.ports import Tx, View
from garrod.care.record.service import NotFound
from garrod.core.errors import ConflictError, InputError
from garrod.core.resource import Draft, Version


@dataclass(frozen=True, slots=True)
class Opened:
    """A reconciliation with its rows, and the id under which it is kept."""

    id: str
    case: Case
    now: Reconciliation


class Reconciling:
    """Opens, decides and closes reconciliations, and takes receipts of handovers."""

    def __init__(self, medicines: Medicines, cases: CaseCodec) -> None:
        self.medicines = medicines
        self.cases = cases

    async def open(
        self,
        actor: Actor,
        by: Author,
        patient: str,
        move: Move,
        *,
        sources: Sequence[SourceList],
    ) -> Opened:
        """Keep a new reconciliation of the list as it is with other sources' lists.

        Raises: AccessDenied, NotFound, InputError REC114, ConflictError REC125.
        """
        await self.medicines.record.demand(actor, Deed.UPDATE, "List", patient)
        await refuse_absorbed(self.medicines.record.store, self.medicines.merges, patient)
        held = await self.medicines.held(actor, patient)
        at, id = self.medicines.clock(), self.medicines.record.new_id()
        case = Case(patient, move, held.number, tuple(sources), by, at)
        found = Opened(id, case, self._rows(case, held))
        denied = await self.medicines.denied(actor, patient)
        found = replace(found, now=replace(found.now, rows=self._open_rows(found.now, denied)))
        draft = self._draft(id, case)
        await self.medicines.record.store.transact(
            lambda tx: tx.put(draft, method="POST", expected=0)
        )
        return found

    async def read(self, actor: Actor, by: Author, patient: str, id: str) -> Opened:
        """Return a reconciliation as it stands, without what is hidden from who reads.

        Raises: AccessDenied, NotFound REC001.
        """
        await self.medicines.record.demand(actor, Deed.READ, "List", patient)
        found, _ = await self._opened(self.medicines.record.store, patient, id)
        hidden = hidden_from(found.now.base, by.setting)
        hidden |= await self.medicines.denied(actor, patient)
        return replace(found, now=replace(found.now, rows=self._open_rows(found.now, hidden)))

    async def decide(
        self, actor: Actor, by: Author, patient: str, id: str, *, decisions: Sequence[Decision]
    ) -> Opened:
        """Keep decisions of rows; a later one of a row speaks over an earlier.

        Raises: AccessDenied, NotFound, InputError REC114 (for another setting's too),
        ConflictError REC123 once it is closed.
        """
        await self.medicines.record.demand(actor, Deed.UPDATE, "List", patient)

        async def work(tx: Tx) -> Opened:
            await tx.lock(f"medicines {patient}")
            found, version = await self._opened(tx, patient, id)
            _refuse_others(found, by)
            now = found.now
            for decision in decisions:
                now = decide(now, decision)
            case = replace(found.case, decisions=now.decisions)
            await tx.put(self._draft(id, case), method="PUT", expected=version.number)
            return Opened(id, case, replace(now, rows=self._open_rows(now, denied)))

        denied = await self.medicines.denied(actor, patient)
        return await self.medicines.record.store.transact(work)

    async def close(
        self, actor: Actor, asking: Asking, id: str, to: Setting | None
    ) -> tuple[Written, str]:
        """Confirm the list as decided; return it, and the id of the handover to a setting.

        What nobody decided stays as it is, and is named with the list until it is decided.
        Raises: as `Medicines.confirm` does; NotFound, ConflictError REC123 once it is closed.
        """
        asking = replace(asking, denied=await self.medicines.denied(actor, asking.patient))

        async def work(pen: Pen, held: Held) -> Written:
            found, version = await self._opened(pen.tx, asking.patient, id)
            _refuse_others(found, asking.by)
            left = tuple(_words(found.now, row_id) for row_id in _left(found.now))
            said = Reconciled(found.case.move.value, asking.by, pen.at, left)
            mine = replace(asking, based_on=found.case.base)
            proposal = proposal_of(found.now)
            done, made = await self.medicines.confirmed(pen, held, mine, proposal, reconciled=said)
            case = replace(found.case, closed=pen.at, unresolved=left)
            await pen.tx.put(self._draft(id, case), method="PUT", expected=version.number)
            handover = await self._handed_over(pen, found, made, asking, to) if to else ""
            return replace(done, detail=handover)

        done = await self.medicines.within(actor, asking, work)
        return done, done.detail

    async def _handed_over(
        self, pen: Pen, found: Opened, made: Confirmed, asking: Asking, to: Setting
    ) -> str:
        sent = handed_over(found.now, made, to, pen.at)
        id = self.medicines.record.new_id()
        body = self.cases.handover_body(sent, asking.patient, asking.by)
        draft = pen.codec.drafted(body, kind=HANDOVER, id=id)
        await pen.tx.put(draft, method="POST", expected=0)
        return id

    async def seen(self, actor: Actor, by: Author, patient: str, id: str) -> Handover:
        """Note that somebody of the setting it was sent to has seen a handover; once for each.

        Raises: AccessDenied, NotFound REC001, InputError REC114 for anybody else.
        """
        await self.medicines.record.demand(actor, Deed.UPDATE, HANDOVER, patient)

        async def work(tx: Tx) -> Handover:
            version = await _there(tx, HANDOVER, id)
            handover = self.cases.handover(version)
            if any(seen.by == by for seen in handover.seen):
                return handover
            new = handover.seen_by(by, max(self.medicines.clock(), handover.sent))
            body = self.cases.handover_seen(version, new)
            draft = self.medicines.record.codec.drafted(body, kind=HANDOVER, id=id)
            if patient not in draft.patients:
                raise NotFound(f"there is no {HANDOVER}/{id} of that person here.")
            await tx.put(draft, method="PUT", expected=version.number)
            return new

        return await self.medicines.record.store.transact(work)

    def _draft(self, id: str, case: Case) -> Draft:
        body = self.cases.case_body(case)
        return self.medicines.record.codec.drafted(body, kind=CASE, id=id)

    async def _opened(self, view: View, patient: str, id: str) -> tuple[Opened, Version]:
        version = await _there(view, CASE, id)
        case = self.cases.case(version)
        if case.patient != patient:
            raise NotFound(f"there is no reconciliation {id} of that person here.")
        held = await load_version(view, self.medicines.lines, patient, case.base)
        return Opened(id, case, self._rows(case, held)), version

    def _open_rows(self, now: Reconciliation, hidden: frozenset[str]) -> tuple[Row, ...]:
        return tuple(row for row in now.rows if not _has_any(row, hidden))

    def _rows(self, case: Case, held: Held) -> Reconciliation:
        hidden = hidden_from(held.list, case.by.setting)
        seen = tuple(line for line in held.list.lines if line.id not in hidden)
        base = replace(held.list, lines=seen)
        now = begin_reconciliation(case.move, base, case.sources, case.at, self.medicines.formulary)
        return replace(now, decisions=case.decisions)


async def _there(view: View, kind: str, id: str) -> Version:
    version = await view.read(kind, id)
    if version is None or version.is_deleted:
        raise NotFound(f"there is no {kind}/{id} here: is the id right?")
    return version


def _has_any(row: Row, lines: frozenset[str]) -> bool:
    ours = row.of(RECORD)
    return ours is not None and ours.id in lines


def _refuse_others(found: Opened, by: Author) -> None:
    """Refuse a reconciliation that is closed, or was opened where another part is seen."""
    opener = found.case.by.setting
    if by.setting is not opener:
        raise InputError(
            f"the reconciliation {found.id} is that of {opener.value}, and {by.setting.value} "
            "asked: open one of your own.",
            code="REC114",
        )
    if found.case.closed is not None:
        raise ConflictError(
            f"the reconciliation {found.id} was closed at {found.case.closed.isoformat()}: open a "
            "new one.",
            code="REC123",
        )


def _left(now: Reconciliation) -> tuple[str, ...]:
    return tuple(row.id for row in now.unresolved())


def _words(now: Reconciliation, row_id: str) -> str:
    """Return a row in words: its medicines and where each stands."""
    row = next(r for r in now.rows if r.id == row_id)
    return "; ".join(f"{e.line.content.medicine.text} ({e.source})" for e in row.entries)
