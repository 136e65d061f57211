"""Opens a record in an emergency, and closes it: told to the person and the privacy officer.

actor, person, reason -> may they? -> one transaction: note (what holds), Flag, Task, Communication
Whoever is told is told with the act, or the act has not happened.
Source: the project's design; HL7 FHIR R4 (4.0.1), Flag, Task, Communication
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from garrod.care.govern.access import LOCAL, Actor, Deed, demand
from garrod.care.govern.audit import current
from garrod.care.govern.emergency import KIND, OPEN, Glass, broken, reason_of
from garrod.care.govern.point import relations_permitted
from garrod.care.govern.stepping import Act
from garrod.care.record.gate import PATIENT
from garrod.care.record.glasses import FLAG, held_by, keep, noted
from garrod.care.record.guarded import missing
from garrod.care.record.ports import Tx, View
from garrod.care.record.query import Criterion, ParamType, Query, Token
from garrod.care.record.service import NotFound, Record
from garrod.core.errors import AccessDenied
from garrod.core.identifiers import NhsNumber
from garrod.core.resource import Draft


class Papers(Protocol):
    """Writes what is shown and told of a glass."""

    def opened(self, glass: Glass) -> tuple[Draft, ...]:
        """Return the Flag, the Task of the privacy officer and the Communication to the person."""
        ...

    def closed(self, glass: Glass) -> Draft:
        """Return the Flag of a glass that was closed by hand."""
        ...


BROKE, MENDED = "break the glass", "mend the glass"  # the deeds, as the audit says them


class Opening(NamedTuple):
    """A glass that is open, and whether it was opened just now."""

    glass: Glass
    is_new: bool


@dataclass(frozen=True, slots=True)
class Breaking:
    """Breaks and mends glasses over one record."""

    record: Record
    papers: Papers
    clock: Callable[[], datetime]

    @property
    def open_for(self) -> timedelta:
        """Return for how long a record is opened, as the policy says."""
        gate = self.record.gate
        return OPEN if gate is None else timedelta(minutes=gate.policing.terms.emergency_minutes)

    def may(self, actor: Actor) -> bool:
        """Return whether somebody's role may open records in an emergency; nobody is asked why."""
        gate = self.record.gate
        if gate is None or gate.is_open(actor):
            return False
        return bool(relations_permitted(gate.policing, actor, Deed.OPERATE, KIND))

    async def open(self, actor: Actor, patient: str, reason: str) -> Opening:
        """Open a person's record to an actor for a while; one that is open stays as it is.

        Raises: AccessDenied ACC001 (their role does not), SignInAgain ACC006, InputError GLS001
        (the reason), NotFound REC001.
        """
        current().about(PATIENT, (patient,))
        said = self._reasoned(actor, patient, reason)
        id = f"glass-{self.record.new_id()}"

        async def work(tx: Tx) -> Opening:
            await tx.lock(f"glass|{actor.id}")
            whose = await tx.read(PATIENT, patient)
            if whose is None or whose.is_deleted:
                raise missing(PATIENT, patient)
            now = self.clock()
            mine = await held_by(tx, actor.id, now)
            for held in mine:
                if held.patient == patient and held.is_of(actor):
                    return Opening(held, is_new=False)
            glass = broken(actor, patient, said, now, id=id, open_for=self.open_for)
            await self._write(tx, glass, *self.papers.opened(glass))
            return Opening(glass, is_new=True)

        done = await self.record.store.transact(work)
        self._seen(actor, done.glass)
        return done

    async def open_numbered(self, actor: Actor, number: NhsNumber, reason: str) -> Opening:
        """Open the record of whoever has a number; it is looked for when all else is in order.

        Raises: as `open`; NotFound REC001 where nobody has it here, or more than one.
        """
        self._reasoned(actor, actor.patient, reason)
        return await self.open(actor, await of_number(self.record.store, number), reason)

    async def close(self, actor: Actor, id: str) -> Glass:
        """Close a glass of one's own before its time; one that is over stays as it is.

        Raises: NotFound REC001 where the actor has none of that id.
        """
        current().did(MENDED)

        async def work(tx: Tx) -> Glass:
            await tx.lock(f"glass|{actor.id}")
            glass, now = await noted(tx, id), self.clock()
            if glass is None or glass.who != actor.id:
                raise missing(FLAG, id)
            if not glass.holds(now):
                return glass
            closed = replace(glass, ended=now)
            await self._write(tx, closed, self.papers.closed(closed))
            return closed

        done = await self.record.store.transact(work)
        self._seen(actor, done)
        return done

    async def held(self, actor: Actor) -> list[Glass]:
        """Return the glasses that are open to an actor now, the first to close first."""
        if actor == LOCAL:
            return []
        found = await held_by(self.record.store, actor.id, self.clock())
        return [glass for glass in found if glass.is_of(actor)]

    def _reasoned(self, actor: Actor, patient: str, reason: str) -> str:
        """Return the reason of who may open a record, and has signed in just now."""
        current().did(BROKE)
        self._demand(actor, patient)
        self.record.demand_fresh(actor, Act.BREAK_GLASS)
        return reason_of(reason)

    def _demand(self, actor: Actor, patient: str) -> None:
        if actor == LOCAL:
            raise AccessDenied("this machine's own user sees every record: none has to be opened.")
        if actor.patient not in ("", patient):
            raise AccessDenied("this app was started for another person.")
        demand(self.record.access, actor, Deed.OPERATE, KIND)

    async def _write(self, tx: Tx, glass: Glass, *drafts: Draft) -> None:
        await keep(tx, glass, glass.ended or glass.since)
        written = [await tx.put(draft, method="PUT") for draft in drafts]
        await self.record.react(tx, written)

    def _seen(self, actor: Actor, glass: Glass) -> None:
        """Let the next decision know of it, and the audit say what this very request was for."""
        if self.record.gate is not None:
            self.record.gate.glasses.met((glass,))
            self.record.gate.touched((FLAG,))
        current().acted(glass.worn_by(actor))
        current().saw(FLAG, glass.id, (glass.patient,))


async def of_number(view: View, number: NhsNumber) -> str:
    """Return the id of the person who has a number.  Raises: NotFound REC001 (none, or several)."""
    named = Criterion("identifier", ParamType.TOKEN, (Token(number.system, number.value),))
    page = await view.search(Query((PATIENT,), (named,), count=2))
    if len(page.versions) != 1:
        many = "more than one person has" if page.versions else "nobody has"
        raise NotFound(f"{many} that number here: is it right?")
    return page.versions[0].id
