"""What every room of the record asks before it acts: may they, and what of it do they see?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from garrod.care.govern.access import Access, Actor, Deed, demand
from garrod.care.govern.audit import current
from garrod.care.record.gate import PATIENT, Gate
from garrod.care.record.ports import Event, Store, Tx
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.seen_store import SeenStore, SeenTx
from garrod.care.record.stepping_up import demand_act
from garrod.core.errors import AccessDenied, InputError
from garrod.core.resource import Version

T = TypeVar("T")
# What tells of a person where they themselves may not be seen: what snapshots are made of
THEIRS = (
    *("AllergyIntolerance", "Condition", "DiagnosticReport", "Goal", "List"),
    *("MedicationAdministration", "MedicationDispense", "MedicationRequest"),
    *("MedicationStatement", "Observation", "Procedure", "ServiceRequest"),
)


class NotFound(InputError):
    """There never was such a resource, or it is not for the one who asks."""

    default_code = "REC001"


class Guarded:
    """A store with who may do what with it. `store` itself is for what no actor asks."""

    def __init__(self, store: Store, access: Access, gate: Gate | None = None) -> None:
        self.gate = gate.over(store) if gate is not None else None
        self.store = store
        self.access = access

    def seen_by(self, actor: Actor) -> Store:
        """Return the store as an actor sees it: every door reads by this, and by nothing else."""
        if self.gate is None or self.gate.is_open(actor):
            return self.store
        return SeenStore(self.store, self.gate, actor)

    def seen_in(self, actor: Actor, tx: Tx) -> Tx:
        """Return a transaction as an actor may run it."""
        if self.gate is None or self.gate.is_open(actor):
            return tx
        return SeenTx(tx, self.gate, actor)

    def sees_all(self, actor: Actor) -> bool:
        """Return whether nothing is hidden from an actor, so that nothing need be asked."""
        return self.gate is None or self.gate.is_open(actor)

    async def demand(self, actor: Actor, deed: Deed, kind: str, patient: str) -> None:
        """Return nothing where something may be done to resources of a kind of a person.

        Raises: AccessDenied ACC001; NotFound REC001 where the person may not even be seen.
        """
        demand(self.access, actor, deed, kind, patients=(patient,))
        if self.gate is None or self.gate.is_open(actor):
            return
        answer = await self.gate.may(self.store, actor, deed, kind, patient)
        is_known = answer.is_whole or await self.knows_of(actor, patient)
        if not answer.is_permitted or not is_known:
            current().about(kind, (patient,))
            current().denied(answer.because)
            if not is_known or not await self.knows_of(actor, patient):
                raise missing(PATIENT, patient)
            raise AccessDenied(f"a {actor.role} may not {deed} {kind} of that person.")

    async def may(self, actor: Actor, deed: Deed, kind: str, patient: str) -> bool:
        """Return whether something may be done to resources of a kind of a person.

        It is for what a page offers, and is no refusal: `demand` rules where something is done.
        """
        if self.gate is None or self.gate.is_open(actor):
            return True
        return (await self.gate.may(self.store, actor, deed, kind, patient)).is_permitted

    async def knows_of(self, actor: Actor, patient: str) -> bool:
        """Return whether an actor may see who a person is, or anything of what is theirs."""
        seen = self.seen_by(actor)
        if await seen.read(PATIENT, patient) is not None:
            return True
        whose = (OfPatients(frozenset((patient,))),)
        return bool((await seen.search(Query(THEIRS, whose, count=1))).versions)

    async def tells(self, actor: Actor, event: Event, deed: Deed = Deed.LISTEN) -> bool:
        """Return whether an event may be told to an actor."""
        if self.gate is None or self.gate.is_open(actor):
            return True
        return await SeenStore(self.store, self.gate, actor).tells(event, deed)

    def demand_house(self, actor: Actor, kind: str) -> None:
        """Let those act who may read everybody's record, and nobody else.

        Raises: AccessDenied ACC001.
        """
        demand(self.access, actor, Deed.OPERATE, kind)
        if self.gate is None or self.gate.is_open(actor):
            return
        if not self.gate.may_reach_all(actor, Deed.OPERATE, kind):
            raise AccessDenied(f"a {actor.role or 'stranger'} may not do that for everybody.")

    def demand_fresh(self, actor: Actor, act: str) -> None:
        """Raise SignInAgain ACC006 where the policy asks for a sign-in of just now before an act.

        Asked after it is known that they may do it at all: else it tells what there is.
        """
        demand_act(self.gate, actor, act)

    async def hidden(
        self, actor: Actor, versions: Sequence[Version], deed: Deed = Deed.READ
    ) -> frozenset[str]:
        """Return the ids of those versions that an actor may not see."""
        if self.gate is None or self.gate.is_open(actor):
            return frozenset()
        seen = await self.gate.seen(self.store, actor, versions, deed)
        if len(seen) == len(versions):
            return frozenset()
        return frozenset(v.id for v in versions if v not in seen)

    async def _transact(self, actor: Actor, kind: str, work: Callable[[Tx], Awaitable[T]]) -> T:
        done = await self.seen_by(actor).transact(work)
        if self.gate is not None:
            self.gate.touched((kind,))
        return done


def missing(kind: str, id: str) -> NotFound:
    """Return the fault of what is not there, or not for the one who asks: they are one."""
    return NotFound(f"there is no {kind}/{id} here: is the id right?")
