"""Keeps what was found of each record that was opened in an emergency, with the officer's task.

glass, verdict -> note and Task, in one transaction, once
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from garrod.care.govern.emergency import Glass
from garrod.care.govern.emergency_review import Review, review_of, review_told, told_review
from garrod.care.govern.snoop_review import DecidedBefore, Verdict
from garrod.care.record.glasses import FLAG, noted
from garrod.care.record.guarded import missing
from garrod.care.record.ports import Tx, View
from garrod.care.record.service import Record
from garrod.core.resource import Draft

ROOM = "glass-review"


class Papers(Protocol):
    """Writes the officer's task as it is then."""

    def reviewed(self, glass: Glass, review: Review) -> Draft:
        """Return the Task of a glass that was judged."""
        ...


async def judge(
    record: Record, papers: Papers, id: str, verdict: Verdict, *, now: datetime
) -> Review:
    """Keep what somebody found of a glass; once.

    Raises: NotFound REC001; InputError GLS003, AccessDenied GLS004, DecidedBefore SNP002.
    """

    async def work(tx: Tx) -> Review:
        await tx.lock(f"{ROOM}|{id}")
        glass = await noted(tx, id)
        if glass is None:
            raise missing(FLAG, id)
        if await tx.note(ROOM, id) is not None:
            raise DecidedBefore("somebody has judged this already: open the list again.")
        found = review_of(glass, verdict, now)
        await tx.keep(ROOM, id, json.dumps(told_review(found)))
        task = await tx.put(papers.reviewed(glass, found), method="PUT")
        await record.react(tx, (task,))
        return found

    return await record.store.transact(work)


async def reviews(view: View) -> Mapping[str, Review]:
    """Return what was found, by the id of the glass."""
    return {id: review_told(json.loads(text)) for id, text in await view.notes(ROOM)}
