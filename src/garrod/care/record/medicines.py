"""The acts of a person's medication list: read it, act on one line, confirm it as a whole.

asked (who, on which version, with which key) -> one transaction -> written, or refused with the
difference. Nothing is merged by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from garrod.care.govern.access import Actor, Deed
from garrod.care.record.medication.confirm import Confirmed, Entry, Proposal, confirm
from garrod.care.record.medication.likeness import Formulary
from garrod.care.record.medication.line import Act, Author, Setting
from garrod.care.record.medication.lists import MedicationList, Removed, removed_in
from garrod.care.record.medication.transitions import RULES
from garrod.care.record.medicines_load import Held, load, load_unread, load_version
from garrod.care.record.medicines_merges import MergeCodec
from garrod.care.record.medicines_ports import (
    LIST,
    RECEIPT,
    Head,
    Kept,
    LineCodec,
    Reconciled,
    receipt_id,
)
from garrod.care.record.medicines_rights import refuse_undecided
from garrod.care.record.medicines_stop import (
    Stopped,
    ended_orders,
    newly_stopped,
    recalled,
    reopened,
)
from garrod.care.record.medicines_whose import refuse_absorbed, refuse_foreign
from garrod.care.record.medicines_write import Pen, write
from garrod.care.record.ports import Tx
from garrod.care.record.service import NotFound, Record
from garrod.core.errors import ConflictError

Work = Callable[["Pen", Held], Awaitable["Written"]]


@dataclass(frozen=True, slots=True)
class Asking:
    """A write of a list: whose, by whom, on which version it was based, and its key.

    `mark` stands for what was asked: the same key with another mark is refused.
    """

    patient: str
    by: Author
    based_on: int
    key: str = ""
    mark: str = ""
    denied: frozenset[str] = frozenset()  # lines that consent, or the policy, keeps from the writer


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a write: the list, what was done to lines, and what followed from stops."""

    held: Held
    stopped: tuple[Stopped, ...] = ()
    is_replay: bool = False
    detail: str = ""
    removed: tuple[Removed, ...] = ()
    lapsed: tuple[str, ...] = ()  # prescriptions of lines that go on, which stay cancelled


