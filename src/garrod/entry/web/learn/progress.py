"""How far somebody is with the cases, in this server's own notes: one note a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from garrod.care.record.ports import Tx
from garrod.entry.web.asked import Visit
from garrod.entry.web.learn.cases import CASES

ROOM = "learning"


@dataclass(frozen=True, slots=True)
class Done:
    """How a case went: what was chosen last, whether that fits, how often, and when."""

    choice: str
    is_fitting: bool
    tries: int
    at: str


async def progress_of(visit: Visit) -> Mapping[str, Done]:
    """Return how the cases went for who is signed in, by case."""
    seen = visit.consult.record.seen_by(visit.actor)
    return _read(await seen.note(ROOM, visit.actor.id))


async def keep(visit: Visit, case: str, choice: str, *, is_fitting: bool) -> None:
    """Keep a choice; the same choice sent twice in a row is one try."""
    at = visit.consult.clock().isoformat(timespec="seconds")

    async def work(tx: Tx) -> None:
        await tx.lock(f"{ROOM} {visit.actor.id}")
        had = dict(_read(await tx.note(ROOM, visit.actor.id)))
        before = had.get(case)
        if before is not None and before.choice == choice:
            return
        had[case] = Done(choice, is_fitting, (before.tries if before else 0) + 1, at)
        text = json.dumps({id: asdict(done) for id, done in had.items()})
        await tx.keep(ROOM, visit.actor.id, text)

    await visit.consult.record.seen_by(visit.actor).transact(work)


async def forget(visit: Visit) -> None:
    """Begin anew."""

    async def work(tx: Tx) -> None:
        await tx.keep(ROOM, visit.actor.id, None)

    await visit.consult.record.seen_by(visit.actor).transact(work)


def _read(note: str | None) -> Mapping[str, Done]:
    known = {case.id for case in CASES}
    told = json.loads(note) if note else {}
    return {id: Done(**done) for id, done in told.items() if id in known}