class Medicines:
    """Reads and writes medication lists; every act asks `access` first."""

    def __init__(
        self,
        record: Record,
        lines: LineCodec,
        clock: Callable[[], datetime],
        formulary: Formulary,
        merges: MergeCodec,
    ) -> None:
        self.record = record
        self.lines = lines
        self.clock = clock
        self.formulary = formulary
        self.merges = merges

    async def held(self, actor: Actor, patient: str) -> Held:
        """Return a person's list as it is.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
        await self.record.demand(actor, Deed.READ, LIST, patient)
        found = await load(self.record.store, self.lines, patient)
        if found.at is None:
            await self.record.read(actor, "Patient", patient)
        return found

    async def denied(self, actor: Actor, patient: str) -> frozenset[str]:
        """Return the lines that consent, or the policy, keeps from an actor.

        What the person keeps private is told by `hidden_from`, and counted for whoever reads.
        """
        if self.record.sees_all(actor):
            return frozenset()
        found = await load_unread(self.record.store, self.lines, patient)
        versions = tuple(found.versions.values()) if found is not None else ()
        return await self.record.hidden(actor, versions)

    async def act(self, actor: Actor, asking: Asking, entry: Entry) -> Written:
        """Do one act to one line, or begin one.

        Raises: AccessDenied, NotFound, StaleList REC110, ConflictError REC111, REC125, InputError
        REC104 and on, REC109, REC121, REC127.
        """
        asking = replace(asking, denied=await self.denied(actor, asking.patient))
        if entry.line_id in asking.denied:
            raise NotFound(f"the list has no line {entry.line_id}: read it again.")

        async def work(pen: Pen, held: Held) -> Written:
            base = await self._base(pen, held, asking)
            refuse_undecided(base.list, asking.by, (entry,))
            await refuse_foreign(pen.seen or pen.tx, pen.codec, asking.patient, (entry,))
            hidden = hidden_from(base.list, asking.by.setting) | asking.denied
            others = (
                Entry(x.id)
                for x in base.list.to_decide()
                if x.id != entry.line_id and x.id not in hidden
            )
            made = self._made(pen, (held, base), asking, (entry, *others))
            plain = replace(
                made.list,
                confirmed_by=held.list.confirmed_by,
                confirmed_at=held.list.confirmed_at,
            )
            said = {c.line_id: c.kind.value for c in made.changed()}
            return await self._written(pen, held, plain, {**held.flags(), **said})

        return await self.within(actor, asking, work)

    async def confirm(self, actor: Actor, asking: Asking, proposal: Proposal) -> Written:
        """Confirm the whole list: all of it, or nothing.

        Raises: as `act` does.
        """
        asking = replace(asking, denied=await self.denied(actor, asking.patient))

        async def work(pen: Pen, held: Held) -> Written:
            return (await self.confirmed(pen, held, asking, proposal))[0]

        return await self.within(actor, asking, work)

    async def confirmed(
        self,
        pen: Pen,
        held: Held,
        asking: Asking,
        proposal: Proposal,
        *,
        reconciled: Reconciled | None = None,
    ) -> tuple[Written, Confirmed]:
        """Confirm the whole list within a transaction that is under way.

        Raises: StaleList REC110, InputError REC109, REC121, REC127.
        """
        base = await self._base(pen, held, asking)
        refuse_undecided(base.list, asking.by, proposal)
        await refuse_foreign(pen.seen or pen.tx, pen.codec, asking.patient, proposal)
        made = self._made(pen, (held, base), asking, proposal)
        flags = {c.line_id: c.kind.value for c in made.lines}
        head = replace(held.head, reconciled=reconciled or held.head.reconciled)
        return await self._written(pen, held, made.list, flags, head=head), made

    async def _base(self, pen: Pen, held: Held, asking: Asking) -> Held:
        """Return the version of the list that a write was based on."""
        if asking.based_on == held.number:
            return held
        return await load_version(pen.tx, self.lines, asking.patient, asking.based_on)

    def _made(
        self, pen: Pen, lists: tuple[Held, Held], asking: Asking, proposal: Proposal
    ) -> Confirmed:
        """Return a list as it is once a proposal is confirmed; `lists`: the current one, the base.

        Ids are given by the list that was read, so that a stale write shows what it would do.
        """
        held, base = lists
        setting = asking.by.setting
        return confirm(
            held.list,
            tuple(with_id(e, base.list, setting, self.record.new_id) for e in proposal),
            based_on=base.list,
            by=asking.by,
            at=pen.at,
            key="",
            hidden=hidden_from(held.list, setting) | asking.denied,
        )

    async def _written(
        self,
        pen: Pen,
        held: Held,
        made: MedicationList,
        flags: Mapping[str, str],
        *,
        head: Head | None = None,
    ) -> Written:
        """Write a list, and do what follows from the lines that were stopped by it."""
        now = await write(pen, held, made, flags=flags, head=head)
        chains = newly_stopped(held.list, now.list)
        stopped = await recalled(pen, made.patient, chains, self.record.new_id)
        lapsed = await ended_orders(pen, made.patient, reopened(held.list, now.list))
        return Written(now, stopped, removed=removed_in(held.list, now.list), lapsed=lapsed)

    async def within(self, actor: Actor, asking: Asking, work: Work) -> Written:
        """Run a write of a list in one transaction; once only for one key.

        Raises: AccessDenied, NotFound REC001, ConflictError REC111, REC125 for a person who was
        merged into another, and what the work raises.
        """
        await self.record.demand(actor, Deed.UPDATE, LIST, asking.patient)

        async def whole(tx: Tx) -> Written:
            await tx.lock(f"medicines {asking.patient}")
            earlier = await self._earlier(tx, asking)
            if earlier is not None:
                return earlier
            await refuse_absorbed(tx, self.merges, asking.patient)
            held = await load(tx, self.lines, asking.patient)
            if held.at is None:
                await _demand_patient(tx, asking.patient)
            seen = self.record.seen_in(actor, tx)
            pen = Pen(tx, self.record.codec, self.lines, now_for(held, self.clock()), seen)
            done = await work(pen, held)
            await self._keep(pen, asking, done)
            return done

        return await self.record.store.transact(whole)

    async def _earlier(self, tx: Tx, asking: Asking) -> Written | None:
        """Return what came of the same key before.  Raises: ConflictError REC111."""
        if not asking.key:
            return None
        found = await tx.read(RECEIPT, receipt_id(asking.patient, asking.key))
        if found is None or found.is_deleted:
            return None
        kept = self.lines.kept(found)
        if kept.fingerprint != asking.mark:
            raise ConflictError(
                f"the key {asking.key[:64]!r} was used for another request: make a new key for "
                "new content.",
                code="REC111",
            )
        then = await load_version(tx, self.lines, asking.patient, kept.number)
        return Written(then, is_replay=True, detail=kept.detail)

    async def _keep(self, pen: Pen, asking: Asking, done: Written) -> None:
        if not asking.key:
            return
        kept = Kept(asking.patient, asking.key, asking.mark, done.held.number, done.detail)
        id = receipt_id(asking.patient, asking.key)
        draft = pen.codec.drafted(pen.lines.kept_body(kept), kind=RECEIPT, id=id)
        await pen.tx.put(draft, method="POST", expected=0)


async def _demand_patient(tx: Tx, patient: str) -> None:
    found = await tx.read("Patient", patient)
    if found is None or found.is_deleted:
        raise NotFound(f"there is no Patient/{patient} here: is the id right?")


def now_for(held: Held, moment: datetime) -> datetime:
    """Return the time of a write: never before what the list already has, whatever clocks do."""
    latest = held.latest()
    return moment if latest is None or latest <= moment else latest


def with_id(
    entry: Entry, current: MedicationList, setting: Setting, new_id: Callable[[], str]
) -> Entry:
    """Return an entry with the ids that it needs: of a new line, or of a superseding one."""
    step = entry.step
    if step is None:
        return entry
    if step.act is Act.BEGIN:
        line = entry.line_id or new_id()
        return replace(entry, line_id=line, treatment_id=entry.treatment_id or new_id())
    line_is = current.by_id().get(entry.line_id)
    rule = RULES.get(step.act)
    is_reserved = rule is not None and not rule.by_any and step.act is not Act.MARK_ERROR
    is_others = line_is is not None and setting not in (line_is.owner, Setting.PERSON)
    if entry.new_id or not is_reserved or not is_others:
        return entry
    return replace(entry, new_id=new_id())


def hidden_from(current: MedicationList, setting: Setting) -> frozenset[str]:
    """Return the lines that the person keeps private from a setting: all but its own."""
    if setting is Setting.PERSON:
        return frozenset()
    return frozenset(x.id for x in current.lines if x.is_private and x.owner is not setting)
